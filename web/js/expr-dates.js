// expr-dates — dates, times and working time in the browser; engine/expr/fn_date.c in C.
import * as v from './expr-values.js';

const blank = (x) => x.some((a) => a === null);

const nowOf = (env) => Math.floor((typeof env.now === 'number' ? env.now : Date.parse(env.now))
  / 1000);
const isInstant = (x) => typeof x === 'string' && x.includes('T');
const dayIn = (x, env) => (isInstant(x) ? v.localDay(v.instantRead(x, env.zone), env.zone)
  : v.dayRead(x));
const weekday = (day) => ((day + 3) % 7 + 7) % 7 + 1;

// An instant within the years 1 to 9999, else blank.
const instant = (at) => (at === null || !Number.isFinite(at) ? null : v.instantText(at));

function addMonths(day, n) {
  const d = v.daySplit(day), m = d.year * 12 + d.month - 1 + n;
  const year = Math.floor(m / 12), month = m - year * 12 + 1;
  return v.dayOf(year, month, Math.min(d.day, v.monthLength(year, month)));
}

function monthsBetween(a, b) {
  const x = v.daySplit(a), y = v.daySplit(b);
  const m = (y.year - x.year) * 12 + y.month - x.month;
  return m > 0 && addMonths(a, m) > b ? m - 1 : m;
}
const fullMonths = (a, b) => (a <= b ? monthsBetween(a, b) : 0 - monthsBetween(b, a));

// The date moved; an instant keeps its time of the day there.
function moved(x, day, { zone }) {
  if (day < v.DAY_MIN || day > v.DAY_MAX) return null;
  if (!isInstant(x)) return v.dayText(day);
  const at = v.instantRead(x, zone), here = v.localDay(at, zone);
  return instant(v.localAt(day, at + v.offset(zone, at) - here * 86400, zone));
}

function shiftMonths(x, env, each) {
  if (blank(x)) return null;
  const n = Math.trunc(x[1]);
  if (Math.abs(n) > 120000) return null;
  const day = dayIn(x[0], env), d = v.daySplit(day);
  const m = d.year * 12 + d.month - 1 + n * each;
  return m < 12 || m > 9999 * 12 + 11 ? null : moved(x[0], addMonths(day, n * each), env);
}

// ---- working time: engine/base/calendar.c and work_time.c ----
const WEEK = 604800;
const packs = new Map();

// A calendar as the server packs it: zone|spans of weekdays; days with hours of their own.
function unpack(text) {
  const c = { zone: text.slice(0, text.indexOf('|')), week: [[], [], [], [], [], [], []], own: [] };
  for (const [, tag, low, high] of text.matchAll(/([0-6ds])(-?\d+):(-?\d+);/g)) {
    const pair = [Number(low), Number(high)];
    if (tag === 'd') c.own.push({ from: pair[0], to: pair[1], hours: [] });
    else (tag === 's' ? c.own[c.own.length - 1].hours : c.week[tag]).push(pair);
  }
  c.days = c.week.filter((h) => h.length).length;
  c.seconds = c.week.flat().reduce((sum, [from, to]) => sum + to - from, 0);
  return c;
}

function office(env) {
  const text = env.calendar || `${env.zone || 'UTC'}|${[0, 1, 2, 3, 4].map((w) => `${w}32400:64800;`).join('')}`;
  if (!packs.has(text)) packs.set(text, unpack(text));
  return packs.get(text);
}

function hours(c, day) {
  const own = c.own.find((d) => day >= d.from && day <= d.to);
  return own ? own.hours : c.week[weekday(day) - 1];
}
const works = (c, day) => hours(c, day).length > 0;
const workDay = (x, env) => dayIn(x, { zone: office(env).zone });

// How many days from one on, in a direction, all have their weekday's hours.
function usualDays(c, day, step) {
  if (c.own.some((d) => day >= d.from && day <= d.to)) return 0;
  const stops = c.own.map((d) => (step > 0 ? d.from : d.to)).filter((d) => (d - day) * step > 0);
  const end = step > 0 ? Math.min(v.DAY_MAX + 1, ...stops) : Math.max(v.DAY_MIN - 1, ...stops);
  return Math.max((end - day) * step, 0);
}

// Weeks that are as long as any: no zone changes its clock and back within one.
function usualWeeks(c, day, step, most) {
  const n = Math.min(Math.floor(usualDays(c, day, step) / 7), most);
  for (let k = 0; k < n; k++) {
    const first = step > 0 ? day + 7 * k : day - 7 * k - 6, at = v.reach(c.zone, first * 86400);
    if (at + v.offset(c.zone, at) !== first * 86400
      || v.reach(c.zone, (first + 7) * 86400) - at !== WEEK) return k;
  }
  return n;
}

function addWorkdays(env, day, n) {
  const c = office(env), step = n < 0 ? -1 : 1;
  for (let left = Math.abs(n); left > 0;) {
    let weeks = Math.floor(usualDays(c, day + step, step) / 7);
    if (c.days) weeks = Math.min(weeks, Math.floor((left - 1) / c.days));
    day += weeks * 7 * step;
    left -= weeks * c.days;
    if (weeks) continue;
    day += step;
    left -= works(c, day);
    if (day < v.DAY_MIN || day > v.DAY_MAX) return null;
  }
  return day;
}

function workdays(env, from, to) {
  if (from > to) return 0 - workdays(env, to, from);
  const c = office(env);
  let n = 0;
  for (let day = from; day <= to;) {
    const weeks = Math.floor(Math.min(usualDays(c, day, 1), to - day + 1) / 7);
    n += weeks * c.days;
    day += weeks * 7;
    if (!weeks) n += works(c, day++);
  }
  return n;
}

const spansOf = (c, day) => hours(c, day).map((span) => span.map((s) => v.reach(c.zone, day * 86400 + s)));

function workSeconds(env, from, to) {
  if (from > to) return 0 - workSeconds(env, to, from);
  const c = office(env);
  let sum = 0;
  for (let day = v.localDay(from, c.zone); ;) {
    const start = v.reach(c.zone, day * 86400);
    if (start >= to) return sum;
    const weeks = start < from ? 0 : usualWeeks(c, day, 1, Math.floor((to - start) / WEEK));
    sum += weeks * c.seconds;
    day += weeks * 7;
    if (weeks) continue;
    for (const [a, b] of spansOf(c, day)) sum += Math.max(0, Math.min(b, to) - Math.max(a, from));
    day++;
  }
}

// Backwards from the day after: where the clock went back over midnight it has begun already.
function addWorkSeconds(env, at, s) {
  if (s === 0) return at;
  const c = office(env), step = s < 0 ? -1 : 1;
  let left = Math.abs(s);
  for (let day = v.localDay(at, c.zone) + (step < 0); day >= v.DAY_MIN && day <= v.DAY_MAX + 1;) {
    const edge = v.reach(c.zone, (step < 0 ? day + 1 : day) * 86400);
    const most = c.seconds ? Math.floor((left - 1) / c.seconds) : Infinity;
    const weeks = (edge - at) * step >= 0 && most ? usualWeeks(c, day, step, most) : 0;
    left -= weeks * c.seconds;
    day += weeks * 7 * step;
    if (weeks) continue;
    const spans = spansOf(c, day);
    if (step < 0) spans.reverse();
    for (const [a, b] of spans) {
      const from = step > 0 ? Math.max(a, at) : a, to = step > 0 ? b : Math.min(b, at);
      if (to <= from) continue;
      if (left <= to - from) return step > 0 ? from + left : to - left;
      left -= to - from;
    }
    day += step;
  }
  return null;
}

// ---- moment + duration ----
const whenAdd = {
  s: (at, n) => at + n, m: (at, n) => at + n * 60, h: (at, n) => at + n * 3600,
  bh: (at, n, env) => addWorkSeconds(env, at, n * 3600),
};

function add(x, by, sign, c) {
  const env = c.env;
  const d = typeof by === 'number' ? { amount: Math.trunc(by), unit: 'd' } : v.duration(by);
  const n = d.amount * sign;
  if (Math.abs(n) > 1e13) return null;
  if (isInstant(x)) {
    const at = v.instantRead(x, env.zone);
    if (whenAdd[d.unit]) return instant(whenAdd[d.unit](at, n, env));
    const zone = d.unit === 'bd' ? office(env).zone : env.zone, here = v.localDay(at, zone);
    const day = d.unit === 'bd' ? addWorkdays(env, here, n) : here + n * (d.unit === 'w' ? 7 : 1);
    return day === null ? null : moved(x, day, { zone });
  }
  const day = v.dayRead(x);
  if (whenAdd[d.unit]) {
    const zone = d.unit === 'bh' && c.t !== 's' ? office(env).zone : env.zone;
    const at = whenAdd[d.unit](v.localAt(day, 0, zone), n, env);
    if (at === null) return null;
    return c.t === 's' ? instant(at) : v.dayText(v.localDay(at, zone));
  }
  const to = d.unit === 'bd' ? addWorkdays(env, day, n) : day + n * (d.unit === 'w' ? 7 : 1);
  return to === null || to < v.DAY_MIN || to > v.DAY_MAX ? null : v.dayText(to);
}

// ---- units ----
const MONTHS = { day: -1, week: 0, month: 1, quarter: 3, year: 12 };
const monthsOf = (unit) => MONTHS[String(unit).toLowerCase()];

function unitStart(day, months) {
  if (months < 0) return day;
  if (months === 0) return day - (weekday(day) - 1);
  const d = v.daySplit(day);
  return v.dayOf(d.year, Math.floor((d.month - 1) / months) * months + 1, 1);
}

function endOf(x, c) {
  if (blank(x)) return null;
  let day = dayIn(x[0], c.env);
  if (x.length === 1 || typeof x[1] === 'number') {
    if (x.length > 1) {
      const to = shiftMonths(x, c.env, 1);
      if (to === null) return null;
      day = dayIn(to, c.env);
    }
    return v.dayText(addMonths(unitStart(day, 1), 1) - 1);
  }
  const months = monthsOf(x[1]);
  if (months === undefined) return null;
  if (months < 0) return v.dayText(day);
  const start = unitStart(day, months);
  return v.dayText(months ? addMonths(start, months) - 1 : start + 6);
}

function isoWeek(day) {
  const thursday = day - weekday(day) + 4;
  return Math.floor((thursday - v.dayOf(v.daySplit(thursday).year, 1, 1)) / 7) + 1;
}

function days(x, c) {
  if (blank(x)) return null;
  const a = dayIn(x[0], c.env), b = dayIn(x[1], c.env);
  const unit = (x.length > 2 ? x[2] : 'd').toLowerCase();
  if (unit === 'd' || unit === 'day') return b - a;
  if (unit === 'w' || unit === 'week') return Math.trunc((b - a) / 7);
  if (unit === 'm' || unit === 'month') return fullMonths(a, b);
  if (unit === 'y' || unit === 'year') return Math.trunc(fullMonths(a, b) / 12);
  return null;
}

function makeDate(x, c) {
  if (blank(x)) return null;
  if (x.length === 3) {
    const [y, m, d] = x.map(Math.trunc);
    const ok = y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= v.monthLength(y, m);
    return ok ? v.dayText(v.dayOf(y, m, d)) : null;
  }
  if (typeof x[0] !== 'string') return null;
  if (v.dayRead(x[0]) !== null) return x[0];
  const at = v.instantRead(x[0], c.env.zone);
  return at === null ? null : v.dayText(v.localDay(at, c.env.zone));
}

function makeInstant(x, c) {
  if (blank(x) || typeof x[0] !== 'string') return null;
  const zone = c.env.zone;
  if (x.length === 1) return instant(v.instantRead(x[0], zone));
  const day = c.s[0] === 's' ? dayIn(x[0], c.env) : v.dayRead(x[0]);
  return day === null ? null : instant(v.localAt(day, v.clockRead(x[1]), zone));
}

const part = (f) => (x, c) => (x[0] === null ? null : f(v.daySplit(dayIn(x[0], c.env))));
function clockOf(x, env) {
  if (/^\d\d:\d\d/.test(x)) return v.clockRead(x);
  if (!isInstant(x)) return 0;
  const at = v.instantRead(x, env.zone);
  return at + v.offset(env.zone, at) - v.localDay(at, env.zone) * 86400;
}
const clock = (f) => (x, c) => (x[0] === null ? null : f(clockOf(x[0], c.env)));
const timeOf = (x, env) => (/^\d\d:\d\d/.test(x) ? v.clockRead(x) : v.instantRead(x, env.zone));

export const dates = {
  'as_datetime': (x, c) => (x[0] === null ? null : instant(v.instantRead(x[0], c.env.zone))),
  'moment+': (x, c) => (blank(x) ? null : add(x[0], x[1], 1, c)),
  'moment-': (x, c) => (blank(x) ? null : add(x[0], x[1], -1, c)),
  'day-day': (x) => (blank(x) ? null : v.dayRead(x[0]) - v.dayRead(x[1])),
  'time-time': (x, c) => (blank(x) ? null : `${timeOf(x[0], c.env) - timeOf(x[1], c.env)}s`),
  today: (x, c) => v.dayText(v.localDay(nowOf(c.env), c.env.zone)),
  now: (x, c) => instant(nowOf(c.env)),
  date: makeDate,
  datetime: makeInstant,
  year: part((d) => d.year), quarter: part((d) => Math.ceil(d.month / 3)),
  month: part((d) => d.month), day: part((d) => d.day),
  hour: clock((s) => Math.floor(s / 3600)), minute: clock((s) => Math.floor(s / 60) % 60),
  weekday: (x, c) => (blank(x) ? null : weekday(dayIn(x[0], c.env))),
  week_number: (x, c) => (blank(x) ? null : isoWeek(dayIn(x[0], c.env))),
  days,
  add_days: (x, c) => (blank(x) || Math.abs(x[1]) >= 1e8 ? null
    : moved(x[0], dayIn(x[0], c.env) + Math.trunc(x[1]), c.env)),
  add_months: (x, c) => shiftMonths(x, c.env, 1),
  add_years: (x, c) => shiftMonths(x, c.env, 12),
  start_of: (x, c) => {
    if (blank(x)) return null;
    const months = monthsOf(x[1]);
    return months === undefined ? null : v.dayText(unitStart(dayIn(x[0], c.env), months));
  },
  end_of: endOf,
  workdays: (x, c) => (blank(x) ? null : workdays(c.env, workDay(x[0], c.env), workDay(x[1], c.env))),
  add_workdays: (x, c) => {
    if (blank(x) || Math.abs(x[1]) > 4000000) return null;
    const day = addWorkdays(c.env, workDay(x[0], c.env), Math.trunc(x[1]));
    return day === null ? null : moved(x[0], day, office(c.env));
  },
  work_hours: (x, c) => {
    if (blank(x)) return null;
    const [a, b] = x.map((i) => v.instantRead(i, c.env.zone));
    return Math.abs(b - a) > 86400 * 366 * 100 ? null : workSeconds(c.env, a, b) / 3600;
  },
  age: (x, c) => {
    if (blank(x)) return null;
    const from = dayIn(x[0], c.env);
    const on = x.length > 1 ? dayIn(x[1], c.env) : v.localDay(nowOf(c.env), c.env.zone);
    return from > on ? null : Math.trunc(fullMonths(from, on) / 12);
  },
};
