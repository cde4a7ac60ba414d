// Bars: beside each other or stacked; lying where their labels are long.
import { canvas, compact, fit, hues, isTime, mark, svg, text, rule, widthOf } from './draw.js';
import { axisHeight, axisRoom, groupAxis, heightFor, isApart, isWhole, legend, reaching, valueAxis, values } from './frame.js';
import { extent } from './read.js';
import { scaleBand } from '../lib/scale.js';

const TOP = 18;
const GAP = 1.5;                          // between what touches
const DIRECT = 14;                        // bars that have their number beside them, at most

const what = (row, series, many) => (many ? `${row.label} · ${series.label}` : row.label);
const totals = (row) => [
  row.cells.reduce((sum, c) => sum + Math.min(0, c.v ?? 0), 0), row.cells.reduce((sum, c) => sum + Math.max(0, c.v ?? 0), 0)];

/** From and to of each cell: stacked upon each other, or each from 0. */
function spans(row, stacked) {
  let up = 0, down = 0;
  return row.cells.map((c) => {
    const v = c.v ?? 0;
    if (!stacked) return [0, v];
    if (v < 0) { down += v; return [down - v, down]; }
    up += v;
    return [up - v, up];
  });
}

function rounded(x, y, w, h, ends) {
  const r = Math.min(3, w / 2, h / 2);
  const path = { up: `M${x},${y + h}V${y + r}Q${x},${y} ${x + r},${y}H${x + w - r}Q${x + w},${y} ${x + w},${y + r}V${y + h}Z`,
    right: `M${x},${y}H${x + w - r}Q${x + w},${y} ${x + w},${y + r}V${y + h - r}Q${x + w},${y + h} ${x + w - r},${y + h}H${x}Z`,
    none: `M${x},${y}h${w}v${h}h${-w}Z` }[ends];
  return svg('path', { d: path });
}

/** The marks of a row. at: where the row begins, across: how much of it there is, scaleOf(k): of the values of a series. */
function marksOf(data, row, { at, across, scaleOf, lying, stacked, classes }) {
  const many = data.series.length > 1;
  const each = stacked ? across : across / data.series.length;
  const last = row.cells.findLastIndex((c) => c.v > 0);
  return row.cells.flatMap((c, k) => {
    if (!c.v) return [];
    const [from, to] = spans(row, stacked)[k].map(scaleOf(k));
    const low = Math.min(from, to), size = Math.max(Math.abs(to - from) - (stacked ? GAP : 0), 1);
    const place = at + (stacked ? 0 : k * each), wide = Math.max(each - (stacked || !many ? 0 : GAP), 1);
    const round = c.v > 0 && (!stacked || k === last);
    const shape = lying ? rounded(low, place, size, wide, round ? 'right' : 'none') : rounded(place, low + (stacked ? GAP : 0), wide, size, round ? 'up' : 'none');
    return [mark({ what: what(row, data.series[k], many), value: c.text, href: c.href }, [shape], classes(row, k))];
  });
}

/** How far a row reaches, which its number stands beside. */
const reach = (row, stacked) => (stacked ? totals(row)[1] : Math.max(0, ...row.cells.map((c) => c.v ?? 0)));
const sum = (row) => row.cells.reduce((all, c) => all + (c.v ?? 0), 0);

/** Of each series its own where they are of different units, drawn as long as the common one. */
const scalesFor = (look, common) => (k) => look.scales?.[k].copy().range(common.range()) ?? common;

function standing(data, label, room, look) {
  const { width } = room, height = heightFor(room);
  const bottom = height - axisHeight(data);
  const axis = values(look.domain, bottom, TOP, isWhole(data));
  const left = look.scales ? 8 : axisRoom(axis.ticks);
  const scaleOf = scalesFor(look, axis.scale);
  const band = scaleBand().domain(data.rows.map((_, i) => i)).range([left, width]).paddingInner(data.series.length > 1 && !look.stacked ? 0.25 : 0.35).paddingOuter(0.2);
  const thick = Math.min(band.bandwidth(), look.stacked || data.series.length === 1 ? 64 : 160);
  const middle = (i) => band(i) + band.bandwidth() / 2;
  const numbers = (look.stacked || data.series.length === 1) && data.rows.length <= DIRECT && look.domain[0] >= 0
    && data.rows.every((row) => widthOf(compact(sum(row)), 12) < band.step() - 2);
  return canvas(label, width, height, [
    ...(look.scales ? [rule(left, scaleOf(0)(0), width, scaleOf(0)(0), 'grid base')] : valueAxis(axis, left, width)),
    ...groupAxis(data, middle, band.step(), bottom),
    ...data.rows.flatMap((row, i) => [
      ...marksOf(data, row, { ...look, at: middle(i) - thick / 2, across: thick, scaleOf, lying: false }),
      ...(numbers && sum(row) > 0 ? [text(compact(sum(row)), middle(i), axis.scale(reach(row, look.stacked)) - 5, 'number', 'middle')] : []),
    ]),
  ]);
}

function lyingDown(data, label, { width, height: tall }, look) {
  const single = look.stacked || data.series.length === 1;
  const step = Math.max(single ? 32 : Math.max(32, data.series.length * 14 + 14), Math.min(52, tall / data.rows.length));
  const room = Math.min(Math.max(...data.rows.map((r) => widthOf(r.label, 12))) + 12, width * 0.38);
  const right = width - (single ? Math.max(...data.rows.map((r) => widthOf(compact(sum(r)), 12))) + 12 : 8);
  const { scale } = values(look.domain, room, right, false);
  scale.domain(look.domain);
  const scaleOf = scalesFor(look, scale);
  const height = data.rows.length * step + 4;
  return canvas(label, width, height, [
    ...data.rows.flatMap((row, i) => {
      const thick = single ? 20 : step - 14;
      const end = scale(reach(row, look.stacked));
      return [
        text(fit(row.label, room - 12), room - 10, i * step + step / 2 + 4, 'axis name', 'end'),
        ...marksOf(data, row, { ...look, at: i * step + (step - thick) / 2, across: thick, scaleOf, lying: true }),
        ...(single ? [text(compact(sum(row)), end + 6, i * step + step / 2 + 4, 'number')] : []),
      ];
    }),
    rule(scaleOf(0)(0), 0, scaleOf(0)(0), height, 'grid base'),
  ]);
}

export function bar(data, label, room) {
  const many = data.series.length > 1;
  const scales = isApart(data) ? data.series.map((_, k) => values(extent(data.rows.map((r) => r.cells[k].v)), 0, 1, false).scale) : null;
  const stacked = data.stack && many && !scales;
  const domain = extent(stacked ? data.rows.flatMap(totals) : data.rows.flatMap((r) => r.cells.map((c) => c.v)));
  const series = hues(data.series);
  const rows = data.rows.filter((r) => !r.others).every((r) => r.color) ? hues(data.rows) : null;
  const classes = (row, k) => (many ? series[k] : rows ? rows[data.rows.indexOf(row)] : row.others ? 'hue-rest' : 'hue-0');
  const each = (room.width - 50) / data.rows.length;
  const long = !isTime(data) && data.heads[0].kind !== 'number' && data.rows.some((r) => widthOf(r.label, 12) > each - 6);
  const draw = long ? lyingDown : standing;
  return [...(many ? [legend(scales ? reaching(data.series, scales) : data.series, series)] : []), draw(data, label, room, { stacked, domain, classes, scales })];
}
