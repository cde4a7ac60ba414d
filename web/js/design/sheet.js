// A spreadsheet that becomes a form: the file goes up, the server says what its columns could be,
// and what is chosen of them is written as a definition and kept as an import.
import { csrf, api } from '../lib/api.js';
import { nameFor } from './names.js';
import { t } from './words.js';

/** Sends the file; what the server refuses is the error's message. */
export async function upload(file) {
  const answer = await fetch(`/api/v1/files?name=${encodeURIComponent(file.name)}`, {
    method: 'POST', credentials: 'same-origin', body: file,
    headers: { Accept: 'application/json', 'X-CSRF-Token': csrf(), 'Content-Type': 'application/octet-stream' },
  });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.detail ?? t('noUpload'));
  return body;
}

export const look = (file, how = {}) => api('POST', '/imports/look', { file, ...how });

const letters = (n) => (n < 0 ? '' : letters(Math.floor(n / 26) - 1) + String.fromCharCode(65 + (n % 26)));
export const calledOf = (name) => name.replace(/\.(xlsx|csv|tsv|txt)$/i, '').replace(/[_\s]+/g, ' ').trim().slice(0, 60);

/** The columns of a look, each with what one may change of it: take, label, name, type, required, unique. */
export async function columnsOf(seen) {
  const columns = seen.columns.map((c) => ({ ...c, take: true, label: c.label || t('columnN', { n: letters(c.column) }) }));
  return named(columns);
}

/** The names of those that one has not named oneself follow their labels; none comes twice. */
export async function named(columns) {
  const taken = new Set(columns.filter((c) => c.own).map((c) => c.name));
  const out = [];
  for (const c of columns) {
    const name = c.own ? c.name : await nameFor(c.label, taken, 'field');
    taken.add(name);
    out.push({ ...c, name });
  }
  return out;
}

export const fitOf = (c) => c.types.find((x) => x.type === c.type);
const LISTS = ['choices'];
export const mayBe = (c, what) => (what === 'required' ? c.type !== 'boolean' : !LISTS.includes(c.type) && !['boolean', 'longtext', 'choice'].includes(c.type));

/** Does it have dates that need an order? */
export const ordered = (c) => Boolean(c.order) && ['date', 'datetime'].includes(c.type);

const quoted = (text) => JSON.stringify(text);

/** A column as the line of a field. */
export function fieldText(c) {
  const out = [`label: ${quoted(c.label)}`, `type: ${c.type}`];
  const options = { choice: c.options, choices: c.pieces }[c.type];
  if (options?.length) out.push(`options: [${options.map(quoted).join(', ')}]`);
  if (c.type === 'number' && c.decimals) out.push(`decimals: ${c.decimals}`);
  if (['money', 'percent'].includes(c.type) && c.decimals > 2) out.push(`decimals: ${c.decimals}`);
  if (c.type === 'money' && c.currency) out.push(`currency: ${c.currency}`);
  if (c.required && mayBe(c, 'required')) out.push('required: true');
  if (c.unique && mayBe(c, 'unique')) out.push('unique: true');
  return `  ${c.name}: {${out.join(', ')}}\n`;
}

/** Keeps what is to be loaded once the form is published. */
export const keep = (seen, file, form, columns) => api('POST', '/imports', {
  file: file.id, sheet: seen.sheet, header: seen.header, form,
  columns: columns.map((c) => ({ column: c.column, field: c.name, label: c.label, ...(ordered(c) ? { order: c.order } : {}) })),
});

/** There will be no form for it: what was refused goes on. */
export async function forget(kept, why) {
  if (kept) await api('DELETE', `/imports/${kept.id}`).catch(() => {});
  throw why;
}
