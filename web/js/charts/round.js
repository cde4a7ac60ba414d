// Round ones: shares of a whole, how far a target is reached, several measures around a middle.
import { beside, canvas, compact, fit, html, hues, mark, percent, svg, text, widthOf } from './draw.js';
import { bar } from './bar.js';
import { isApart, legend, reaching } from './frame.js';
import { extent } from './read.js';
import { arc, curveLinearClosed, lineRadial, pie as pieOf, scaleLinear } from '../lib/scale.js';

const PIE = 200;
const SIDE = 420;                         // from here on the legend stands beside

const swatch = (className) => {
  const node = html('span', `swatch ${className}`);
  node.setAttribute('aria-hidden', 'true');
  return node;
};

export function pie(data, label, { width, height }) {
  const rows = data.rows.filter((r) => r.cells[0].v > 0);
  const below = data.rows.filter((r) => r.cells[0].v < 0);        // no part of a whole: told, not drawn
  const all = rows.reduce((sum, r) => sum + r.cells[0].v, 0);
  const classes = hues(rows);
  const size = Math.min(Math.max(PIE, height), width);
  const draw = arc().innerRadius(size * 0.31).outerRadius(size / 2 - 2).cornerRadius(2);
  const slices = pieOf().sort(null).value((r) => r.cells[0].v).padAngle(rows.length > 1 ? 0.012 : 0)(rows);
  const share = (r) => percent(r.cells[0].v / all);
  const drawing = canvas(label, size, size, [svg('g', { transform: `translate(${size / 2} ${size / 2})` }, [
    ...slices.map((s, i) => mark({ what: s.data.label, value: `${s.data.cells[0].text} · ${share(s.data)}`, href: s.data.cells[0].href },
      [svg('path', { d: draw(s) })], classes[i])),
    ...(below.length ? [] : [text(compact(all), 0, 8, 'middle-number', 'middle')]),
  ])]);
  const line = (r, className, part) => html('li', '', [swatch(className), beside(r.label, r.cells[0].href, 'name'),
    html('span', 'share', [part]), html('span', 'of', [r.cells[0].text])]);
  const shares = html('ul', 'chart-shares', [...rows.map((r, i) => line(r, classes[i], share(r))), ...below.map((r) => line(r, 'none', '–'))]);
  return [html('div', width >= SIDE ? 'chart-pie beside' : 'chart-pie', [drawing, shares])];
}

const HALF = 210;

export function gauge(figure, label, { width }) {
  const share = figure.dataset.share === '' ? null : Number(figure.dataset.share);
  const wide = Math.min(HALF, width), r = wide / 2 - 2, thick = Math.max(14, r * 0.17);
  const draw = arc().innerRadius(r - thick).outerRadius(r).cornerRadius(3);
  const angle = (part) => -Math.PI / 2 + Math.PI * Math.min(1, Math.max(0, part));
  const piece = (from, to, className) => svg('path', { d: draw({ startAngle: angle(from), endAngle: angle(to) }), class: className });
  const said = figure.dataset.shareText || '–';
  return [canvas(label, wide, r + 6, [svg('g', { transform: `translate(${wide / 2} ${r + 2})` }, [
    piece(0, 1, 'track'),
    ...(share ? [mark({ what: label, value: said, href: figure.dataset.href }, [piece(0, share, 'reached')], share >= 1 ? 'hue-good' : 'hue-0')] : []),
    text(said, 0, -2, 'gauge-number', 'middle'),
  ])])];
}

const RINGS = 4;
const SIDES = 3;                          // fewer are no surface: they are drawn as bars

/** Where a label around the middle stands, by its direction. */
const side = (angle) => (Math.abs(Math.sin(angle)) < 0.2 ? 'middle' : Math.sin(angle) > 0 ? 'start' : 'end');

/** Scales from the middle outwards, one for each series where they are of different units. */
function scalesOf(data, radius) {
  const apart = isApart(data);
  const scale = (of) => {
    const [low, high] = extent(data.rows.flatMap((r) => of(r).map((c) => c.v)));
    return scaleLinear().domain([low, Math.max(high, apart ? 1e-9 : 1)]).range([0, radius]).nice(RINGS);
  };
  const common = apart ? null : scale((r) => r.cells);
  return { apart, scales: data.series.map((_, k) => common ?? scale((r) => [r.cells[k]])) };
}

export function radar(data, label, room) {
  return data.rows.length < SIDES ? bar(data, label, room) : sides(data, label, room);
}

function sides(data, label, { width, height: tall }) {
  const n = data.rows.length;
  const size = Math.min(width, tall || 310), room = Math.min(Math.max(...data.rows.map((r) => widthOf(r.label, 12))), width * 0.24);
  const radius = Math.max(50, Math.min(size / 2 - 26, width / 2 - room - 14));
  const { apart, scales } = scalesOf(data, radius);
  const angle = (i) => 2 * Math.PI * i / n;
  const at = (i, far) => [Math.sin(angle(i)) * far, -Math.cos(angle(i)) * far];
  const ring = (far) => svg('path', { d: lineRadial().angle((_, i) => angle(i)).radius(far).curve(curveLinearClosed)(data.rows), class: 'grid ring' });
  const classes = hues(data.series);
  const many = data.series.length > 1;
  const ticks = apart ? [] : scales[0].ticks(RINGS).filter((v) => v > scales[0].domain()[0]);
  const rings = apart ? [1, 2, 3, 4].map((k) => radius * k / RINGS) : ticks.map(scales[0]);
  const height = radius * 2 + 52;
  const names = data.rows.map((r, i) => {
    const [x, y] = [Math.sin(angle(i)) * (radius + 10), -Math.cos(angle(i)) * (radius + 14)];
    return text(fit(r.label, room, 12), x, y + 4, 'axis name', side(angle(i)));
  });
  const drawing = canvas(label, width, height, [svg('g', { transform: `translate(${width / 2} ${height / 2})` }, [
    ...rings.map(ring),
    ...data.rows.map((_, i) => svg('line', { x1: 0, y1: 0, x2: at(i, radius)[0], y2: at(i, radius)[1], class: 'grid' })),
    ...data.series.map((_, k) => svg('path', { class: `radar-area ${classes[k]}`,
      d: lineRadial().angle((r, i) => angle(i)).radius((r) => scales[k](r.cells[k].v ?? 0)).curve(curveLinearClosed)(data.rows) })),
    ...ticks.map((v) => text(compact(v), 4, -scales[0](v) + 11, 'axis small')),
    ...names,
    ...data.series.flatMap((s, k) => data.rows.flatMap((r, i) => {
      const [x, y] = at(i, scales[k](r.cells[k].v ?? 0));
      if (r.cells[k].v === null) return [];
      return [mark({ what: many ? `${r.label} · ${s.label}` : r.label, value: r.cells[k].text, href: r.cells[k].href },
        [svg('circle', { cx: x, cy: y, r: 12, class: 'hit' }), svg('circle', { cx: x, cy: y, r: 3.5, class: 'dot' })], `point ${classes[k]}`)];
    })),
  ])]);
  return [...(many ? [legend(apart ? reaching(data.series, scales) : data.series, classes)] : []), drawing];
}
