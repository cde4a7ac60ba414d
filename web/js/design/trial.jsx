// Trying what the draft says on records there are: what an automation would do, whom a reminder tells.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { RecordChoice } from './records.jsx';
import { eventOf, fieldLabel, listed, many, stepLabel } from './said.jsx';
import { waiting } from './store.js';
import { lang, t, labelOf } from './words.js';

const shown = (v) => (v === null || v === undefined || v === '' ? '–' : typeof v === 'object' ? JSON.stringify(v) : String(v));

const LOGGED = new Set(['address', 'body', 'count', 'from', 'people', 'record', 'result', 'text', 'to']);

/** The form whose fields a step of that type gives these values: as the definition has it. */
function targetOf(steps, type, values) {
  for (const s of listed(steps)) {
    const [kind] = Object.keys(s ?? {});
    const body = s?.[kind];
    const given = body?.values ?? body?.set;
    if (kind === type && body?.form && given && Object.keys(values).every((k) => k in given)) return body.form;
    const inner = body && typeof body === 'object' ? targetOf([...listed(body.do), ...listed(body.else)], type, values) : null;
    if (inner) return inner;
  }
  return null;
}

/** What a step was given and did. */
function Note({ form, name, value, step, steps }) {
  const target = name === 'values' ? targetOf(steps, step, value) ?? form : form;
  if (['values', 'set'].includes(name) && value && typeof value === 'object' && !Array.isArray(value))
    return <ul class="trial-values">{Object.entries(value).map(([k, v]) => <li key={k}><span class="muted">{fieldLabel(target, k)}:</span> {shown(v)}</li>)}</ul>;
  if (name === 'branch') return <div class="muted">{t(value === 1 ? 'whenHolds' : 'whenNot')}</div>;
  return <div><span class="muted">{LOGGED.has(name) ? t(`log_${name}`) : name}:</span> {shown(value)}</div>;
}

const STATES = { done: 'good', stopped: 'warn', failed: 'bad' };

function Outcome({ form, tried, on, steps: asked }) {
  const steps = tried.steps ?? [];
  return <div class="trial-out stack tight" role="status"><p class="row tight"><span class={`chip ${STATES[tried.state] ?? ''}`}>{t(`trial_${tried.state in STATES ? tried.state : 'done'}`)}</span>
    {tried.holds ? null : <span class="note warn">{t('notHolds')}</span>}<span class="muted small">{t('nothingKept')}</span></p>
    {tried.message ? <p class={tried.state === 'failed' ? 'note bad' : ''}>{tried.message}</p> : null}
    {steps.length ? <ol class="trial-steps">{steps.map((s, i) => <li key={i}><b>{stepLabel(s.step)}</b>
      {Object.entries(s).filter(([k, v]) => !['step', 'line'].includes(k) && !(k === 'record' && String(v) === on)).map(([k, v]) => <Note key={k} form={form} name={k} value={v} step={s.step} steps={asked} />)}</li>)}</ol> : <p class="muted small">{t('didNothing')}</p>}</div>;
}

/** What a button asks, or a call brings. */
function Given({ given, values, put }) {
  return <div class="trial-given">{Object.entries(given ?? {}).map(([name, p]) => <label class="field" key={name}><span class="label">{labelOf(p?.label, name)}</span>
    <input type="text" value={values[name] ?? ''} onInput={(e) => put({ ...values, [name]: e.currentTarget.value })} /></label>)}</div>;
}

function typedGiven(given, values) {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== '').map(([k, v]) => [k, given?.[k]?.type === 'number' && /^-?\d+(\.\d+)?$/.test(v) ? Number(v) : given?.[k]?.type === 'boolean' ? v === 'true' : v]));
}

export function TryAutomation({ form, name, item }) {
  const [record, setRecord] = useState('');
  const [values, setValues] = useState({});
  const [state, setState] = useState({});
  const kinds = listed(item.event).map((e) => eventOf(e).kind);
  const alone = kinds.includes('webhook') || (kinds.includes('schedule') && item.if === undefined);
  const said = JSON.stringify(item);
  useEffect(() => { setState({}); }, [said, record]);
  const go = async () => {
    setState({ busy: true });
    await api('POST', '/definitions/try/automation', { form, name, ...(alone ? {} : { record: Number(record) }), given: typedGiven(item.given, values) })
      .then((tried) => setState({ tried }), (e) => setState({ error: e.body?.issues?.length ? t('mendFirst') : e.message }));
  };
  return <section class="trial stack tight" aria-label={t('tryIt')}><h3>{t('tryIt')}</h3>
    <div class="row tight">{alone ? null : <RecordChoice form={form} id={record} put={setRecord} />}
      <button type="button" class="small main" disabled={state.busy || waiting.value > 0 || (!alone && !record)} onClick={go}>{t(alone ? 'tryAlone' : 'tryOnRecord')}</button></div>
    <Given given={item.given} values={values} put={setValues} />
    {state.error ? <p class="note bad" role="alert">{state.error}</p> : null}
    {state.tried ? <Outcome form={form} tried={state.tried} on={record} steps={item.do} /> : <p class="muted small">{t('trySteps')}</p>}</section>;
}

const moment = (iso) => new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

function Soon({ form, tried }) {
  return <div class="stack tight" role="status">
    <p>{tried.run ? t('nextRun', { time: moment(tried.run), n: tried.found }) : t('nextTold', { n: tried.found })}{tried.more ? <span class="muted small"> {t('ofNewest', { n: tried.looked })}</span> : null}</p>
    {tried.next.length ? <div class="table-box"><table class="table"><thead><tr><th scope="col">{t('record')}</th>{tried.run ? null : <th scope="col">{t('time')}</th>}<th scope="col">{t('toWhom')}</th></tr></thead>
      <tbody>{tried.next.map((r, i) => <tr key={i}><td><a href={`/f/${form}/${r.record}`}>{r.title || r.record}</a></td>{tried.run ? null : <td>{moment(r.at)}{r.holds ? null : <div class="muted small">{t('notNow')}</div>}</td>}
        <td>{r.people ? <>{many(r.to)}{r.people > r.to.length ? ` +${r.people - r.to.length}` : ''}</> : <span class="chip bad">{t('nobody')}</span>}</td></tr>)}</tbody></table></div> : null}</div>;
}

export function TryReminder({ form, name, item }) {
  const [state, setState] = useState({});
  const said = JSON.stringify(item);
  useEffect(() => { setState({}); }, [said]);
  const go = () => api('POST', '/definitions/try/reminder', { form, name })
    .then((tried) => setState({ tried }), (e) => setState({ error: e.body?.issues?.length ? t('mendFirst') : e.message }));
  return <section class="trial stack tight" aria-label={t('tryIt')}><h3>{t('tryIt')}</h3>
    <div><button type="button" class="small main" disabled={waiting.value > 0} onClick={go}>{t('whoNext')}</button></div>
    {state.error ? <p class="note bad" role="alert">{state.error}</p> : null}
    {state.tried ? <Soon form={form} tried={state.tried} /> : null}</section>;
}
