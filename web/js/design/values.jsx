// Inputs of the kinds that are more than a text: durations, people, values of a field.
import { useState } from 'preact/hooks';
import { Expression } from './expression.jsx';
import { exprUse } from './expr_use.js';
import { Choice, Line, Several, scalar, useLatest, useList, useMade } from './inputs.jsx';
import { fieldsOf, roles } from './names_of.js';
import { labelOf, t } from './words.js';

const UNITS = ['m', 'h', 'd', 'w', 'bh', 'bd'];

/** A number and its unit; what says more than that ("1h 30m") as text. */
export function Duration({ id, value: given, put: send, label }) {
  const [value, put] = useLatest(given, send);
  const known = /^(\d+)(m|h|d|w|bh|bd)$/.exec(value ?? '');
  const [unit, setUnit] = useState('d');
  if (value !== undefined && value !== null && !known) return <Line id={id} value={value} put={put} />;
  const now = known?.[2] ?? unit;
  const turn = (to) => { setUnit(to); if (known) put(`${known[1]}${to}`).catch(() => {}); };
  return <span class="affix"><Line id={id} inputmode="numeric" value={known?.[1]} put={(text) => put(text === undefined ? undefined : /^\d+$/.test(text) ? `${text}${now}` : text)} />
    <Choice aria-label={t('unitOf', { name: label })} value={now} blank={null} options={UNITS.map((u) => ({ value: u, label: t(`unit_${u}`) }))} put={turn} /></span>;
}

const PERSON = /^(user|department)s?$/;
// Where a bare name is a role first; elsewhere it is a field.
const ROLES_FIRST = new Set(['by', 'cc', 'members', 'admins']);

function whoOptions(form, key) {
  const fields = fieldsOf(form).filter((f) => PERSON.test(f.type)).map((f) => ({ value: f.value, label: f.label }));
  const taken = new Set(fields.map((f) => f.value));
  const all = roles().filter((r) => ROLES_FIRST.has(key) || !taken.has(r.value)).map((r) => ({ value: ROLES_FIRST.has(key) ? r.value : `role(${r.value})`, label: t('roleOf', { name: r.label }) }));
  return [{ value: 'owner', label: t('theOwner') }, { value: 'manager_of(owner)', label: t('ownersManager') }, ...fields.filter((f) => f.value !== 'owner'), ...all];
}

/** People: the owner, fields, roles to tick, and anything else as an expression. */
export function People({ id, value, put, where, attr }) {
  const [list, write] = useList(value, (next) => put(!next.length ? undefined : next.length === 1 ? next[0] : next));
  const { text, go, box } = useMade((said) => write([...list, said]));
  return <span class="stack tight"><Several id={id} value={list} put={(next) => write([next ?? []].flat())} options={whoOptions(where.form, attr.key)} label={attr.label} />
    <span class="affix"><input class="code-line" aria-label={t('otherPeople')} placeholder={t('otherPeople')} {...box} onKeyDown={(e) => { if (e.key === 'Enter') go(e); }} />
      <button type="button" class="small" disabled={!text.trim()} onClick={go}>{t('add')}</button></span></span>;
}

const LOCAL = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/;
const typeOf = (type, value) => (type === 'datetime' ? (value === undefined || LOCAL.test(value) ? 'datetime-local' : 'text') : { date: 'date', time: 'time' }[type] ?? 'text');

/** A value of a field, by its type. read(text): what is put of what is typed. */
export function Fixed({ id, value, put, field, read = scalar, ...rest }) {
  const text = typeof value === 'string' && value.startsWith('=') ? undefined : value;
  if (field?.type === 'boolean') return <Choice id={id} {...rest} value={text} put={(v) => put(v === undefined ? undefined : v === 'true')} options={[{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]} />;
  if (field?.type === 'choice' && Array.isArray(field.options))
    return <Choice id={id} {...rest} value={text} put={put} options={field.options.map((o) => (o && typeof o === 'object' ? { value: String(o.value), label: labelOf(o.label, o.value) } : { value: String(o), label: String(o) }))} />;
  const type = typeOf(field?.type, text);
  return <Line id={id} type={type} {...rest} inputmode={/^(number|money|percent|rating)$/.test(field?.type) ? 'decimal' : undefined} value={text} put={put} read={type === 'text' ? read : undefined} />;
}

/** A value: one that is given, by the type of its field, or one that is computed. */
export function GivenValue({ id, value: given, put: send, where, attr, field }) {
  const [value, put] = useLatest(given, send);
  const computed = typeof value === 'string' && value.startsWith('=');
  const [asked, setAsked] = useState(computed);
  const turn = (to) => {
    setAsked(to === 'computed');
    if (value !== undefined && (to === 'computed') !== computed) put(undefined).catch(() => {});
  };
  return <span class="stack tight"><Choice aria-label={t('howGiven', { name: attr.label })} blank={null} value={asked ? 'computed' : 'fixed'} put={turn} options={[{ value: 'fixed', label: t('fixed') }, { value: 'computed', label: t('computed') }]} />
    {asked ? <Expression id={id} value={computed ? value.slice(1) : ''} put={(v) => put(v === undefined ? undefined : `=${v}`)} read={(x) => x} use={exprUse(where, attr.key)} where={{ ...where, at: [...where.at, attr.key] }} />
      : <Fixed id={id} value={value} put={put} field={field} />}</span>;
}
