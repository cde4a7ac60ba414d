// expr-format — text(value, format) and amounts in Chinese capital figures.
import * as v from './expr-values.js';

function formatNumber(d, format) {
  const m = /[0#][0#,.]*/.exec(format);
  if (!m) return v.numberText(d);
  const [left, right = ''] = m[0].split('.');
  const digits = right.replace(/[^0#]/g, '');
  const least = left.replace(/[^0]/g, '').length, keep = digits.lastIndexOf('0') + 1;
  const n = v.round(format.includes('%') ? d * 100 : d, digits.length);
  if (n === null) return null;
  let [whole, part = ''] = v.fixed(Math.abs(n), digits.length).split('.');
  while (part.length > keep && part.endsWith('0')) part = part.slice(0, -1);
  if (whole === '0' && least === 0) whole = '';
  whole = whole.padStart(least, '0');
  if (m[0].includes(',')) whole = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const sign = n < 0 ? '-' : '';
  return format.slice(0, m.index) + sign + whole + (part ? `.${part}` : '')
    + format.slice(m.index + m[0].length);
}

function formatMoment(day, s, format) {
  const d = v.daySplit(day);
  const put = (n, k) => String(n).padStart(k > 1 ? 2 : 1, '0');
  let out = '', afterHour = false;
  for (let i = 0; i < format.length;) {
    const k = format[i].toLowerCase();
    let n = 1;
    while (format[i + n] && format[i + n].toLowerCase() === k) n++;
    const next = /[a-z]/i.exec(format.slice(i + n));
    const minute = k === 'm' && (afterHour || (next && next[0].toLowerCase() === 's'));
    if (k === 'y') out += n <= 2 ? put(d.year % 100, 2) : String(d.year).padStart(4, '0');
    else if (k === 'm') out += put(minute ? Math.floor(s / 60) % 60 : d.month, n);
    else if (k === 'd') out += put(d.day, n);
    else if (k === 'h') out += put(Math.floor(s / 3600), n);
    else if (k === 's') out += put(s % 60, n);
    else out += format.slice(i, i + n);
    if (/[a-z]/.test(k)) afterHour = k === 'h';
    i += n;
  }
  return out;
}

export function format(value, t, pattern, env) {
  if (value === null) return null;
  if (v.isNumber(t)) return formatNumber(value, pattern);
  if (t === 'd') return formatMoment(v.dayRead(value), 0, pattern);
  if (t === 'h') return formatMoment(0, v.clockRead(value), pattern);
  if (t !== 's') return v.textOf(value, t, env);
  const at = v.instantRead(value, env.zone), day = v.localDay(at, env.zone);
  return formatMoment(day, at + v.offset(env.zone, at) - day * 86400, pattern);
}

const FIGURE = '零壹贰叁肆伍陆柒捌玖', PLACE = ['仟', '佰', '拾', ''], BIG = ['兆', '亿', '万', '元'];

export function rmb(amount) {
  const digits = BigInt(v.fixed(Math.abs(amount), 2).replace('.', ''));
  if (digits >= 10000000000000000n) return '';
  const yuan = String(digits / 100n).padStart(16, '0');
  let out = '', gap = false, any = false;
  for (let g = 0; g < 4; g++) {
    const group = yuan.slice(g * 4, g * 4 + 4);
    if (Number(group) === 0) {
      gap = gap || any;
      if (g === 3 && any) out += BIG[3];
      continue;
    }
    [...group].forEach((c, i) => {
      if (c === '0') { gap = true; return; }
      if (gap && any) out += FIGURE[0];
      out += FIGURE[Number(c)] + PLACE[i];
      gap = false;
      any = true;
    });
    out += BIG[g];
  }
  const sign = amount < 0 && digits ? '负' : '';
  const jiao = Number(digits / 10n % 10n), fen = Number(digits % 10n);
  if (!jiao && !fen) return sign + (any ? `${out}整` : '零元整');
  if (jiao) out += `${FIGURE[jiao]}角`;
  else if (any) out += FIGURE[0];
  return sign + out + (fen ? `${FIGURE[fen]}分` : '整');
}
