// Controls and values: what stands in a form, as the API takes it and as expressions see it;
// and how a computed value is shown.

import { fileIds } from './form_file.js';
import { instantRead, instantText } from './expr-values.js';

const attr = (name) => `[name="${CSS.escape(name)}"]`;

/** "1,234.5" and "１２" as people type numbers. */
export function number(text) {
  const plain = String(text ?? '').normalize('NFKC').replace(/[,\s¥$€%]/g, '');
  if (plain === '' || !/^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
  return Number(plain);
}

/** Digits in groups of three. */
export function grouped(value, decimals) {
  if (value === null || !Number.isFinite(value)) return '';
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** The control of a field, or null; prefix: "items.0." for rows. */
export function control(form, name) {
  return form.querySelector(`select${attr(name)}, textarea${attr(name)}, input${attr(name)}:not([type="hidden"])`);
}

const ticked = (form, name) => [...form.querySelectorAll(`input[type="checkbox"]${attr(`${name}[]`)}`)];

export function rowsOf(form, key) {
  return [...form.querySelectorAll(`[data-rows="${CSS.escape(key)}"] tbody > tr[data-row]`)];
}

/** undefined: there is no control of that name. */
function raw(form, field, prefix) {
  const name = prefix + field.name;
  if (field.type === 'choices') {
    const boxes = ticked(form, name);
    return boxes.length ? boxes.filter((b) => b.checked).map((b) => b.value) : undefined;
  }
  if (FILES.has(field.type)) return fileIds(form, name);
  const box = control(form, name);
  if (!box) return undefined;
  return box.type === 'checkbox' ? box.checked : box.value.trim();
}

const FILES = new Set(['file', 'files', 'image', 'signature']);
const RECORD = new Set(['link', 'user', 'department']);
const NUMBER = new Set(['number', 'money', 'percent']);

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
  if (field.type === 'boolean') return value === true || value === 'true';
  if (field.type === 'datetime' && zone) return instant(value, zone);
  return value;
}

/** Values by field, of controls only; rows as lists of the same. */
export function read(form, fields, prefix, zone) {
  const out = {};
  for (const field of fields) {
    if (field.rows) {
      if (form.querySelector(`[data-rows="${CSS.escape(field.name)}"]`))
        out[field.name] = rowsOf(form, field.name).map((row) => read(form, field.rows, `${field.name}.${row.dataset.row}.`, zone));
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
          const id = form.querySelector(`input${attr(`${at}id`)}`)?.value;
          return { ...(id ? { id: Number(id) } : {}), ...body(form, field.rows, at) };
        });
      continue;
    }
    const value = raw(form, field, prefix);
    if (value === undefined) continue;
    const box = control(form, prefix + field.name);
    if (field.follows && box && (box.dataset.follows === 'true' || (value === '' && !box.dataset.touched))) continue;
    out[field.name] = value === '' ? null : NUMBER.has(field.type) ? String(value).normalize('NFKC').replace(/[,\s]/g, '') : value;
  }
  return out;
}

/** A value of the API into a control. */
export function fill(form, field, prefix, value) {
  const box = control(form, prefix + field.name);
  if (!box || box.type === 'file') return;
  const plain = value && typeof value === 'object' && !Array.isArray(value) ? value.id : value;
  if (box.type === 'checkbox') box.checked = plain === true;
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
