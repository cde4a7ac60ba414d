// expr-values — what the browser's functions share: order, equality, text, rounding, time.

export const isNumber = (t) => t === 'n' || (t >= '0' && t <= '9');
export const idOf = (v) => (v !== null && typeof v === 'object' && !Array.isArray(v) ? v.id : v);

// Half away from zero, after taking 15 significant digits: round(1.005, 2) is 1.01.
export function round(d, scale) {
  if (!Number.isFinite(d)) return null;
  if (d === 0) return 0;
  const [digits, exp] = Math.abs(d).toExponential(14).split('e');
  const e = Number(exp);
  const keep = e + scale + 1;
  if (keep >= 15) return d;
  if (keep < 0) return 0;
  let n = BigInt(digits.replace('.', ''));
  const by = 10n ** BigInt(15 - keep);
  n = (n + by / 2n) / by;
  return Number(`${d < 0 ? '-' : ''}${n}e${-scale}`);
}

export const settled = (d) => (Number.isFinite(d) ? Number(d.toPrecision(15)) : null);

// 15 significant digits, as printf's %.15g writes them.
export function numberText(d) {
  if (d === 0) return '0';
  const [m, exp] = d.toExponential(14).split('e');
  const e = Number(exp);
  const trim = (s) => (s.includes('.') ? s.replace(/\.?0+$/, '') : s);
  if (e < -4 || e >= 15) {
    const n = String(Math.abs(e)).padStart(2, '0');
    return `${trim(m)}e${e < 0 ? '-' : '+'}${n}`;
  }
  return trim(d.toFixed(Math.max(0, 14 - e)));
}

// With exactly so many decimals; the value is rounded first.
export function fixed(d, scale) {
  const r = round(d, scale);
  const [, exp] = Math.abs(r || 1).toExponential().split('e');
  if (Number(exp) + scale >= 15) return r.toFixed(scale);
  const scaled = BigInt(Math.round(Number(`${Math.abs(r)}e${scale}`)));
  const s = String(scaled).padStart(scale + 1, '0');
  const text = scale ? `${s.slice(0, -scale)}.${s.slice(-scale)}` : s;
  return r < 0 && scaled ? `-${text}` : text;
}

// ---- text ----
const upperOf = (c) => {
  if (c === 'ß') return 'ẞ';
  const u = c.toUpperCase();
  return [...u].length === 1 ? u : c;
};
const lowerOf = (c) => (c === 'İ' ? 'i' : c.toLowerCase());
export const upper = (s) => [...s].map(upperOf).join('');
export const lower = (s) => [...s].map(lowerOf).join('');
const space = /[\p{Z}\s\u0000-\u0020\u007f\u0085\ufeff]+/gu;
export const trim = (s) => s.replace(/^[\p{Z}\s\u0000-\u0020\u007f\u0085\ufeff]+/u, '')
  .replace(/[\p{Z}\s\u0000-\u0020\u007f\u0085\ufeff]+$/u, '');
const foldOf = (c) => (c === 'ı' ? c : c.toUpperCase().toLowerCase());
const each = (s, f) => [...s].map(f).join('');

// The key that search compares; the same as the server's for what people type.
export function fold(s) {
  const folded = each(each(s.normalize('NFKC'), foldOf).normalize('NFKC'), foldOf);
  return trim(folded.replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(space, ' '));
}

// UTF-16 units do not order as code points do.
export function compareText(a, b) {
  const x = [...a], y = [...b];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const d = x[i].codePointAt(0) - y[i].codePointAt(0);
    if (d) return d;
  }
  return x.length - y.length;
}

// ---- dates: days and seconds since 1970 ----
export const dayOf = (y, m, d) => {
  const t = new Date(Date.UTC(2000, m - 1, d));
  t.setUTCFullYear(y, m - 1, d);
  return Math.floor(t.getTime() / 86400000);
};
export function daySplit(day) {
  const t = new Date(day * 86400000);
  return { year: t.getUTCFullYear(), month: t.getUTCMonth() + 1, day: t.getUTCDate() };
}
export const DAY_MIN = -719162, DAY_MAX = 2932896;
export const monthLength = (y, m) => dayOf(m === 12 ? y + 1 : y, m === 12 ? 1 : m + 1, 1)
  - dayOf(y, m, 1);
const pad = (n, k = 2) => String(n).padStart(k, '0');
export function dayText(day) {
  if (day === null || day < DAY_MIN || day > DAY_MAX) return null;
  const d = daySplit(day);
  return `${pad(d.year, 4)}-${pad(d.month)}-${pad(d.day)}`;
}
export function dayRead(text) {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!m) return null;
  const [y, mo, d] = [Number(m[1]), Number(m[2]), Number(m[3])];
  return y >= 1 && mo >= 1 && mo <= 12 && d >= 1 && d <= monthLength(y, mo)
    ? dayOf(y, mo, d) : null;
}
export function clockRead(text) {
  const m = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(text);
  if (!m || m[1] > 23 || m[2] > 59 || (m[3] || 0) > 59) return null;
  return Number(m[1]) * 3600 + Number(m[2]) * 60 + Number(m[3] || 0);
}
export function instantText(at) {
  const day = Math.floor(at / 86400);
  const date = dayText(day), s = at - day * 86400;
  return date && `${date}T${pad(Math.floor(s / 3600))}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}Z`;
}

const formats = new Map();
// Seconds east of UTC.
export function offset(zone, at) {
  if (!zone || zone === 'UTC') return 0;
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat('en-u-ca-iso8601', { timeZone: zone, hourCycle: 'h23',
      year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
      second: 'numeric' }));
  }
  const p = {};
  for (const { type, value } of formats.get(zone).formatToParts(new Date(at * 1000))) {
    p[type] = Number(value);
  }
  return dayOf(p.year, p.month, p.day) * 86400 + p.hour * 3600 + p.minute * 60 + p.second - at;
}
export function toUtc(zone, local) {
  const before = offset(zone, local - 86400), after = offset(zone, local + 86400);
  if (before === after || offset(zone, local - before) === before) return local - before;
  if (offset(zone, local - after) === after) return local - after;
  return local - before;
}
export const localDay = (at, zone) => Math.floor((at + offset(zone, at)) / 86400);
// The first instant at which the clock shows that or later.
export function reach(zone, local) {
  let high = toUtc(zone, local);
  if (high + offset(zone, high) === local) return high;
  for (let low = high - 86400; high - low > 1;) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offset(zone, middle) < local) low = middle; else high = middle;
  }
  return high;
}
export const localAt = (day, s, zone) => toUtc(zone, day * 86400 + s);

export function instantRead(text, zone) {
  const day = dayRead(text);
  if (day !== null) return localAt(day, 0, zone);
  const m = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(.*)$/.exec(text);
  if (!m) return null;
  const d = dayRead(m[1]), s = clockRead(m[2]);
  if (d === null || s === null) return null;
  if (m[3] === '') return localAt(d, s, zone);
  if (/^[Zz]$/.test(m[3])) return d * 86400 + s;
  const o = /^([+-])(\d{2}):?(\d{2})?$/.exec(m[3]);
  if (!o) return null;
  const east = Number(o[2]) * 3600 + Number(o[3] || 0) * 60;
  return d * 86400 + s - (o[1] === '-' ? -east : east);
}

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, bd: 86400, bh: 3600 };
export function duration(text) {
  const m = /^(-?\d+)(bd|bh|s|m|h|d|w)$/.exec(text);
  return m && { amount: Number(m[1]), unit: m[2] };
}
export function seconds(text) {
  const d = duration(text);
  return d ? d.amount * unitSeconds[d.unit] : 0;
}
export const span = (s) => (Number.isFinite(s) && Math.abs(s) <= 1e12 ? `${round(s, 0)}s` : null);

// ---- order, equality, text of a value of a type ----
export function order(a, b, t) {
  if (t === 'u') return seconds(a) - seconds(b);
  const x = idOf(a), y = idOf(b);
  if (typeof x === 'string' && typeof y === 'string') {
    return t === 't' || t === 'a' ? compareText(x, y) : (x < y ? -1 : x > y ? 1 : 0);
  }
  return x < y ? -1 : x > y ? 1 : 0;
}
export function same(a, b, t) {
  if (a === null || b === null) return a === b;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((x, i) => same(x, b[i], t.slice(1)));
  }
  return order(a, b, t) === 0;
}

export function textOf(v, t, env) {
  if (v === null || v === undefined) return '';
  if (Array.isArray(v)) return v.map((x) => textOf(x, t.slice(1), env)).join(', ');
  if (t >= '0' && t <= '9') return fixed(v, Number(t));
  if (t === 's') {
    const at = instantRead(v, env.zone);
    const local = instantText(at + offset(env.zone, at)).slice(0, -1).replace('T', ' ');
    return local.endsWith(':00') ? local.slice(0, -3) : local;
  }
  if (typeof v === 'number') return numberText(v);
  return String(idOf(v));
}
