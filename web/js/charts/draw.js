// What all charts are drawn with: elements of SVG, marks that lead to their records, words and
// their widths, numbers of axes in the page's language.

const SVG = 'http://www.w3.org/2000/svg';
const lang = () => document.documentElement.lang || 'en';

/** @param {string} name @param {Record<string, string | number>} [attributes] @param {(Node | string)[]} [inside] */
export function svg(name, attributes = {}, inside = []) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...inside);
  return node;
}

export function html(name, className = '', inside = []) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...inside);
  return node;
}

/** The drawing itself, as wide as its place. */
export function canvas(label, width, height, inside) {
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': label, class: 'drawing' }, inside);
}

/**
 * A mark with what it says, which leads to the records it counts.
 * @param {{what: string, value: string, href: string}} said what: the group, and its series
 */
export function mark({ what, value, href }, inside, className = '') {
  const node = href
    ? svg('a', { href, class: `mark ${className}`, 'aria-label': `${what}: ${value}`, tabindex: -1 }, inside)
    : svg('g', { class: `mark ${className}`, role: 'img', 'aria-label': `${what}: ${value}` }, inside);
  Object.assign(node.dataset, { what, value });
  return node;
}

/** The same as a link of HTML. */
export function link(text, href, className = '') {
  const node = html(href ? 'a' : 'span', className, [text]);
  if (href) node.setAttribute('href', href);
  return node;
}

/** A larger target for the pointer where a mark leads, too: the keyboard stops at the mark alone. */
export function beside(text, href, className = '') {
  const node = link(text, href, className);
  if (href) node.tabIndex = -1;
  return node;
}

export const text = (words, x, y, className = 'axis', anchor = 'start') =>
  svg('text', { x, y, class: className, 'text-anchor': anchor }, [words]);

export const rule = (x1, y1, x2, y2, className = 'grid') => svg('line', { x1, y1, x2, y2, class: className });

// ---- words ----

let pen;

/** How wide words are, as the axes write them. */
export function widthOf(words, size = 12) {
  if (!pen) {
    pen = document.createElement('canvas').getContext('2d');
    pen.font = `12px ${getComputedStyle(document.documentElement).fontFamily}`;
  }
  return pen.measureText(words).width * size / 12;
}

/** As much of the words as there is room for. */
export function fit(words, room, size = 12) {
  if (widthOf(words, size) <= room) return words;
  let n = words.length - 1;
  while (n > 1 && widthOf(`${words.slice(0, n)}…`, size) > room) n -= 1;
  return `${words.slice(0, n).trimEnd()}…`;
}

// ---- numbers ----

const formats = new Map();
function formatted(v, options) {
  const key = `${lang()} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(lang(), options));
  return formats.get(key).format(v);
}

/** 1.2M, 120万. */
export const compact = (v) => formatted(v, { notation: 'compact', maximumFractionDigits: 1 });
/** As the server writes shares. */
export const percent = (v) => `${formatted(v * 100, { maximumFractionDigits: 1, minimumFractionDigits: 1 })} %`;

// ---- days ----

const STEPS = { year: { year: 'numeric' }, month: { month: 'short' }, week: { day: 'numeric', month: 'short' }, '': { day: 'numeric', month: 'short' } };

/** Labels of the rows of a chart, of days with their year. */
export function axisLabels(data) {
  const { kind, step } = data.heads[0];
  if (kind !== 'date') return data.rows.map((row) => ({ text: row.label, year: '' }));
  return data.rows.map((row) => {
    const at = row.keys[0] && new Date(`${row.keys[0].slice(0, 10)}T00:00:00Z`);
    if (!at || Number.isNaN(at.getTime())) return { text: row.label, year: '' };
    const year = new Intl.DateTimeFormat(lang(), { year: 'numeric', timeZone: 'UTC' }).format(at);
    const said = step === 'quarter' ? `Q${Math.floor(at.getUTCMonth() / 3) + 1}`
      : new Intl.DateTimeFormat(lang(), { ...STEPS[step], timeZone: 'UTC' }).format(at);
    return { text: said, year: step === 'year' ? '' : year };
  });
}

export const isTime = (data) => data.heads[0].kind === 'date';

// ---- colours ----

const NAMED = new Set(['blue', 'green', 'amber', 'red', 'purple', 'teal', 'gray', 'pink', 'orange']);
const HUES = 8;

/** Classes of colours for things of a kind: their own where all of them have one of theirs, else in turn. */
export function hues(things) {
  const own = things.map((x) => (NAMED.has(x.color) ? x.color : ''));
  const distinct = own.every(Boolean) && new Set(own).size === own.length;
  return things.map((x, i) => (x.others ? 'hue-rest' : distinct ? `hue-${own[i]}` : `hue-${i % HUES}`));
}
