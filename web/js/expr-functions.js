// expr-functions — the functions of the expression language by name, as the C table has them.
// Each gets (x, c): the arguments and {t: result's type, s: types of the arguments, env}.
import * as v from './expr-values.js';
import { dates } from './expr-dates.js';
import { format, rmb } from './expr-format.js';

const blank = (x) => x.some((a) => a === null);
const finite = (d) => (Number.isFinite(d) ? d : null);
const math = (f) => (x) => (blank(x) ? null : finite(f(...x)));
const str = (a) => (a === null ? '' : String(a));
const text = (s) => (s === '' ? null : s);
const whole = (a, otherwise) => (a === null || a === undefined ? otherwise : Math.trunc(a));
const item = (t) => (t[0] === 'l' ? t.slice(1) : t);

function mod(a, b) {
  if (b === 0) return null;
  const r = a % b;
  return r !== 0 && (r < 0) !== (b < 0) ? r + b : r;
}

function compare(test) {
  return (x, c) => !blank(x) && test(v.order(x[0], x[1], sideType(c)));
}

// A blank as written has no type: then the other side's counts.
function sideType(c) {
  return c.s[0] === 'a' || c.s[0] === 'la' ? c.s[1] : c.s[0];
}

function flat(x) {
  return x.flat().filter((a) => a !== null && a !== undefined);
}

// Stored numbers add up exactly, as the server's scaled integers do.
function total(values, t) {
  if (t === 'u') return v.span(values.reduce((sum, a) => sum + v.seconds(a), 0));
  if (t >= '0' && t <= '9') {
    const scale = Number(t);
    let sum = 0n;
    for (const a of values) {
      const digits = v.fixed(a, scale).replace('.', '');
      sum += BigInt(digits);
    }
    if (sum > 9223372036854775807n || sum < -9223372036854775808n) return null;
    return Number(`${sum}e-${scale}`);
  }
  return finite(values.reduce((sum, a) => sum + a, 0));
}

const exactOf = (c) => {
  const kinds = c.s.map(item);
  return kinds.every((k) => k >= '0' && k <= '9') ? kinds.sort().at(-1) : item(c.s[0] || 'n');
};

function average(x, c) {
  const values = flat(x);
  if (!values.length) return null;
  const sum = total(values, exactOf(c));
  if (sum === null) return null;
  return c.t === 'u' ? v.span(v.seconds(sum) / values.length) : finite(sum / values.length);
}

function best(sign) {
  return (x, c) => flat(x).reduce((top, a) =>
    (top === null || v.order(a, top, c.t) * sign > 0 ? a : top), null);
}

function pick(large) {
  return (x, c) => {
    const k = whole(x[1], 0), list = flat([x[0]]).sort((a, b) => v.order(a, b, c.t));
    if (k < 1 || k > list.length) return null;
    return large ? list[list.length - k] : list[k - 1];
  };
}

function stepped(way) {
  return (x) => {
    const step = x.length > 1 ? x[1] : 1;
    if (blank(x) || step === 0) return null;
    return v.settled(way(v.settled(x[0] / step)) * step);
  };
}

function search(x) {
  const what = v.fold(str(x[0])), all = [...str(x[1])];
  if (!what) return null;
  const span = [...what].length * 3 + 8;
  for (let i = 0; i < all.length; i++) {
    if (all[i] > ' ' && v.fold(all.slice(i, i + span).join('')).startsWith(what)) return i + 1;
  }
  return null;
}

function value(x) {
  if (typeof x[0] === 'number' || x[0] === null) return x[0];
  const s = v.trim(str(x[0])).replace(/,/g, '');
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(s) ? finite(Number(s)) : null;
}

function sumProduct(x) {
  if (x.some((a) => !Array.isArray(a))) return 0;
  let sum = 0;
  for (let row = 0; x.every((a) => row < a.length); row++) {
    const cells = x.map((a) => a[row]);
    if (!blank(cells)) sum += cells.reduce((p, a) => p * a, 1);
  }
  return finite(sum);
}

// They mean all letters in PCRE2 and those of ASCII here.
const narrow = /\\[wWdDsSbB]/, plain = /^[\x20-\x7e\n]*$/;

function regex(x) {
  if (x[1] === null) return false;
  if (/\[:/.test(x[1]) || (!plain.test(str(x[0])) && narrow.test(x[1]))) return undefined;
  for (const pattern of [x[1], x[1].replace(/\\p\{(\w+)\}/g, '\\p{Script=$1}')]) {
    try {
      return new RegExp(pattern, 'u').test(str(x[0]));
    } catch { /* PCRE2 may know it */ }
  }
  return undefined;                   // the server is asked
}

function replace(x) {
  const all = [...str(x[0])], from = whole(x[1], 0), n = whole(x[2], 0);
  if (from < 1 || n < 0) return null;
  const at = Math.min(from, all.length + 1) - 1;
  return text(all.slice(0, at).join('') + str(x[3]) + all.slice(at + n).join(''));
}

function where(x, c) {
  if (!Array.isArray(x[0])) return null;
  const test = functions[x[1]], kind = [item(c.s[0]), c.s[2]];
  return x[0].map((a) => test([a, x[2]], { ...c, s: kind }));
}

const concat = (x, c) => text(x.map((a, i) => v.textOf(a, c.s[i], c.env)).join(''));
const has = (x) => !blank(x) && v.fold(x[1]) !== '' && v.fold(x[0]).includes(v.fold(x[1]));
const within = (x, c) => {
  if (blank(x) || x[1].length !== 2) return false;
  const [from, to] = x[1];
  const day = c.s[0] === 's' && c.s[1] === 'ld'
    ? v.dayText(v.localDay(v.instantRead(x[0], c.env.zone), c.env.zone)) : x[0];
  return (from === null || v.order(day, from, 'd') >= 0)
    && (to === null || v.order(day, to, 'd') <= 0);
};
const spans = (f) => (x) => (blank(x) ? null : f(...x));

const functions = {
  '+': math((a, b) => a + b), '-': math((a, b) => a - b), '*': math((a, b) => a * b),
  '/': math((a, b) => (b === 0 ? NaN : a / b)), '%': (x) => (blank(x) ? null : mod(...x)),
  neg: (x, c) => (x[0] === null ? null : c.t === 'u' ? `${-v.duration(x[0]).amount}${
    v.duration(x[0]).unit}` : 0 - x[0]),
  '&': concat, concat,
  '=': (x, c) => v.same(x[0], x[1], sideType(c)),
  '!=': (x, c) => !v.same(x[0], x[1], sideType(c)),
  '<': compare((o) => o < 0), '<=': compare((o) => o <= 0),
  '>': compare((o) => o > 0), '>=': compare((o) => o >= 0),
  not: (x) => x[0] !== true,
  in: (x, c) => Array.isArray(x[1]) && x[1].some((a) => v.same(x[0], a, c.s[0])),
  within, has, contains: has, where,
  keep: (x) => (blank(x) ? null : x[0].map((a, i) => (x[1][i] ? a : null))),
  '[]': (x) => x,
  parts: (x, c) => text(x.map((a, i) => (a === null ? '' : v.textOf(a, c.s[i], c.env)))
    .filter((a) => a !== '').join(', ')),
  round_to: (x) => (x[0] === null ? null : v.round(x[0], x[1])),
  'span+': spans((a, b) => v.span(v.seconds(a) + v.seconds(b))),
  'span-': spans((a, b) => v.span(v.seconds(a) - v.seconds(b))),
  'span*': spans((a, b) => v.span(v.seconds(a) * b)),
  'span/': spans((a, b) => (b === 0 ? null : v.span(v.seconds(a) / b))),
  'span/span': spans((a, b) => (v.seconds(b) === 0 ? null : v.seconds(a) / v.seconds(b))),

  switch: (x, c) => {
    let i = 1;
    for (; i + 1 < x.length; i += 2) if (v.same(x[0], x[i], sideType(c))) return x[i + 1];
    return i < x.length ? x[i] : null;
  },
  coalesce: (x) => x.find((a) => a !== null) ?? null,
  is_blank: (x) => x[0] === null,

  left: (x) => text([...str(x[0])].slice(0, Math.max(0, whole(x[1], x.length > 1 ? 0 : 1)))
    .join('')),
  right: (x) => {
    const n = whole(x[1], x.length > 1 ? 0 : 1);
    return n <= 0 ? null : text([...str(x[0])].slice(-n).join(''));
  },
  mid: (x) => {
    const from = whole(x[1], 0), n = whole(x[2], 0);
    return from < 1 || n <= 0 ? null : text([...str(x[0])].slice(from - 1, from - 1 + n).join(''));
  },
  len: (x) => [...str(x[0])].length,
  lower: (x) => text(v.lower(str(x[0]))),
  upper: (x) => text(v.upper(str(x[0]))),
  trim: (x) => text(v.trim(str(x[0]))),
  replace,
  substitute: (x) => (x[1] === null ? x[0] : text(str(x[0]).replaceAll(x[1], () => str(x[2])))),
  split: (x) => {
    const parts = x[1] === null ? [str(x[0])] : str(x[0]).split(x[1]);
    return parts.filter((p) => p !== '');
  },
  join: (x, c) => (x[0] === null ? null : text(x[0].filter((a) => a !== null)
    .map((a) => v.textOf(a, item(c.s[0]), c.env)).join(x.length > 1 ? str(x[1]) : ', '))),
  text: (x, c) => (x.length > 1 && x[1] !== null ? format(x[0], c.s[0], x[1], c.env)
    : text(v.textOf(x[0], c.s[0], c.env))),
  value,
  starts_with: (x) => !blank(x) && v.fold(x[1]) !== '' && v.fold(x[0]).startsWith(v.fold(x[1])),
  search, regex_match: regex,
  rmb_upper: (x) => (x[0] === null ? null : text(rmb(x[0]))),

  sum: (x, c) => total(flat(x), c.t),
  average, min: best(-1), max: best(1),
  count: (x) => flat(x).length,
  count_if: (x) => flat(x).filter((a) => a === true).length,
  sum_if: (x, c) => total(flat(x), c.t),
  round: (x) => {
    if (blank(x)) return null;
    const n = whole(x[1], 0);
    return n > 300 ? x[0] : n < -300 ? 0 : v.round(x[0], n);
  },
  floor: stepped(Math.floor), int: stepped(Math.floor), ceiling: stepped(Math.ceil),
  abs: math(Math.abs), mod: (x) => (blank(x) ? null : mod(...x)),
  power: (x) => (blank(x) ? null : v.settled(x[0] ** x[1])),
  sqrt: math(Math.sqrt),
  sum_product: sumProduct, large: pick(true), small: pick(false),
  link_count: (x) => (x[0] === null ? 0 : Array.isArray(x[0]) ? x[0].length : 1),
  ...dates,
};

// undefined: no such function in the browser.
export function call(tree, args, env) {
  const f = functions[tree.f];
  if (!f) return undefined;
  const out = f(args, { t: tree.t, s: (tree.a || []).map((a) => a.t), env });
  const scale = tree.t >= '0' && tree.t <= '9' ? Number(tree.t) : -1;
  return scale >= 0 && typeof out === 'number' ? v.round(out, scale) : out;
}
