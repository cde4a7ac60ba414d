// Publishing and what was published, without leaving the designer: what differs, what the database
// will do, a note, then it is done; the versions there were, compared, and back to one of them.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { publishing } from './follow.js';
import { History } from './history.jsx';
import { Progress, Proposal, apply, mayApply, useProposal, wordsOf, wrongFills } from './proposal.jsx';
import { openAgain, reload, served, settled } from './store.js';
import { t } from './words.js';

/** A proposal with its button. ask(fill): looks at it; path, body: what does it; done(answer): it is done. */
export function Doing({ ask, path, body, action, done, close, back }) {
  const { seen, setSeen, agreed, agree, wrong, setWrong, fill, look, looking } = useProposal(ask);
  const [note, setNote] = useState('');
  const [state, setState] = useState({ busy: false, now: null, error: '' });
  const version = served.value;
  const first = useRef(version);
  // Somebody published meanwhile: what is to be done is another.
  useEffect(() => { if (!state.busy) look(); }, [version]);
  // Both changed the same place: that is asked for first, by the designer itself.
  useEffect(() => { if (seen?.clashes) openAgain().then(close); }, [seen?.clashes]);
  const go = async () => {
    setState({ busy: true, now: null, error: '' });
    publishing.value = true;
    try {
      const answer = await apply(path, { ...body, on: seen.version, note, ...agreed }, (now) => setState({ busy: true, now, error: '' }));
      await reload();
      done(answer);
    } catch (e) {
      setState({ busy: false, now: null, error: wordsOf(e) });
      setWrong(wrongFills(e) ?? {});
      if (e.body?.clashes) { await openAgain(); close(); return; }
      if (e.body?.issues || e.body?.plan) setSeen({ ...seen, issues: e.body.issues ?? [], plan: e.body.plan ?? seen.plan });
      else if (e.status === 409) { await openAgain(); await look(); }
    } finally { publishing.value = false; }
  };
  return <>
    {!seen ? <p role="status">{t('looking')}</p> : <>
      {version === first.current || state.busy ? null : <p class="note" role="status">{t('lookedAgain', { n: version })}</p>}
      {seen.error ? <p class="note bad lined" role="alert">{seen.error}</p> : null}
      <Proposal seen={seen} agreed={agreed} agree={agree} wrong={wrong} fill={fill} close={close} />
      <label class="field"><span class="label">{t('note')}</span><input type="text" value={note} maxlength="200" onInput={(e) => setNote(e.currentTarget.value)} /></label></>}
    {state.error ? <p class="note bad lined" role="alert">{state.error}</p> : null}
    {state.busy ? <Progress now={state.now} /> : null}
    <div class="actions"><button type="button" class="main" disabled={!mayApply(seen, agreed) || Object.keys(wrong).length > 0 || looking || state.busy} onClick={go}>{action}</button>
      <button type="button" disabled={state.busy} onClick={back}>{t('dismiss')}</button></div></>;
}

/** at: 'publish' or 'history'; from: a version that is compared with what is served at first. */
export function Publish({ at = 'publish', from, close }) {
  const box = useRef(null);
  const [part, setPart] = useState(at);
  useEffect(() => { box.current.showModal(); }, []);
  const end = () => box.current?.close();
  const tab = (name) => <button type="button" class="tab plain" aria-current={part === name ? 'page' : undefined} onClick={() => setPart(name)}>{t(name)}</button>;
  const keep = (e) => { if (publishing.value) e.preventDefault(); };
  return <dialog ref={box} class="wide publish" aria-label={t(part)} onCancel={keep} onClose={() => close(null)}>
    <div class="stack"><nav class="tabs" aria-label={t('publish')}>{tab('publish')}{tab('history')}</nav>
      {part === 'publish'
        ? <Doing ask={(fill) => settled().then(() => api('POST', '/definitions/plan', { fill }))} path="/definitions/publish" body={{}} action={t('publishNow')} done={close} close={end} back={end} />
        : <History from={from} done={close} close={end} />}
    </div></dialog>;
}
