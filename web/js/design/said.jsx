// Automations, reminders and what stands in them, said in the words people use: labels for names.
import { dashboards, fieldsOf, forms, ledTo, roles, stagesOf } from './names_of.js';
import { formPath } from './names_of.js';
import { tables, treeOf } from './store.js';
import { labelOf, t } from './words.js';

/** Forms that every app has. */
export const BUILT_IN = ['user', 'department'];

const label = (list, key) => list.find((x) => x.value === key)?.label ?? key;
export const fieldLabel = (form, key) => label(fieldsOf(form, true), key);
export const formLabel = (key) => forms().find((f) => f.value === key)?.label ?? (BUILT_IN.includes(key) ? t(`form_${key}`) : key);
/** What stands in a menu: a form, or a dashboard. */
export const entryLabel = (key) => (key.startsWith('dashboard.') ? `${t('dashboard')} ${label(dashboards(), key.slice(10))}` : formLabel(key));
export const stageLabel = (form, key) => label(stagesOf(form), key);
export const many = (list) => list.join(t('listComma'));
export const listed = (v) => (Array.isArray(v) ? v : v === undefined || v === null ? [] : [v]);

/** "3d" as people say it. */
export function durationSaid(text) {
  const known = /^(\d+)(m|h|d|w|bh|bd)$/.exec(text ?? '');
  if (!known) return String(text ?? '');
  return known[1] === '1' ? t(`one_${known[2]}`) : `${known[1]} ${t(`unit_${known[2]}`)}`;
}

const statuses = () => tables.value.kinds.workflow.find((a) => a.key === 'stages').of.find((a) => a.key === 'status')?.words ?? [];

const optionOf = (form, key, value) => {
  if (key === 'stage.status') return label(statuses(), value);
  const all = treeOf(formPath(form))?.fields?.[key]?.options;
  const found = Array.isArray(all) ? all.find((o) => o && typeof o === 'object' && String(o.value) === value) : null;
  return found ? labelOf(found.label, value) : key === 'stage' ? stageLabel(form, value) : value;
};

const WORDS = new Set(['and', 'or', 'not', 'in', 'blank', 'true', 'false']);
const TOKEN = /'[^']*'|"[^"]*"|[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*\s*\(?|\s+|./gu;

/** A name with its links, as labels; null: it is none of the form's. */
function nameSaid(form, name) {
  if (name === 'stage.status') return t('stageStatus');
  const parts = name.split('.');
  let at = form;
  const out = [];
  if (parts[0] === 'this' || parts[0] === 'record') parts.shift();
  for (const key of parts) {
    const found = at && fieldsOf(at, true).find((f) => f.value === key);
    if (!found) return null;
    out.push(found.label);
    at = ledTo(at, key);
  }
  return out.length ? out.join(' › ') : null;
}

/** An expression with the labels of the fields it names. */
export function Said({ text, form }) {
  let last = null;
  const parts = String(text ?? '').match(TOKEN) ?? [];
  return <span class="said-expr">{parts.map((part, i) => {
    if (/^['"]/.test(part)) return <q key={i}>{last ? optionOf(form, last, part.slice(1, -1)) : part.slice(1, -1)}</q>;
    const word = part.trim();
    const plain = word.replace(/\s*\($/, '');
    if (WORDS.has(plain)) return <span key={i}>{part.replace(plain, t(`word_${plain}`))}</span>;
    const name = /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(word) ? nameSaid(form, word) : null;
    if (!name) return <span key={i}>{part}</span>;
    last = word;
    return <b key={i}>{name}{part.slice(word.length)}</b>;
  })}</span>;
}

/** {{n, unit, after, field}} of `due - 3d`; null: it says more than that. */
export function offsetOf(text) {
  const found = /^\s*([a-z][a-z0-9_]*)\s*(?:([+-])\s*(\d+)(m|h|d|w|bh|bd))?\s*$/.exec(text ?? '');
  return found ? { field: found[1], after: found[2] === '+', n: found[3] ?? '', unit: found[4] ?? 'd' } : null;
}

export function MomentSaid({ text, form }) {
  const at = offsetOf(text);
  if (!at) return <Said text={text} form={form} />;
  const field = fieldLabel(form, at.field);
  if (!at.n) return t('onField', { field });
  return t(at.after ? 'afterField' : 'beforeField', { time: durationSaid(at.n + at.unit), field });
}

export function whoSaid(form, v) {
  const role = /^role\((\w+)\)$/.exec(v);
  if (role) return t('roleOf', { name: label(roles(), role[1]) });
  if (v === 'owner') return t('theOwner');
  if (v === 'manager_of(owner)') return t('ownersManager');
  return nameSaid(form, String(v)) ?? (roles().some((r) => r.value === v) ? t('roleOf', { name: label(roles(), v) }) : String(v));
}
export const peopleSaid = (form, v) => many(listed(v).map((x) => whoSaid(form, typeof x === 'object' ? JSON.stringify(x) : String(x))));

/* ---- events ---- */

/** "updated(a, b)" → {kind, arg} */
export function eventOf(text) {
  const found = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(String(text ?? ''));
  return found ? { kind: found[1], arg: (found[2] ?? '').trim() } : { kind: String(text ?? ''), arg: '' };
}
export const unquoted = (text) => text.replace(/^(["'])(.*)\1$/, '$2');

export const SCHEDULES = [['cronHour', '0 * * * *'], ['cronDay', '0 9 * * *'], ['cronWork', '0 9 * * 1-5'], ['cronWeek', '0 9 * * 1'], ['cronMonth', '0 9 1 * *']];
function cronSaid(cron) {
  const known = SCHEDULES.find(([, c]) => c === cron);
  return known ? t(known[0]) : t('onSchedule', { cron });
}

export function EventSaid({ form, event }) {
  const { kind, arg } = eventOf(event);
  switch (kind) {
    case 'updated': return arg ? t('saidChanged', { field: many(arg.split(',').map((x) => fieldLabel(form, x.trim()))) }) : t('saidUpdated');
    case 'entered': return t('saidEntered', { stage: stageLabel(form, arg) });
    case 'left': return t('saidLeft', { stage: stageLabel(form, arg) });
    case 'at': return <>{t('saidAt')} <MomentSaid text={arg} form={form} /></>;
    case 'schedule': return cronSaid(unquoted(arg));
    case 'button': return t('saidButton', { name: arg });
    case 'created': case 'deleted': case 'restored': case 'webhook': return t(`said_${kind}`);
    default: return <code>{String(event)}</code>;
  }
}

/* ---- steps ---- */

const typeOf = (step) => Object.keys(step ?? {})[0];
export const stepType = typeOf;

const short = (v) => {
  const text = typeof v === 'object' && v !== null ? labelOf(v, '') : String(v ?? '');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** What a step is about, behind its name: a line, or nothing. */
export function stepDetail(form, step) {
  const type = typeOf(step);
  const body = step?.[type];
  if (!body || typeof body !== 'object') return body === true || body === undefined || body === null ? '' : String(body);
  if (type === 'set') return many(Object.keys(body).map((k) => fieldLabel(form, k)));
  if (type === 'let') return many(Object.keys(body));
  if (type === 'when') return <Said text={body.if} form={form} />;
  if (type === 'notify' || type === 'email') return <>{peopleSaid(form, body.to)}{body.text || body.subject ? <span class="muted"> “{short(body.subject ?? body.text)}”</span> : null}</>;
  if (type === 'transition') return stageLabel(form, body.to ?? body.name ?? '');
  if (type === 'webhook') return String(body.url ?? '');
  if (type === 'stop') return short(body.text);
  if (body.form) return <>{formLabel(body.form)}{body.where ? <span class="muted"> ({t('word_where')} <Said text={body.where} form={body.form} />)</span> : null}</>;
  return body.record ? <Said text={body.record} form={form} /> : '';
}

export const stepLabel = (type) => tables.value.shapes.step.types[type]?.label ?? type;

/** The steps in a row, as a sentence ends with them. */
export function StepsSaid({ form, steps }) {
  const list = listed(steps);
  return <ol class="steps-said">{list.map((s, i) => <li key={i}><b>{stepLabel(typeOf(s))}</b>{' '}<span>{stepDetail(form, s)}</span></li>)}</ol>;
}
