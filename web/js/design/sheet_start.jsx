// The choice of a spreadsheet: by button, or dropped there.
import { useRef, useState } from 'preact/hooks';
import { look, upload } from './sheet.js';
import { t } from './words.js';

export function SheetStart({ found }) {
  const input = useRef(null);
  const [state, setState] = useState({ busy: '', error: '', over: false });
  const take = async (file) => {
    if (!file || state.busy) return;
    setState({ busy: file.name, error: '' });
    try {
      const kept = await upload(file);
      const seen = await look(kept.id);
      const { Sheet } = await import('./sheet.jsx');
      found({ Sheet, file: kept, seen });
    } catch (e) {
      setState({ busy: '', error: e.message || t('noUpload') });
    }
    if (input.current) input.current.value = '';
  };
  const over = (yes) => (e) => { e.preventDefault(); if (state.over !== yes) setState({ ...state, over: yes }); };
  return <section class={`panel stack tight sheet-drop${state.over ? ' over' : ''}`} onDragOver={over(true)} onDragLeave={over(false)}
    onDrop={(e) => { over(false)(e); take(e.dataTransfer?.files?.[0]); }}>
    <h2>{t('fromSheet')}</h2><p class="help">{t('fromSheetHelp')}</p>
    <label class="field"><span class="label">{t('sheetFile')}</span><input type="file" ref={input} accept=".xlsx,.csv,.tsv,.txt" disabled={Boolean(state.busy)} onChange={(e) => take(e.currentTarget.files?.[0])} /></label>
    {state.busy ? <p role="status">{t('sheetReading', { name: state.busy })}</p> : null}
    {state.error ? <p class="note bad" role="alert">{state.error}</p> : null}
  </section>;
}
