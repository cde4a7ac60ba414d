// The inputs of a map in a definition, drawn from the table of its keys: each key by its kind, maps
// and lists in it by the same. So whatever a definition may say can be said here.
import { useId, useState } from 'preact/hooks';
import { adding, edit, issuesAt, refused, removing, tables, valueAt, treeOf } from './store.js';
import { exprUse } from './expr_use.js';
import { Expression, Expressions } from './expression.jsx';
import { FieldList, SortList } from './field_lists.jsx';
import { Check, Choice, Flag, Help, Label, Line, Lines, Raw, Secret, Several, scalar, useKeys, useMade } from './inputs.jsx';
import { Values } from './map_values.jsx';
import { calendars, channels, fieldsOf, filtersOf, forms, optionsOf, roles, viewsOf, workflows } from './names_of.js';
import { Steps } from './steps.jsx';
import { Duration, GivenValue, People } from './values.jsx';
import { keysOf } from './keys_of.js';
import { issueText } from './places.js';
import { nameFor } from './names.js';
import { removal } from './remove.jsx';
import { labelOf, t } from './words.js';

const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

/** What is edited: path of a file, at: the way in its tree, form: whose fields may be named. */
export function change(where, at, value, merge = true) {
  const path = [...where.at, ...at].map(String);
  return edit(where.path, [value === undefined ? { op: 'remove', path } : { op: 'set', path, value }], merge ? path.join('.') : undefined);
}

const below = (where, ...at) => ({ ...where, at: [...where.at, ...at] });

/** What is wrong at a place and below it. */
export function Issues({ where }) {
  const own = issuesAt(where.path, where.at);
  return own.length ? <ul class="issue">{own.map((i) => <li key={i.message}>{issueText(i)}</li>)}</ul> : null;
}

/** Texts that name what stands elsewhere, by the map they stand in. */
const everyone = () => [...roles(), { value: 'everyone', label: t('everyone') }];
const NAMED = {
  via: channels, quiet: calendars, includes: roles, forms, roles: everyone,
  view: (where) => viewsOf(where.form), workflow: (where) => workflows().filter((w) => w.form === where.form),
  period: (where) => filtersOf(where.path, 'date_range'),
};

/** Fields whose order counts; of views and of filters of a dashboard, which kinds of fields a key takes. */
const ORDERED = new Set(['columns', 'card']);
const COLOURED = ['choice', 'stage'];
const MOMENTS = ['date', 'datetime'];
const FITS = { field: ['choice', 'choices'], by: COLOURED, color: COLOURED, date: MOMENTS, end: MOMENTS, sum: ['number', 'money', 'percent', 'rating', 'formula', 'rollup', 'lookup'], image: ['image', 'file', 'files', 'signature'] };

const FITTING = new Set(['views', 'filters']);
const fitting = (attr, where, value) => fieldsOf(where.form, true)
  .filter((f) => f.value === value || !FITTING.has(where.at[0]) || !FITS[attr.key] || FITS[attr.key].includes(f.type));

/** Maps that say of which form they are. */
const FORMED = new Set(['card', 'filter']);
const inForm = (attr, where, value) => (FORMED.has(attr.shape) ? { ...where, form: value?.form } : where);

const LONG = new Set(['help', 'message', 'text', 'body', 'do']);

/** The expression of a key. */
const expressionOf = (attr, where) => ({ use: exprUse(where, attr.key), where: below(where, attr.key) });

function Input({ attr, id, value, where, put }) {
  switch (attr.kind) {
    case 'label': return <Label id={id} value={value} put={put} lines={LONG.has(attr.key)} />;
    case 'bool': return <Check id={id} value={value} put={put} label={attr.label} />;
    case 'int': case 'number': return <Line id={id} value={value} put={put} read={scalar} inputmode="decimal" />;
    case 'choice': return attr.words ? <Choice id={id} value={value} put={put} options={attr.words} /> : <Line id={id} value={value} put={put} />;
    case 'expr': return <Expression id={id} value={value} put={put} {...expressionOf(attr, where)} />;
    case 'flag': return <Flag id={id} value={value} put={put} expression={(rest) => <Expression {...rest} {...expressionOf(attr, where)} />} />;
    case 'field': return <Choice id={id} value={value} put={put} options={fitting(attr, where, value)} />;
    case 'form': return <Choice id={id} value={value} put={put} options={forms()} />;
    case 'fields':
      if (ORDERED.has(attr.key)) return <FieldList value={value} put={put} form={where.form} label={attr.label} />;
      return <Several id={id} value={value} put={put} options={fieldsOf(where.form, true)} label={attr.label} />;
    case 'value':
      if (value !== null && typeof value === 'object') return <Raw id={id} value={value} put={put} />;
      return <GivenValue id={id} value={value} put={put} where={where} attr={attr} field={attr.key === 'default' ? valueAt(treeOf(where.path), where.at) : undefined} />;
    case 'duration': return <Duration id={id} value={value} put={put} label={attr.label} />;
    case 'text': case 'name':
      if (attr.key === 'time_zone') return <Line id={id} value={value} put={put} list="time-zones" />;
      if (NAMED[attr.key]) return <Choice id={id} value={value} put={put} options={NAMED[attr.key](where)} />;
      if (attr.key === 'default' && where.at[0] === 'filters') return <Choice id={id} value={value} put={put} options={optionsOf(where.form, valueAt(treeOf(where.path), where.at)?.field)} />;
      return LONG.has(attr.key) ? <Lines id={id} value={value} put={put} /> : <Line id={id} value={value} put={put} read={attr.least === undefined ? undefined : scalar} />;
    case 'shape': return <Scope id={id} value={value} put={put} attr={attr} where={where} />;
    case 'exprs':
      return <Expressions id={id} value={value} put={put} label={attr.label} {...expressionOf(attr, where)} />;
    case 'people': return <People id={id} value={value} put={put} where={where} attr={attr} />;
    case 'texts':
      if (attr.key === 'sort') return <SortList value={value} put={put} form={valueAt(treeOf(where.path), where.at)?.form ?? where.form} label={attr.label} />;
      if (attr.key === 'secret') return <Secret id={id} value={value} put={put} />;
      if (NAMED[attr.key] || attr.words) return <Several id={id} value={value} put={put} options={attr.words ?? NAMED[attr.key](where)} label={attr.label} />;
      if (Array.isArray(value) && value.some((v) => typeof v === 'object')) return <Raw id={id} value={value} put={put} />;
      return <Texts id={id} value={value} put={put} attr={attr} where={where} />;
    default: return <Raw id={id} value={value} put={put} />;
  }
}

/** One text or several: a line each. */
function Texts({ id, value, put, attr, where }) {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return <Lines id={id} value={list.join('\n')} put={(text) => {
    const lines = (text ?? '').split('\n').map((x) => x.trim()).filter(Boolean);
    return put(!lines.length ? undefined : lines.length === 1 ? lines[0] : lines);
  }} />;
}

/** Whom a right reaches: a word, or an expression over the record. */
function Scope({ id, value, put, attr, where }) {
  const words = attr.words ?? [];
  const known = value === undefined || words.some((w) => w.value === String(value)) || value === true || value === false;
  const [asked, setAsked] = useState(false);
  const when = !known || asked;
  const all = [...words, { value: 'true', label: t('yes') }, { value: 'when', label: t('when') }];
  return <span class="stack tight">
    <Choice id={id} value={when ? 'when' : value} options={all} put={(v) => {
      setAsked(v === 'when');
      return v === 'when' ? undefined : put(v === undefined ? undefined : scalar(v));
    }} />
    {when ? <Expression id={`${id}-when`} value={known ? '' : value} put={put} label={attr.label} {...expressionOf(attr, where)} /> : null}
  </span>;
}

/** One key with its label, input, help and what is wrong with it. */
function Key({ attr, where, value }) {
  const id = useId();
  const at = below(where, attr.key);
  const [failed, setFailed] = useState('');
  const put = (next) => change(where, [attr.key], next).then((x) => { setFailed(''); return x; }, (e) => { setFailed(e.message); if (!e.body?.clashes && !e.gone) refused.value = null; throw e; });
  const nested = attr.shape === 'step' ? StepList : attr.kind === 'map' && !attr.of && !attr.shape && OPEN.has(attr.key) ? ValueList : attr.shape !== 'scope' && { map: Nested, switch: Nested, shape: Nested, list: List, each: Each, steps: List, options: Options }[attr.kind];
  if (nested) {
    const Part = nested;
    return <Part attr={attr} where={at} value={value} put={put} />;
  }
  return <div class="field" data-key={attr.key}>
    {attr.kind === 'bool' ? null : <label for={id}>{attr.label}{attr.needed ? <span class="must" aria-hidden="true"> *</span> : null}</label>}
    <Input attr={attr} id={id} value={value} where={where} put={put} />
    <Help text={attr.help} />
    {failed ? <span class="issue" role="alert">{failed}</span> : null}
    <Issues where={at} />
  </div>;
}

function Group({ attr, count, children, open }) {
  return <details class="keys-group" open={open} data-key={attr.key}><summary>{attr.label}{count ? <span class="chip">{count}</span> : null}</summary>
    <div class="stack tight"><Help tag="p" text={attr.help} />{children}</div></details>;
}

/** Maps whose names are their writer's, or fields. */
const OPEN = new Set(['set', 'values', 'let', 'headers', 'body']);
function ValueList({ attr, where, value, put }) {
  const known = value === undefined || value === null || isMap(value);
  return <Group attr={attr} count={known ? Object.keys(value ?? {}).length : 0} open>{known ? <Values attr={attr} where={where} value={value} /> : <Raw value={value} put={put} />}<Issues where={where} /></Group>;
}

function StepList({ attr, where, value }) {
  const count = Array.isArray(value) ? value.length : value ? 1 : 0;
  return <Group attr={attr} count={count} open={count > 0}><Steps where={where} value={value} /><Issues where={where} /></Group>;
}

function Nested({ attr, where, value, put }) {
  const found = keysOf(attr, isMap(value) ? value : {});
  const on = value !== undefined && value !== null && value !== false;
  return <Group attr={attr} open={on} count={on ? '✓' : 0}>
    {attr.kind === 'switch' ? <Check value={on ? true : undefined} put={put} label={t('yes')} /> : null}
    {found ? (attr.kind === 'switch' && !on ? null : <Keys of={found.of} where={where} value={isMap(value) ? value : {}} />) : <Raw value={value} put={put} />}
    <Issues where={where} />
  </Group>;
}

/**
 * The type of something that is what one of its keys says, then its keys. first: as Keys takes it;
 * except: keys that have an input elsewhere; fit(type, now): what else it says when it becomes one of that type.
 */
export function Typed({ attr, where: given, value, first, except = [], fit }) {
  const found = keysOf(attr, value);
  const where = inForm(attr, given, value);
  if (!found) return <Raw value={value} put={(v) => change(where, [], v)} />;
  if (!found.types) return <Keys of={found.of} where={where} value={value} />;
  const options = Object.entries(found.types).map(([key, v]) => ({ value: key, label: v.label }));
  // What the other type does not know goes with it.
  const turn = (type) => {
    if (!found.by) return change(where, [], { [type]: {} });
    const known = new Set(found.types[type].of.map((k) => k.key));
    return edit(where.path, (place) => {
      const at = place(where.at);
      if (!at) return [];
      const now = valueAt(treeOf(where.path), at) ?? {};
      const gone = Object.keys(now).filter((k) => !known.has(k)).map((k) => ({ op: 'remove', path: [...at, k].map(String) }));
      const fits = Object.entries({ [found.by]: type, ...fit?.(type, now) }).map(([k, v]) => ({ op: 'set', path: [...at, k].map(String), value: v }));
      return [...fits, ...gone];
    }).catch(() => {});
  };
  return <>
    <label class="field"><span class="label">{t('what')}</span><Choice value={found.type} options={options} blank={found.type ? null : '–'} put={(v) => v && turn(v)} /></label>
    <Help tag="p" text={found.types[found.type]?.help} />
    <Keys of={found.of.filter((k) => k.key !== found.by && !except.includes(k.key))} where={where} value={value ?? {}} first={first} />
  </>;
}

function Row({ title, where, onUp, onDown, onRemove, children, open }) {
  return <details class="keys-item" open={open}><summary><span class="grow">{title}</span></summary>
    <div class="row"><button type="button" class="small" disabled={!onUp} onClick={onUp}>{t('up')}</button><button type="button" class="small" disabled={!onDown} onClick={onDown}>{t('down')}</button><button type="button" class="small bad" onClick={onRemove}>{t('remove')}</button></div>
    <div class="stack tight">{children}</div><Issues where={where} /></details>;
}

function titleOf(attr, value, i) {
  if (!isMap(value)) return said(value) || `${i + 1}`;
  const first = Object.keys(value)[0];
  const shape = tables.value.shapes[attr.shape];
  if (shape?.types && !shape.by) return shape.types[first]?.label ?? first;
  return labelOf(value.label ?? value.section ?? value.tab ?? value.message, `${first ?? ''} ${said(value[first])}`.trim() || `${i + 1}`);
}
const said = (v) => (v === undefined || v === null ? '' : typeof v === 'object' ? '…' : String(v));

function List({ attr, where, value, put }) {
  const list = Array.isArray(value) ? value : NONE;
  const keys = useKeys(list);
  const plain = value !== undefined && value !== null && !Array.isArray(value);
  const [before, setBefore] = useState(null);             // what came since is open
  const move = (i, by) => shift(where, i, by).catch(() => {});
  const add = () => { setBefore(before ?? keys); edit(where.path, (now) => added(where, now, blankOf(attr))).catch(() => {}); };
  return <Group attr={attr} count={list.length} open={list.length > 0}>
    {plain ? <Raw value={value} put={put} /> : list.map((item, i) => <Row key={keys[i]} open={Boolean(before) && !before.includes(keys[i])} title={titleOf(attr, item, i)} where={below(where, i)}
      onUp={i ? () => move(i, -1) : null} onDown={i < list.length - 1 ? () => move(i, 1) : null} onRemove={() => taken(below(where, i)).catch(() => {})}>
      <Typed attr={attr} where={below(where, i)} value={item} /></Row>)}
    <div><button type="button" class="small" onClick={add}>{t('add')}</button></div>
  </Group>;
}

const NONE = [];

/** At the end of a list; what stands there alone comes into it. */
function added(where, now, item) {
  const at = now(where.at);
  const there = at && valueAt(treeOf(where.path), at);
  if (!at) return [];
  return there === undefined || there === null || Array.isArray(there) ? [adding(where.path, at, '-', item)] : [{ op: 'set', path: at, value: [there, item] }];
}

/** An item of a list one place on or back, from where it stands by then. */
const shift = (where, i, by) => edit(where.path, (now) => {
  const at = now([...where.at, i]);
  const to = Number(at?.at(-1)) + by;
  return at && valueAt(treeOf(where.path), [...at.slice(0, -1), to]) !== undefined ? [{ op: 'move', path: at, [by < 0 ? 'before' : 'after']: String(to) }] : [];
});

/** Out of its list, which goes with its last one. */
const taken = (where) => edit(where.path, (now) => { const at = now(where.at); return at ? [removing(where.path, at)] : []; });

/** What a new item needs at least; what is missing then is told at its key. */
export function blankOf(attr) {
  const shape = tables.value.shapes[attr.shape];
  if (shape?.types) {
    const [type] = Object.keys(shape.types);
    return shape.by ? { [shape.by]: type } : { [type]: {} };
  }
  const item = {};
  for (const key of attr.of ?? shape?.of ?? []) {
    if (!key.needed || key.unless) continue;
    if (key.kind === 'list' || key.kind === 'steps') item[key.key] = [];
    else if (key.kind === 'map' || key.kind === 'each') item[key.key] = {};
    else if (key.words) item[key.key] = key.words[0].value;
  }
  return item;
}

/** Named parts: add, rename, order, remove. */
export function Each({ attr, where, value, bare }) {
  const entries = Object.entries(isMap(value) ? value : {});
  const refs = { permissions: roles }[attr.key];
  const { text, setText, go, box } = useMade((said) => edit(where.path, async (now) => {
    const at = now(where.at);
    const there = at && valueAt(treeOf(where.path), at);
    const name = refs ? said : await nameFor(said, new Set(Object.keys(there ?? {})), attr.key);
    if (!at || (refs && name in (there ?? {}))) return [];
    const item = blankOf(attr);
    const label = (keysOf(attr, item)?.of ?? []).some((k) => k.key === 'label');
    if (label && said !== name) item.label = said;
    return [adding(where.path, at, name, item)];
  }));
  const take = (key, name) => removal({ name, list: (place) => {
    const at = place(where.path, [...where.at, key]);
    return at ? [{ path: where.path, ops: [attr.needed ? { op: 'remove', path: at } : removing(where.path, at)] }] : [];
  } }).catch(() => {});
  const move = (key, other, side) => edit(where.path, [{ op: 'move', path: [...where.at, key].map(String), [side]: other }]).catch(() => {});
  const body = <>
    {entries.map(([key, item], i) => <Row key={key} title={labelOf(item?.label ?? refs?.().find((r) => r.value === key)?.label, key)} where={below(where, key)}
      onUp={i ? () => move(key, entries[i - 1][0], 'before') : null} onDown={i < entries.length - 1 ? () => move(key, entries[i + 1][0], 'after') : null}
      onRemove={() => take(key, labelOf(item?.label, key))}>
      <Typed attr={attr} where={below(where, key)} value={item} /></Row>)}
    <form class="row" onSubmit={go}>
      {refs ? <Choice aria-label={t('name')} value={text} put={(v) => setText(v ?? '')} options={refs().filter((r) => !entries.some(([key]) => key === r.value))} />
        : <input class="grow" aria-label={t('name')} placeholder={t('name')} {...box} />}
      <button class="small" disabled={!text}>{t('add')}</button>
    </form>
  </>;
  return bare ? <div class="stack tight">{body}</div> : <Group attr={attr} count={entries.length} open={entries.length > 0}>{body}</Group>;
}

/** Options: a row each, value and label; the value is proposed from the label. */
function Options({ attr, where, value, put }) {
  const id = useId();
  const list = Array.isArray(value) ? value : NONE;
  const keys = useKeys(list);
  const valueOf = (o) => String(isMap(o) ? o.value : o);
  const { text, go, box } = useMade((label) => edit(where.path, async (now) => {
    const there = valueAt(treeOf(where.path), now(where.at) ?? []);
    const name = await nameFor(label, new Set(Array.isArray(there) ? there.map(valueOf) : []), 'option');
    return added(where, now, name === label ? name : { value: name, label });
  }));
  const colour = attr.of.find((k) => k.key === 'color');
  if (value !== undefined && !Array.isArray(value)) return <Group attr={attr} open><Raw value={value} put={put} /></Group>;
  // A plain one is a map as long as there is more to say of it.
  const say = (i, key, v) => edit(where.path, (now) => {
    const at = now([...where.at, i]);
    const o = at && valueAt(treeOf(where.path), at);
    if (!at || (!isMap(o) && v === undefined)) return [];
    if (!isMap(o)) return [{ op: 'set', path: at, value: { value: o, [key]: v } }];
    if (v !== undefined) return [{ op: 'set', path: [...at, key], value: v }];
    return Object.keys(o).some((k) => k !== key && k !== 'value') ? [{ op: 'remove', path: [...at, key] }] : [{ op: 'set', path: at, value: o.value }];
  }, key === 'label' ? `${where.at.join('.')} ${i}` : undefined);
  const move = (i, by) => shift(where, i, by).catch(() => {});
  return <Group attr={attr} count={list.length} open>
    {list.map((o, i) => <Row key={keys[i]} title={<span class={o?.color ? `chip c-${o.color}` : ''}>{labelOf(isMap(o) ? o.label : undefined, valueOf(o))}</span>} where={below(where, i)}
      onUp={i ? () => move(i, -1) : null} onDown={i < list.length - 1 ? () => move(i, 1) : null} onRemove={() => change(below(where, i), [], undefined, false).catch(() => {})}>
      <div class="field"><span class="label">{t('label')}</span><Label value={isMap(o) ? o.label : undefined} put={(label) => say(i, 'label', label)} /></div>
      <div class="field"><label for={`${id}-${i}`}>{colour.label}</label><Choice id={`${id}-${i}`} value={o?.color} options={colour.words} put={(color) => say(i, 'color', color)} /></div>
      {isMap(o) ? <Keys of={attr.of.filter((k) => !['label', 'color'].includes(k.key))} where={below(where, i)} value={o} first={[]} /> : null}
    </Row>)}
    <form class="affix" onSubmit={go}>
      <input class="grow" aria-label={t('newOption')} placeholder={t('newOption')} {...box} /><button class="small" disabled={!text.trim()}>{t('add')}</button></form>
    <Issues where={where} />
  </Group>;
}

/** What is seldom needed; open when it is used or wrong. */
function More({ of, where, value, children }) {
  const used = of.filter((a) => value?.[a.key] !== undefined && value[a.key] !== null).length;
  const wrong = of.some((a) => issuesAt(where.path, [...where.at, a.key]).length);
  return <details class="keys-more" open={used > 0 || wrong}><summary>{t('more')}{used ? <span class="chip">{used}</span> : null}</summary><div class="stack tight">{children}</div></details>;
}

/** All keys of a table. first: those that stand on top; the rest is folded unless it is used. */
export function Keys({ of, where, value, first }) {
  const top = first ? of.filter((a) => first.includes(a.key)).sort((a, b) => first.indexOf(a.key) - first.indexOf(b.key)) : of;
  const rest = first ? of.filter((a) => !first.includes(a.key)) : [];
  const one = (attr) => <Key key={attr.key} attr={attr} where={where} value={value?.[attr.key]} />;
  return <>
    {top.map(one)}
    {rest.length ? <More of={rest} where={where} value={value}>{rest.map(one)}</More> : null}
  </>;
}
