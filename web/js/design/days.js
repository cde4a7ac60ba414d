// Days of working calendars: ranges of them as app.yaml writes them, hours of the week.
export const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 86400000;
const iso = (ms) => new Date(ms).toISOString().slice(0, 10);
const ms = (day) => Date.parse(`${day}T00:00:00Z`);
export const after = (day, n) => iso(ms(day) + n * DAY);
export const weekday = (day) => WEEK[(new Date(ms(day)).getUTCDay() + 6) % 7];
const listed = (v) => (Array.isArray(v) ? v : v === undefined || v === null ? [] : [v]);

/** Days of "2026-05-01" and "2026-10-01..2026-10-07"; null: one of them is neither. */
export function daysOf(value) {
  const out = new Set();
  for (const text of listed(value)) {
    const found = /^ *(\d{4}-\d\d-\d\d)(?: *\.\. *(\d{4}-\d\d-\d\d))? *$/.exec(String(text));
    if (!found || Number.isNaN(ms(found[1])) || (found[2] && !(ms(found[2]) - ms(found[1]) <= 400 * DAY))) return null;
    for (let day = found[1]; day <= (found[2] ?? found[1]); day = after(day, 1)) out.add(day);
  }
  return out;
}

/** The same days, those in a row as a range; undefined: none. */
export function rangesOf(days) {
  const out = [];
  for (const day of [...days].sort()) {
    const last = out.at(-1);
    if (last && after(last[1], 1) === day) last[1] = day;
    else out.push([day, day]);
  }
  return out.length ? out.map(([a, b]) => (a === b ? a : `${a}..${b}`)) : undefined;
}

/** {mon-fri: […]} as seven lists of spans; null: it says what cannot be read. */
export function weekOf(hours) {
  const out = WEEK.map(() => []);
  for (const [key, spans] of Object.entries(hours ?? {})) {
    const [from, to = from] = key.split('-').map((d) => WEEK.indexOf(d));
    if (from < 0 || to < 0) return null;
    for (let d = from; ; d = (d + 1) % 7) { out[d] = listed(spans).map(String); if (d === to) break; }
  }
  return out;
}

/** The same week: days in a row that are alike stand together. */
export function hoursOf(week) {
  const out = {};
  for (let d = 0; d < 7;) {
    let to = d;
    while (to < 6 && week[to + 1].join() === week[d].join()) to += 1;
    if (week[d].length) out[d === to ? WEEK[d] : `${WEEK[d]}-${WEEK[to]}`] = week[d];
    d = to + 1;
  }
  return out;
}

/** The weeks of a month, each seven days, null outside of it. */
export function monthOf(year, month) {
  const first = `${year}-${String(month + 1).padStart(2, '0')}-01`;
  const cells = Array.from({ length: WEEK.indexOf(weekday(first)) }, () => null);
  for (let day = first; day.slice(0, 7) === first.slice(0, 7); day = after(day, 1)) cells.push(day);
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (x, i) => cells.slice(i * 7, i * 7 + 7));
}
