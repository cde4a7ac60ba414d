// The text of a file: what is edited here is seen in the other parts, and theirs here.
import { useEffect, useRef, useState } from 'preact/hooks';
import { effect } from '@preact/signals';
import { codeEditor } from '../lib/code.js';
import { file, issues, write } from './store.js';
import { Diff } from './publish.jsx';
import { api } from '../lib/api.js';
import { t } from './words.js';

const SOON = 700;

export function Text({ path }) {
  const box = useRef(null);
  const [failed, setFailed] = useState('');
  const [diff, setDiff] = useState(null);
  useEffect(() => {
    let timer = 0;
    let typed = null;
    const send = () => {
      clearTimeout(timer);
      const text = typed;
      if (text === null) return;
      typed = null;
      write(path, text, `text ${path}`).then(() => setFailed(''), (e) => setFailed(e.message));
    };
    const editor = codeEditor(box.current, {
      text: file(path)?.text ?? '', lua: path.endsWith('.lua'), label: path,
      nonce: document.querySelector('meta[name="nonce"]')?.content,
      changed: (text) => { typed = text; clearTimeout(timer); timer = setTimeout(send, SOON); },
    });
    const stop = effect(() => {
      const text = file(path)?.text ?? '';
      const own = issues.value.filter((i) => i.file === path);
      if (typed === null) editor.put(text);
      editor.mark(own);
    });
    return () => { send(); stop(); editor.end(); };
  }, [path]);
  const compare = async () => setDiff(diff === null ? (await api('GET', '/definitions/diff?to=draft').catch((e) => ({ diff: e.message }))).diff ?? '' : null);
  return <div class="stack">
    <div class="row"><button type="button" class="small" aria-pressed={diff !== null} onClick={compare}>{t('compare')}</button></div>
    {failed ? <p class="note bad lined" role="alert">{failed}</p> : null}
    {diff !== null ? (diff ? <Diff text={diff} /> : <p class="muted">{t('nothing')}</p>) : null}
    <div class="code-box" ref={box} /></div>;
}
