// A channel tried: one message to oneself, and what the other side said to it.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { issuesAt, settled, waiting } from './store.js';
import { t } from './words.js';

const WHERE = new Set(['connect', 'secure', 'login', 'sender', 'recipient', 'message', 'robot', 'refused']);

/** What is wrong with the channel itself comes first: a variable that is not set. */
function refusedBy(e, name) {
  if (!e.body?.issues?.length) return e.message;
  return issuesAt('app.yaml', ['channels', name])[0]?.message ?? t('mendFirst');
}

function Outcome({ tried: x }) {
  return <div class={`note ${x.sent ? 'good' : 'bad'}`} role={x.sent ? 'status' : 'alert'}><p>{x.sent ? t('testSent', { to: x.to }) : t(`test_${WHERE.has(x.where) ? x.where : 'message'}`, { to: x.to, why: x.message })}</p>
    {x.answer || x.status ? <p class="small">{t('testSaid')} {x.status ? `HTTP ${x.status} ` : ''}{x.answer ? <q>{x.answer}</q> : null}</p> : null}</div>;
}

export function TryChannel({ name, item }) {
  const [state, setState] = useState({});
  const said = JSON.stringify(item);
  useEffect(() => { setState({}); }, [name, said]);
  const go = async () => {
    setState({ busy: true });
    await new Promise((r) => setTimeout(r));      // what one typed last is on its way by now
    await settled();
    await api('POST', '/definitions/try/channel', { channel: name }).then((tried) => setState({ tried }), (e) => setState({ error: refusedBy(e, name) }));
  };
  return <section class="trial stack tight" aria-label={t('tryIt')}><h3>{t('tryIt')}</h3>
    <div><button type="button" class="small main" disabled={state.busy || waiting.value > 0} onClick={go}>{t('sendTest')}</button></div>
    {state.busy ? <p role="status" class="muted small">{t('sendingTest')}</p> : null}
    {state.error ? <p class="note bad" role="alert">{state.error}</p> : null}
    {state.tried ? <Outcome tried={state.tried} /> : null}</section>;
}
