// Publishing: what differs, what the database will be told, a note, then it is done.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { reload } from './store.js';
import { t } from './words.js';

const kindOf = (line) => (/^(---|\+\+\+|@@)/.test(line) ? 'head' : line[0] === '+' ? 'come' : line[0] === '-' ? 'gone' : 'same');

export function Diff({ text }) {
  return <pre class="code diff" tabindex="0">{text.split('\n').map((line, i) => <span key={i} class={kindOf(line)}>{line}</span>)}</pre>;
}

function Plan({ plan }) {
  const steps = plan?.steps ?? [];
  if (!steps.length) return <p class="muted">{t('planEmpty')}</p>;
  return <ul class="plan">{steps.map((s, i) => <li key={i} class={s.loses || s.lossy ? 'bad' : ''}>{s.text ?? s.what ?? s.sql}{s.rows === undefined ? null : <span class="muted"> {t('rows', { n: s.rows })}</span>}</li>)}</ul>;
}

export function Publish({ close }) {
  const box = useRef(null);
  const [seen, setSeen] = useState(null);
  const [note, setNote] = useState('');
  const [loss, setLoss] = useState(false);
  const [state, setState] = useState({ busy: false, error: '' });
  useEffect(() => {
    box.current.showModal();
    api('POST', '/definitions/plan', {}).then(setSeen, (e) => setSeen({ ok: false, error: e.message, issues: e.body?.issues ?? [], diff: '' }));
  }, []);
  const loses = Boolean(seen?.plan?.loses ?? seen?.plan?.loss);
  const publish = async () => {
    setState({ busy: true, error: '' });
    try {
      const done = await api('POST', '/definitions/publish', { ...(note ? { note } : {}), ...(loss ? { allow_loss: true } : {}) });
      await reload();
      close(done);
    } catch (e) {
      setState({ busy: false, error: [e.message, ...(e.body?.issues ?? []).map((i) => i.message)].join('\n') });
    }
  };
  const may = seen && seen.diff && !seen.issues?.length && (!loses || loss);
  return <dialog ref={box} class="wide" aria-label={t('publish')} onClose={() => close(null)}>
    <div class="stack"><h2>{t('publish')}</h2>
      {!seen ? <p role="status">{t('looking')}</p> : <>
        {seen.error ? <p class="note bad" role="alert">{seen.error}</p> : null}
        {seen.issues?.length ? <div class="note bad" role="alert"><strong>{t('fixFirst')}</strong><ul>{seen.issues.map((i, n) => <li key={n}>{i.file}:{i.line}: {i.message}</li>)}</ul></div> : null}
        {!seen.diff && !seen.error ? <p class="muted">{t('nothing')}</p> : <Diff text={seen.diff} />}
        {seen.plan ? <section class="stack tight"><h3>{t('plan')}</h3><Plan plan={seen.plan} /></section> : null}
        {seen.rules?.length ? <div class="note warn"><strong>{t('rulesMention')}</strong><ul>{seen.rules.map((r, n) => <li key={n}>{r.file}:{r.line}: {r.text}</li>)}</ul></div> : null}
        {loses ? <label class="check"><input type="checkbox" checked={loss} onChange={(e) => setLoss(e.currentTarget.checked)} /> {t('allowLoss')}</label> : null}
        <label class="field"><span class="label">{t('note')}</span><input type="text" value={note} maxlength="200" onInput={(e) => setNote(e.currentTarget.value)} /></label>
      </>}
      {state.error ? <p class="note bad lined" role="alert">{state.error}</p> : null}
      <div class="actions"><button type="button" class="main" disabled={!may || state.busy} onClick={publish}>{state.busy ? t('publishing') : t('publishNow')}</button>
        <button type="button" onClick={() => box.current.close()}>{t('dismiss')}</button></div>
    </div></dialog>;
}
