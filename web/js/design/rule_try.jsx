// Rules tried on a record: the whole way of a save, a move, a button or a schedule, with the draft;
// then it is undone. What it did is listed.
import { useEffect, useId, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { Check, Choice } from './inputs.jsx';
import { fieldsOf, formPath, transitionsOf } from './names_of.js';
import { settled, treeOf } from './store.js';
import { Fixed } from './values.jsx';
import { labelOf, t } from './words.js';

const WHAT = new Set(['created', 'updated', 'moved', 'deleted']);
const COMPUTED = new Set(['formula', 'rollup', 'serial', 'button', 'subform']);

function eventOptions(form, info) {
  const here = info.plugins.flatMap((p) => p.actions).filter((a) => a.form === form);
  const times = info.plugins.flatMap((p) => p.schedules.map((s) => `${p.path.slice('plugins/'.length, -'.lua'.length)}.${s.name}`));
  return [
    { value: 'create', label: t('try_create') }, { value: 'update', label: t('try_update') },
    ...transitionsOf(form).map((x) => ({ value: `transition ${x.value}`, label: t('try_transition', { name: x.label }) })),
    ...here.map((a) => ({ value: `action ${a.name}`, label: t('try_action', { name: a.label }), params: a.params })),
    { value: 'delete', label: t('try_delete') },
    ...times.map((name) => ({ value: `schedule ${name}`, label: t('try_schedule', { name }) })),
  ];
}

const worded = (v) => (v === null || v === undefined ? '' : typeof v === 'object' ? v.title ?? '' : String(v));
/** As far as its own fields say it. */
const titleOf = (form, r) => String(treeOf(formPath(form))?.title ?? '').replace(/\{(\w+)[^}]*\}/g, (_, key) => worded(r[key])).trim();

/** Records by their titles; the newest until one types. */
function RecordChoice({ form, value, put }) {
  const list = useId();
  const [found, setFound] = useState([]);
  const [text, setText] = useState('');
  const show = (r) => `${r.id} · ${titleOf(form, r)}`;
  const find = (q) => api('GET', `/forms/${form}/records?limit=20${q ? `&q=${encodeURIComponent(q)}` : ''}`).then((now) => now.records, () => []);
  useEffect(() => {
    let live = true;
    find('').then((now) => { if (live && now.length) { setFound(now); setText(show(now[0])); put(now[0].id); } });
    return () => { live = false; };
  }, [form]);
  const typed = (now) => {
    setText(now);
    const id = Number(/^\s*(\d+)( ·|$)/.exec(now)?.[1]);
    put(id || null);
    if (!id) find(now).then((next) => { if (next.length) setFound(next); });
  };
  return <label class="field"><span class="label">{t('record')}</span><input type="text" list={list} autocomplete="off" placeholder={t('recordHint')} value={text} aria-invalid={text && !value ? 'true' : undefined} onFocus={(e) => e.currentTarget.select()} onInput={(e) => typed(e.currentTarget.value)} />
    <datalist id={list}>{found.map((r) => <option key={r.id} value={show(r)} />)}</datalist></label>;
}

function Values({ form, values, put }) {
  const id = useId();
  const tree = treeOf(formPath(form))?.fields ?? {};
  const free = fieldsOf(form).filter((f) => !(f.value in values) && !COMPUTED.has(f.type));
  const set = (key, v) => put({ ...values, [key]: v });
  const drop = (key) => put(Object.fromEntries(Object.entries(values).filter(([k]) => k !== key)));
  return <fieldset class="plain stack tight"><legend class="label">{t('tryValues')}</legend>
    {Object.entries(values).map(([key, v]) => <div class="field" key={key}><label for={`${id}-${key}`}>{labelOf(tree[key]?.label, key)}</label>
      <span class="affix"><Fixed id={`${id}-${key}`} value={v === null ? undefined : v} put={(x) => { set(key, x === undefined ? null : x); return Promise.resolve(); }} field={tree[key]} />
        <button type="button" class="small" aria-label={t('removeOf', { name: labelOf(tree[key]?.label, key) })} onClick={() => drop(key)}>×</button></span></div>)}
    <Choice aria-label={t('tryAddValue')} blank={t('tryAddValue')} value={undefined} options={free} put={(key) => key && set(key, null)} /></fieldset>;
}

function Params({ params, values, put }) {
  const id = useId();
  return params.map((p) => <div class="field" key={p.name}><label for={`${id}-${p.name}`}>{p.label}{p.required ? <span class="must" aria-hidden="true"> *</span> : null}</label>
    <Fixed id={`${id}-${p.name}`} field={{ type: p.type }} value={values[p.name]} put={(v) => { put({ ...values, [p.name]: v }); return Promise.resolve(); }} /></div>);
}

const Part = ({ title, children }) => <div class="stack tight"><h3>{title}</h3><ul>{children}</ul></div>;

function Wrong({ error, goTo }) {
  return <>{error.line ? <button type="button" class="link" onClick={() => goTo(error.plugin, error.line)}>{error.message}</button> : error.message}
    {error.trace ? <details><summary class="small">{t('trace')}</summary><pre class="small trace" tabindex="0">{error.trace}</pre></details> : null}</>;
}

const Said = ({ list, label }) => <ul>{list.map((i, n) => <li key={n}>{i.field ? `${label(i.field)}: ` : ''}{i.message}</li>)}</ul>;

function Changes({ list }) {
  return <Part title={t('tryChanges')}>{list.map((c, i) => <li key={i}><strong>{c.form_label}: {c.title || c.record}</strong> <span class="muted small">{WHAT.has(c.what) ? t(`what_${c.what}`) : c.what}{c.rule ? ` · ${c.rule}` : ''}{c.note ? ` · ${c.note}` : ''}</span>
    {c.fields.length ? <dl class="changes">{c.fields.map((f) => <div key={f.field}><dt>{f.label}</dt><dd>{f.old === null ? null : <><del>{f.old}</del> → </>}{f.new ?? t('blank')}</dd></div>)}</dl> : null}</li>)}</Part>;
}

function Outcome({ out, form, goTo }) {
  const label = (key) => fieldsOf(form, true).find((f) => f.value === key)?.label ?? key;
  const parts = [['tryMessages', out.messages, (m) => `${m.to ?? ''}: ${m.text}`], ['tryReminders', out.reminders, (m) => `${new Date(m.at).toLocaleString()}: ${m.text}`],
    ['tryExplained', out.explained, (m) => m.text], ['tryJobs', out.jobs, (m) => [m.kind, m.to, m.about].filter(Boolean).join(' · ')], ['tryLog', out.log, (m) => `${m.plugin}: ${m.text}`]];
  return <div class="stack tight try-outcome" role="status" data-ok={String(out.ok)}>
    {out.ok ? <p class="note good">{t('tryOk')}</p> : <div class="note bad"><p>{t('tryRefused')}</p>{out.issues ? <Said list={out.issues} label={label} /> : <Wrong error={out.error} goTo={goTo} />}</div>}
    {out.forms === 'published' ? <p class="note warn">{t('tryPublished')}</p> : null}
    {out.ok && out.issues ? <div class="note warn"><Said list={out.issues} label={label} /></div> : null}
    {out.after ? <div class="note bad"><p>{t('tryAfter')}</p>{out.after.map((e, n) => <Wrong key={n} error={e} goTo={goTo} />)}</div> : null}
    {out.ok && !out.changes ? <p class="muted">{t('tryNothing')}</p> : null}
    {out.changes ? <Changes list={out.changes} /> : null}
    {parts.map(([key, list, show]) => (list ? <Part key={key} title={t(key)}>{list.map((m, i) => <li key={i}>{show(m)}</li>)}</Part> : null))}</div>;
}

function Refused({ problem }) {
  return <div class="note bad" role="alert"><p>{problem.message}</p>{problem.body?.issues?.length ? <ul>{problem.body.issues.slice(0, 10).map((i, n) => <li key={n}>{i.file}:{i.line} {i.message}</li>)}</ul> : null}</div>;
}

export function RuleTry({ form, info, goTo }) {
  const [event, setEvent] = useState('create');
  const [record, setRecord] = useState(null);
  const [values, setValues] = useState({});
  const [params, setParams] = useState({});
  const [as, setAs] = useState('');
  const [fresh, setFresh] = useState(false);
  const [state, setState] = useState(null);
  const options = eventOptions(form, info);
  const now = options.find((o) => o.value === event) ?? options[0];
  const [kind, name] = now.value.split(' ');
  const made = kind === 'create' || (kind === 'transition' && fresh);
  const asks = { create: 'values', update: 'values', transition: 'values' }[kind];
  const turn = (to) => { setEvent(to); setParams({}); setState(null); };
  const run = async () => {
    setState({ busy: true });
    await new Promise((r) => setTimeout(r));
    await settled();
    const given = asks ? values : kind === 'action' ? params : undefined;
    await api('POST', '/definitions/try', { form, event: kind, name, values: given, as: as.trim() || undefined, record: made || kind === 'schedule' ? undefined : record ?? undefined })
      .then((out) => setState({ out }), (problem) => setState({ problem }));
  };
  return <section class="stack tight"><h2>{t('tryRule')}</h2><p class="small muted">{t('tryIs')}</p>
    <label class="field"><span class="label">{t('tryEvent')}</span><Choice blank={null} value={now.value} options={options} put={turn} /></label>
    {kind === 'transition' ? <Check label={t('tryFresh')} value={fresh} put={(v) => setFresh(v === true)} /> : null}
    {made || kind === 'schedule' ? null : <RecordChoice form={form} value={record} put={setRecord} />}
    {asks ? <Values form={form} values={values} put={setValues} /> : null}
    {now.params ? <Params params={now.params} values={params} put={setParams} /> : null}
    <label class="field"><span class="label">{t('tryAs')}</span><input type="text" autocomplete="off" placeholder={t('login')} value={as} onInput={(e) => setAs(e.currentTarget.value)} /></label>
    <div><button type="button" class="main small" disabled={state?.busy} onClick={run}>{t('tryNow')}</button></div>
    {state?.problem ? <Refused problem={state.problem} /> : null}
    {state?.out ? <Outcome out={state.out} form={form} goTo={goTo} /> : null}</section>;
}
