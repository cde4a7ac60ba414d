// What is to be published, to look at: the text file by file, what the database will do, what hangs
// on it, and what one has to agree to. Of a draft and of an older version alike.
import { useId, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { Choice } from './inputs.jsx';
import { formPath, forms } from './names_of.js';
import { fileWords, issueText, issueWords, showPlace } from './places.js';
import { RecordValue } from './records.jsx';
import { treeOf } from './store.js';
import { Fixed } from './values.jsx';
import { labelOf, t } from './words.js';

const kindOf = (line) => (/^(---|\+\+\+|@@)/.test(line) ? 'head' : line[0] === '+' ? 'come' : line[0] === '-' ? 'gone' : 'same');

export function Diff({ text }) {
  return <pre class="code diff" tabindex="0">{text.split('\n').map((line, i) => <span key={i} class={kindOf(line)}>{line}</span>)}</pre>;
}

/** A unified diff cut into its files: [{path, text, come, gone}]. */
export function filesOf(diff) {
  const list = [];
  const lines = diff.split('\n');
  lines.forEach((line, i) => {
    if (line.startsWith('--- ') && lines[i + 1]?.startsWith('+++ '))
      list.push({ path: [lines[i + 1], line].map((x) => x.slice(4).replace(/^[ab]\//, '')).find((x) => x !== '/dev/null'), lines: [], come: 0, gone: 0 });
    const last = list.at(-1);
    if (!last) return;
    last.lines.push(line);
    if (kindOf(line) === 'come') last.come += 1;
    if (kindOf(line) === 'gone') last.gone += 1;
  });
  return list.map(({ lines: own, ...f }) => ({ ...f, text: own.join('\n').replace(/\n+$/, '') }));
}

/** File by file; many are folded. */
export function Diffs({ text }) {
  const list = filesOf(text);
  if (!list.length) return <p class="muted">{t('nothing')}</p>;
  return list.map((f) => <details key={f.path} class="keys-group" open={list.length < 4}><summary><span class="grow">{fileWords(f.path)}{fileWords(f.path) === f.path ? null : <span class="muted small"> {f.path}</span>}</span><span class="come small">+{f.come}</span><span class="gone small">−{f.gone}</span></summary><Diff text={f.text} /></details>);
}

const recordOf = (form, id) => <a key={id} href={`/f/${form}/${id}`} target="_blank" rel="noopener">#{id}</a>;

/** The field that a value is asked for, by "form.field" or "form.subform.field". */
function fieldAt(name) {
  const [form, ...keys] = name.split('.');
  return keys.reduce((at, key) => at?.fields?.[key], treeOf(formPath(form)));
}

/** One value for all records that have none. */
function Fill({ step: s, value, wrong, put }) {
  const id = useId();
  const field = fieldAt(s.fill);
  const [form, ...keys] = s.fill.split('.');
  const to = { link: field?.to, user: 'user', department: 'department' }[field?.type];
  const input = { id, value, put: (v) => { put(v); return Promise.resolve(); }, 'aria-invalid': wrong ? 'true' : undefined, 'aria-describedby': wrong ? `${id}-wrong` : undefined };
  const name = labelOf(field?.label, keys.at(-1));
  return <li data-fill={s.fill}>{s.what === 'refused' ? <span class="bad">{t('lacksValue', { name, form: forms().find((f) => f.value === form)?.label ?? form, n: s.rows })}</span> : s.text}
    <div class="field"><label for={id}>{t('fillWith', { name, n: s.rows })}</label>
      {to ? <RecordValue form={to} {...input} /> : <Fixed field={field} read={(x) => x} {...input} />}
      {wrong ? <span class="issue" id={`${id}-wrong`} role="alert">{wrong}</span> : null}</div></li>;
}

function Step({ step: s }) {
  const bad = s.what === 'loss' || s.what === 'refused';
  return <li class={bad ? 'bad' : s.what === 'note' ? 'muted' : ''}>{s.text}{s.rows > 0 ? <span class="muted"> {t('rows', { n: s.rows })}</span> : null}
    {s.sample?.length ? <ul>{s.sample.map((x) => <li key={x.record}>{recordOf(s.form, x.record)} {x.was} → {x.now ?? t('blank')}</li>)}</ul> : null}
    {s.records?.length ? <span class="row tight">{s.records.slice(0, 20).map((id) => recordOf(s.form, id))}</span> : null}</li>;
}

const ORDER = ['refused', 'loss'];
function Plan({ plan, agreed, wrong, fill }) {
  const steps = plan.steps ?? [];
  if (!steps.length) return <p class="muted">{t('planEmpty')}</p>;
  const asks = (s) => s.fill && (s.what === 'refused' || s.fill in agreed.fill);
  const rank = (s) => (asks(s) ? 0 : ORDER.includes(s.what) ? ORDER.indexOf(s.what) + 1 : 3);
  const sql = steps.filter((s) => s.sql).map((s) => `${s.sql};`).join('\n');
  return <><ul class="plan">{[...steps].sort((a, b) => rank(a) - rank(b)).map((s, i) => (asks(s)
    ? <Fill key={s.fill} step={s} value={agreed.fill[s.fill]} wrong={wrong[s.fill]} put={(v) => fill(s.fill, v)} /> : <Step key={i} step={s} />))}</ul>
    {sql ? <details class="keys-group"><summary>{t('sql')}</summary><pre class="code" tabindex="0">{sql}</pre></details> : null}</>;
}

/** What is wrong, each a way to its place. */
export function Wrongs({ list, close }) {
  if (!list?.length) return null;
  return <div class="note bad" role="alert"><strong>{t('fixFirst')}</strong><ul>{list.map((i, n) => <li key={n}>
    {i.file ? <button type="button" class="plain" onClick={() => { close(); showPlace(i.file, i.path); }}>{issueWords(i)}</button> : null} {issueText(i)}</li>)}</ul></div>;
}

/** Workflows that change while records stand on them: shall those come along, and where to? */
function Flow({ flow, move, put }) {
  const on = move !== undefined;
  return <div class="stack tight"><label class="check"><input type="checkbox" checked={on} onChange={(e) => put(e.currentTarget.checked ? {} : undefined)} />{t('takeOpen', { name: flow.label })}</label>
    {on ? flow.gone.map((g) => <label class="field" key={g.name}><span class="label">{g.label}</span>
      <Choice value={move[g.name]} blank={t('finishAsBegun')} options={flow.stages} put={(to) => { const next = { ...move, [g.name]: to }; if (to === undefined) delete next[g.name]; put(next); }} /></label>) : null}</div>;
}

/** The proposal that the server answered. agreed: {loss, migrate, fill}; agree: sets it; wrong: what
    is wrong with values of fill; fill(name, value): gives one. */
export function Proposal({ seen, agreed, agree, wrong, fill, close }) {
  const flows = seen.flows ?? [];
  const asked = seen.plan?.steps?.filter((s) => s.what === 'refused').every((s) => s.fill);
  return <>
    <Wrongs list={seen.issues} close={close} />
    {seen.plan?.refused ? <p class="note bad" role="alert">{t(asked ? 'fillBelow' : 'refusedPlan')}</p> : null}
    <section class="stack tight"><h3>{t('filesChange')}</h3><Diffs text={seen.diff ?? ''} /></section>
    {seen.plan ? <section class="stack tight"><h3>{t('plan')}</h3><Plan plan={seen.plan} agreed={agreed} wrong={wrong} fill={fill} /></section> : null}
    {seen.rules?.length ? <div class="note warn"><strong>{t('rulesMention')}</strong><ul>{seen.rules.map((r, n) => <li key={n}>{r.file}:{r.line}: {r.text}</li>)}</ul></div> : null}
    {flows.length ? <section class="stack tight"><h3>{t('openRecords')}</h3><p class="help small muted">{t('openFinish')}</p>
      {flows.map((f) => <Flow key={f.name} flow={f} move={agreed.migrate[f.name]} put={(move) => { const next = { ...agreed.migrate, [f.name]: move }; if (move === undefined) delete next[f.name]; agree({ ...agreed, migrate: next }); }} />)}</section> : null}
    {seen.plan?.loses ? <label class="check"><input type="checkbox" checked={agreed.loss} onChange={(e) => agree({ ...agreed, loss: e.currentTarget.checked })} /> {t('allowLoss')}</label> : null}</>;
}

export const mayApply = (seen, agreed) => Boolean(seen?.plan) && !seen.issues?.length && !seen.plan.refused && (seen.files?.length > 0 || seen.plan.steps?.length > 0) && (!seen.plan.loses || agreed.loss);

// ---- doing it ----

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const POLL_MS = 400;

/** Sends it, and asks meanwhile how far it is. */
export async function apply(path, { note, loss, migrate, fill, ...body }, told) {
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  let over = false;
  (async () => {
    for (await sleep(POLL_MS); !over; await sleep(POLL_MS)) {
      const now = await api('GET', `/definitions/progress/${key}`).catch(() => null);
      if (!over && now?.running) told(now);
    }
  })();
  const moves = Object.fromEntries(Object.entries(migrate ?? {}).map(([flow, to]) => [flow, Object.keys(to).length ? to : 'all']));
  try {
    return await api('POST', path, { ...body, progress: key, ...(note ? { note } : {}), ...(loss ? { allow_loss: true } : {}), ...(Object.keys(fill).length ? { fill } : {}), ...(Object.keys(moves).length ? { migrate: moves } : {}) });
  } finally { over = true; }
}

/** How far it is. */
export function Progress({ now }) {
  if (!now) return <p role="status" class="stack tight"><progress aria-label={t('publishing')} /> <span>{t('publishing')}</span></p>;
  const part = now.of ? Math.min(1, now.rows / now.of) : 0;
  return <p role="status" class="stack tight"><progress aria-label={t('publishing')} max={now.steps + 1} value={Math.max(0, now.step) + part} />
    <span class="small">{t('stepOf', { n: Math.min(now.step + 1, now.steps), of: now.steps })} {now.text}{now.of ? ` ${t('rowsOf', { n: Math.min(now.rows, now.of), of: now.of })}` : ''}</span></p>;
}

/** What refused, in words; a connection that failed has none of its own. */
export const wordsOf = (e) => (e.status ? e.message : t('noConnection'));

/** What is wrong with values of fill, by their names; null: something else failed. */
export function wrongFills(e) {
  const wrong = Object.entries(e.fields ?? {}).filter(([at]) => at.startsWith('fill.')).map(([at, i]) => [at.slice('fill.'.length), i.message]);
  return wrong.length ? Object.fromEntries(wrong) : null;
}

/** ask(fill): looks at it. */
export function useProposal(ask) {
  const [seen, setSeen] = useState(null);
  const [agreed, agree] = useState({ loss: false, migrate: {}, fill: {} });
  const [wrong, setWrong] = useState({});
  const [looking, setLooking] = useState(false);
  const last = useRef(0);
  const failed = (e) => {
    const fills = wrongFills(e);
    setWrong(fills ?? {});
    if (!fills) setSeen({ error: wordsOf(e), issues: e.body?.issues ?? [], plan: e.body?.plan, clashes: e.body?.clashes });
    return null;
  };
  const look = (fill = agreed.fill) => {
    const mine = last.current += 1;
    const asked = (done) => (now) => {
      if (mine !== last.current) return null;
      setLooking(false);
      return done(now);
    };
    setLooking(true);
    return ask(fill).then(asked((now) => { setWrong({}); setSeen(now); return now; }), asked(failed));
  };
  const fill = (name, value) => {
    const next = { ...agreed.fill, [name]: value };
    if (value === undefined) delete next[name];
    agree({ ...agreed, fill: next });
    look(next);
  };
  return { seen, setSeen, agreed, agree, wrong, setWrong, fill, look, looking };
}
