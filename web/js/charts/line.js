// Lines, and areas upon each other.
import { canvas, compact, fit, hues, mark, rule, svg, text, widthOf } from './draw.js';
import { axisHeight, axisRoom, groupAxis, heightFor, isApart, isWhole, legend, reaching, valueAxis, values } from './frame.js';
import { extent } from './read.js';
import { area, curveMonotoneX, line, scalePoint } from '../lib/scale.js';

const TOP = 16;
const NEAR = 15;                          // between two labels at the end of lines
const HIT = 12;
const CLOSE = 14;                         // points nearer than this are seen when one is over them

/** [from, to] of each series at each row; to is null where there is no value. */
function layers(data, stacked) {
  if (!stacked) return data.series.map((_, k) => data.rows.map((row) => [0, row.cells[k].v]));
  // What is below nought lies upon each other below it.
  const under = data.series.map((_, k) => data.rows.reduce((sum, row) => sum + (row.cells[k].v ?? 0), 0) < 0);
  const ends = data.rows.map(() => ({ up: 0, down: 0 }));
  return data.series.map((_, k) => data.rows.map((row, i) => {
    const v = row.cells[k].v ?? 0, side = v < 0 || (v === 0 && under[k]) ? 'down' : 'up';
    const from = ends[i][side];
    ends[i][side] += v;
    return [from, from + v];
  }));
}

/** Where each line ends, its label: moved apart where they would touch. */
function endLabels(data, lays, { yOf, x, bottom, room, classes, stacked }) {
  const ends = lays.map((lay, k) => {
    const i = lay.findLastIndex((p) => p[1] !== null);
    return i < 0 ? null : { k, at: yOf(k)(stacked ? (lay[i][0] + lay[i][1]) / 2 : lay[i][1]) };
  }).filter(Boolean).sort((a, b) => a.at - b.at);
  ends.forEach((e, i) => { if (i) e.at = Math.max(e.at, ends[i - 1].at + NEAR); });
  const over = Math.max(0, (ends.at(-1)?.at ?? 0) - bottom);
  return ends.map((e) => text(fit(data.series[e.k].label, room, 12), x, e.at - over + 4, `series-name ${classes[e.k]}`));
}

function points(data, lays, x, yOf, classes, step) {
  const close = step < CLOSE;
  const many = data.series.length > 1;
  return lays.flatMap((lay, k) => lay.flatMap((p, i) => {
    const c = data.rows[i].cells[k];
    if (p[1] === null || c.v === null) return [];
    const what = many ? `${data.rows[i].label} · ${data.series[k].label}` : data.rows[i].label;
    const dots = [svg('circle', { cx: x(i), cy: yOf(k)(p[1]), r: Math.min(HIT, Math.max(4, step / 2)), class: 'hit' }),
      svg('circle', { cx: x(i), cy: yOf(k)(p[1]), r: 3.5, class: 'dot' })];
    return [mark({ what, value: c.text, href: c.href }, dots, `point${close ? ' close' : ''} ${classes[k]}`)];
  }));
}

function shapes(lays, x, yOf, filled, classes) {
  const there = (p) => p[1] !== null;
  const top = (y) => line().defined(there).x((_, i) => x(i)).y((p) => y(p[1])).curve(curveMonotoneX);
  const below = (y) => area().defined(there).x((_, i) => x(i)).y0((p) => y(p[0])).y1((p) => y(p[1])).curve(curveMonotoneX);
  return lays.flatMap((lay, k) => [
    ...(filled ? [svg('path', { d: below(yOf(k))(lay) ?? '', class: `filled ${classes[k]}` })] : []),
    svg('path', { d: top(yOf(k))(lay) ?? '', class: `stroke ${classes[k]}` }),
  ]);
}

function drawn(data, label, room, filled) {
  const { width } = room;
  const many = data.series.length > 1;
  const apart = isApart(data);
  const stacked = filled && many && !apart;
  const classes = hues(data.series);
  const lays = layers(data, stacked);
  const height = heightFor(room);
  const bottom = height - axisHeight(data);
  const axis = values(extent(lays.flat().flatMap((p) => [p[0], p[1]])), bottom, TOP, isWhole(data));
  const scales = apart ? lays.map((lay) => values(extent(lay.map((p) => p[1])), bottom, TOP, false).scale) : null;
  const yOf = (k) => scales?.[k] ?? axis.scale;
  const left = apart ? 8 : axisRoom(axis.ticks);
  const names = many && !apart && width >= 460 && data.series.length <= 8 ? Math.min(Math.max(...data.series.map((s) => widthOf(s.label, 12))) + 4, width * 0.22) : 0;
  const right = width - (names ? names + 12 : 12);
  const scale = scalePoint().domain(data.rows.map((_, i) => i)).range([left + 10, right]);
  const x = (i) => scale(i);
  const only = !many && data.rows.length <= 14 && data.rows.every((r) => widthOf(compact(r.cells[0].v ?? 0), 12) < scale.step() - 4);
  return [...(many && !names ? [legend(apart ? reaching(data.series, scales) : data.series, classes)] : []), canvas(label, width, height, [
    ...(apart ? [rule(left, yOf(0)(0), width, yOf(0)(0), 'grid base')] : valueAxis(axis, left, width - (names ? names + 4 : 0))),
    ...groupAxis(data, x, data.rows.length > 1 ? scale.step() : right - left, bottom),
    ...shapes(lays, x, yOf, filled, classes),
    ...points(data, lays, x, yOf, classes, scale.step() || right - left),
    ...(only ? data.rows.flatMap((r, i) => (r.cells[0].v ? [text(compact(r.cells[0].v), x(i) + (i ? 0 : 4), axis.scale(r.cells[0].v) - 9, 'number', i ? 'middle' : 'start')] : [])) : []),
    ...(names ? endLabels(data, lays, { yOf, bottom, x: right + 12, room: names, classes, stacked }) : []),
  ])];
}

export const lines = (data, label, room) => drawn(data, label, room, false);
export const areas = (data, label, room) => drawn(data, label, room, true);
