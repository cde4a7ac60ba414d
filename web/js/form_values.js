// Controls and values: what stands in a form, as the API takes it and as expressions see it;
// and how a computed value is shown.

import { fileIds } from './form_file.js';
import { instantRead, instantText, seconds } from './expr-values.js';

const attr = (name) => `[name="${CSS.escape(name)}"]`;

/** "1,234.5" and "１２" as people type numbers. */
export function number(text) {
  const plain = String(text ?? '').normalize('NFKC').replace(/[,\s¥$€%]/g, '');
  if (plain === '' || !/^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
  return Number(plain);
}

const formats = {};

/** Digits in groups of three. */
export function grouped(value, decimals) {
  if (value === null || !Number.isFinite(value)) return '';
  formats[decimals] ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return formats[decimals].format(value);
}

const SPANS = { w: 604800, week: 604800, weeks: 604800, 周: 604800, d: 86400, day: 86400, days: 86400, 天: 86400, 日: 86400, h: 3600, hour: 3600, hours: 3600, 小时: 3600, 时: 3600, m: 60, min: 60, minute: 60, minutes: 60, 分钟: 60, 分: 60, s: 1, sec: 1, second: 1, seconds: 1, 秒: 1 };

/** "1h 30m" as people type it, as expressions read it: "90m"; null: it is none. */
export function span(text) {
  const plain = String(text ?? '').normalize('NFKC').toLowerCase().trim();
  if (!/^-?(\d+(\.\d+)? *[^\d\s.-]+ *)+$/u.test(plain)) return null;
  let sum = 0, last = Infinity;
  for (const [, n, unit] of plain.matchAll(/(\d+(?:\.\d+)?) *([^\d\s.-]+)/gu)) {
    if (!(SPANS[unit] < last)) return null;
    last = SPANS[unit];
    sum += Number(n) * last;
  }
  sum = Math.round(sum);
  const [size, name] = [[86400, 'd'], [3600, 'h'], [60, 'm'], [1, 's']].find(([s]) => sum % s === 0 && sum) ?? [60, 'm'];
  return `${plain.startsWith('-') ? '-' : ''}${sum / size}${name}`;
}

function spanWords(text) {
  let left = Math.abs(seconds(text));
  const parts = [[86400, 'd'], [3600, 'h'], [60, 'm'], [1, 's']].map(([size, name]) => {
    const n = Math.floor(left / size);
    left -= n * size;
    return n ? `${n}${name}` : '';
  }).filter(Boolean);
  return (String(text).startsWith('-') ? '-' : '') + (parts.join(' ') || '0m');
}

/** The control of a field, or null; prefix: "items.0." for rows. Of radio buttons the one chosen. */
export function control(form, name) {
  const chosen = form.querySelector(`input[type="radio"]${attr(name)}:checked`);
  return chosen ?? form.querySelector(`select${attr(name)}, textarea${attr(name)}, input${attr(name)}:not([type="hidden"])`);
}

/** Words of a line: a comma of any script ends one. */
export const pieces = (text) => String(text).split(/[,，、;；\n]/).map((word) => word.trim()).filter(Boolean);

const ticked = (form, name) => [...form.querySelectorAll(`input[type="checkbox"]${attr(`${name}[]`)}`)];

export function rowsOf(form, key) {
  return [...form.querySelectorAll(`[data-rows="${CSS.escape(key)}"] tbody > tr[data-row]`)];
}

// Where one may write freely, the label of an option stands for the option.
function valueOf(field, text) {
  const known = field.options && !field.formula ? Object.entries(field.options).find(([, label]) => label === text) : null;
  return known ? known[0] : text;
}

/** As the API takes it, of text alone; undefined: there is no control of that name. */
export function raw(form, field, prefix) {
  const name = prefix + field.name;
  if (BOXES.has(field.type) && form.querySelector(`input[type="hidden"]${attr(`${name}[]`)}`)) {
    const own = form.querySelector(`input[type="text"]${attr(`${name}[]`)}`);
    return [...ticked(form, name).filter((b) => b.checked).map((b) => b.value), ...pieces(own?.value ?? '')];
  }
  if (field.type === 'tags') {
    const line = form.querySelector(`input${attr(name)}`);
    return line ? pieces(line.value).map((word) => valueOf(field, word)) : undefined;
  }
  if (BOXES.has(field.type)) return undefined;
  if (FILES.has(field.type)) return fileIds(form, name);
  const box = control(form, name);
  if (!box) return undefined;
  if (box.type === 'radio') return box.checked ? box.value : '';
  return box.type === 'checkbox' ? box.checked : valueOf(field, box.value.trim());
}

const BOXES = new Set(['choices', 'users', 'departments', 'links']);
const FILES = new Set(['file', 'files', 'image', 'signature']);
const RECORD = new Set(['link', 'user', 'department']);
const RECORDS = new Set(['links', 'users', 'departments']);
const NUMBER = new Set(['number', 'money', 'percent', 'rating']);

// Wall-clock time there ("2026-03-02T09:00") as an instant.
function instant(text, zone) {
  const at = instantRead(text, zone);
  return at === null ? null : instantText(at);
}

/** A text as a value of the field's type; null is blank. */
export function typed(field, value, zone) {
  if (value === undefined || value === null || value === '') return field.type === 'boolean' ? false : null;
  if (NUMBER.has(field.type)) return number(value);
  if (RECORD.has(field.type)) return Number(value) || null;
  if (Array.isArray(value)) return value.length ? (RECORDS.has(field.type) ? value.map(Number) : value) : null;
  if (field.type === 'boolean') return value === true || value === 'true';
  if (field.type === 'datetime' && zone) return instant(value, zone);
  if (field.type === 'duration') return span(value);
  return value;
}

// A text as the API takes it.
function plainText(field, value) {
  if (value === '' || value === undefined) return null;
  if (RECORDS.has(field.type)) return value.map(Number);
  return NUMBER.has(field.type) ? String(value).normalize('NFKC').replace(/[,\s]/g, '') : value;
}

// A field of several columns by part; null when all are blank, undefined without controls.
function partsOf(form, field, prefix, value) {
  const at = `${prefix}${field.name}.`;
  if (!field.parts.some((p) => control(form, at + p.name))) return undefined;
  const out = Object.fromEntries(field.parts.map((p) => [p.name, value(p, at)]));
  return Object.values(out).some((v) => v !== null) ? out : null;
}
// What single controls of a row hold, by name: read at once, for there may be thousands of rows.
function plainRow(row) {
  const out = new Map();
  for (const box of row.querySelectorAll('[name]'))
    if (box.type !== 'hidden' && !box.name.endsWith('[]')) out.set(box.name, box.type === 'checkbox' ? box.checked : box.value.trim());
  return out;
}

const SINGLE = (field) => !BOXES.has(field.type) && field.type !== 'tags' && !field.options;

/** Values by field, of controls only; rows as lists of the same. */
export function read(form, fields, prefix, zone) {
  const out = {};
  const plain = prefix ? plainRow(form) : null;
  for (const field of fields) {
    if (plain && SINGLE(field)) {
      const name = prefix + field.name;
      if (plain.has(name)) out[field.name] = typed(field, plain.get(name), zone);
      continue;
    }
    if (field.rows) {
      if (form.querySelector(`[data-rows="${CSS.escape(field.name)}"]`))
        out[field.name] = rowsOf(form, field.name).map((row) => read(row, field.rows, `${field.name}.${row.dataset.row}.`, zone));
      continue;
    }
    if (field.parts) {
      const parts = partsOf(form, field, prefix, (one, at) => typed(one, raw(form, one, at)));
      if (parts !== undefined) out[field.name] = parts;
      continue;
    }
    const value = raw(form, field, prefix);
    if (value !== undefined) out[field.name] = typed(field, value, zone);
  }
  return out;
}

/** The same as a body for the API: without what only follows other fields. */
export function body(form, fields, prefix = '') {
  const out = {};
  for (const field of fields) {
    if (field.rows) {
      if (form.querySelector(`[data-rows="${CSS.escape(field.name)}"]`))
        out[field.name] = rowsOf(form, field.name).map((row) => {
          const at = `${field.name}.${row.dataset.row}.`;
          const id = row.querySelector(`input${attr(`${at}id`)}`)?.value;
          return { ...(id ? { id: Number(id) } : {}), ...body(row, field.rows, at) };
        });
      continue;
    }
    if (field.parts) {
      const parts = partsOf(form, field, prefix, (one, at) => plainText(one, raw(form, one, at)));
      if (parts !== undefined) out[field.name] = parts;
      continue;
    }
    const value = raw(form, field, prefix);
    if (value === undefined) continue;
    const box = control(form, prefix + field.name);
    if (field.follows && box && (box.dataset.follows === 'true' || (value === '' && !box.dataset.touched))) continue;
    out[field.name] = plainText(field, value);
  }
  return out;
}

// Checkboxes, or a line of words: false where there are none.
function fillList(form, field, prefix, value) {
  const name = prefix + field.name;
  const list = form.querySelector(`input[type="hidden"]${attr(`${name}[]`)}`)?.closest('fieldset');
  const line = field.type === 'tags' ? form.querySelector(`input${attr(name)}`) : null;
  const keys = value.map((v) => String(v?.id ?? v));
  if (line) line.value = value.map((v) => field.options?.[v] ?? v).join(', ');
  for (const box of list ? ticked(form, name) : []) box.checked = keys.includes(box.value);
  (line ?? list)?.dispatchEvent(new Event('filled'));
  return Boolean(line ?? list);
}

/** A value of the API into a control. */
export function fill(form, field, prefix, value) {
  if (field.parts) {
    for (const part of field.parts) fill(form, part, `${prefix}${field.name}.`, value?.[part.name] ?? null);
    return;
  }
  if (Array.isArray(value) && fillList(form, field, prefix, value)) return;
  const box = control(form, prefix + field.name);
  if (!box || box.type === 'file') return;
  const plain = value && typeof value === 'object' && !Array.isArray(value) ? value.id : value;
  if (box.type === 'checkbox') box.checked = plain === true;
  else if (box.type === 'radio') for (const one of form.querySelectorAll(`input[type="radio"]${attr(prefix + field.name)}`)) one.checked = one.value === String(plain ?? '');
  else if (field.type === 'duration') box.value = plain ? spanWords(plain) : '';
  else if (box.tagName === 'SELECT' && plain !== null && plain !== undefined) {
    if (![...box.options].some((o) => o.value === String(plain))) box.add(new Option(value.title ?? String(plain), String(plain)));
    box.value = String(plain);
    box.dispatchEvent(new Event('filled'));
  } else if (NUMBER.has(field.type)) box.value = plain === null ? '' : grouped(Number(plain), field.decimals);
  else box.value = plain ?? '';
}

const SIGNS = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', JPY: 'JP¥', HKD: 'HK$', TWD: 'NT$', KRW: '₩', INR: '₹', AUD: 'A$', CAD: 'CA$', SGD: 'S$' };

function money(field, value) {
  const text = grouped(Math.abs(value), field.decimals);
  const sign = SIGNS[field.currency] ?? (field.currency ? `${field.currency} ` : '');
  return `${value < 0 ? '-' : ''}${sign}${text}`;
}

function moment(value, zone) {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return String(value);
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(at);
}

/** A computed value as people read it. words: {yes, no}; titles: options by value, if any. */
export function show(field, value, how) {
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.map((v) => show(field, v, how)).join(', ');
  if (typeof value === 'object') return value.title ?? `#${value.id}`;
  if (field.options?.[value]) return field.options[value];
  if (typeof value === 'boolean') return value ? how.yes : how.no;
  if (field.type === 'money') return money(field, Number(value));
  if (field.type === 'percent') return `${Number(value).toLocaleString('en-US', { maximumFractionDigits: field.decimals })}%`;
  if (NUMBER.has(field.type)) return grouped(Number(value), field.decimals) + (field.unit ? ` ${field.unit}` : '');
  if (field.type === 'datetime') return moment(value, how.zone);
  if (field.type === 'duration') return spanWords(value);
  if (field.type === 'rating') return `${value}/${field.max}`;
  return String(value);
}

/** Numbers are shown in groups and edited plainly. */
export function wireNumbers(root) {
  root.addEventListener('focusin', (event) => {
    const box = event.target.closest('input[data-number]');
    if (box && !box.readOnly) box.value = box.value.replaceAll(',', '');
  });
  root.addEventListener('focusout', (event) => {
    const box = event.target.closest('input[data-number]');
    if (!box) return;
    const value = number(box.value);
    if (value !== null) box.value = grouped(value, Number(box.dataset.number));
  });
  for (const box of root.querySelectorAll('input[data-number]')) {
    const value = number(box.value);
    if (value !== null) box.value = grouped(value, Number(box.dataset.number));
  }
}
