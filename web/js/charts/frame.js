// The frame of charts with axes: ticks of values, labels of groups, the legend above.
import { axisLabels, compact, fit, html, rule, text, widthOf } from './draw.js';
import { scaleLinear } from '../lib/scale.js';

const TICK = 12;
const YEAR = 13;                          // as wide as if it were so large, being bold

/** The scale of values from bottom to top (or from left to right), and its ticks. */
export function values([low, high], from, to, counts, wanted = 4) {
  const scale = scaleLinear().domain([low, high === low ? low + 1 : high]).range([from, to]).nice(wanted);
  const ticks = scale.ticks(wanted).filter((v) => !counts || Number.isInteger(v));
  return { scale, ticks };
}

/** All values are whole numbers: no tick stands between them. */
export const isWhole = (data) => data.rows.every((row) => row.cells.every((c) => c.v === null || Number.isInteger(c.v)));

/** Series of different units have nothing in common to be measured by: each has a scale of its own. */
export const isApart = (data) => new Set(data.series.map((s) => s.unit)).size > 1;

/** Series as the legend names them, with how far their own scales reach. */
export const reaching = (series, scales) => series.map((s, k) => ({ ...s, label: `${s.label} (${scales[k].domain().map(compact).join(' – ')})` }));

/** As high as there is room for, or as suits the width. */
export const heightFor = ({ width, height }) => height || Math.round(Math.min(340, Math.max(230, width * 0.42)));

/** How much room the numbers of the axis take. */
export const axisRoom = (ticks) => Math.ceil(Math.max(...ticks.map((v) => widthOf(compact(v), TICK)))) + 10;

export function valueAxis({ scale, ticks }, left, right) {
  return ticks.flatMap((v) => [
    rule(left, scale(v), right, scale(v), v === 0 ? 'grid base' : 'grid'),
    text(compact(v), left - 8, scale(v) + 4, 'axis', 'end'),
  ]);
}

/** Labels below, as many as there is room for. x: the middle of the i-th; wide: the room of one. */
export function groupAxis(data, x, wide, y) {
  const labels = axisLabels(data);
  const widest = Math.max(...labels.map((l) => widthOf(l.text, TICK)));
  const room = Math.max(wide, 0.01);
  const time = labels.some((l) => l.year);
  const each = time || data.heads[0].kind === 'number' ? Math.max(1, Math.ceil((widest + 8) / room)) : 1;
  const shown = labels.map((l, i) => ({ ...l, i })).filter((l) => l.i % each === 0);
  // The year, where one begins; less one that the next would touch.
  const years = shown.filter((l, k) => l.year && l.year !== shown[k - 1]?.year)
    .filter((l, k, all) => !all[k + 1] || x(all[k + 1].i) - x(l.i) > widthOf(l.year, YEAR) + 6);
  return [
    ...shown.map((l) => text(time ? l.text : fit(l.text, room * each - 4), x(l.i), y + 17, 'axis', 'middle')),
    ...years.map((l) => text(l.year, x(l.i), y + 32, 'axis year', 'middle')),
  ];
}

export const axisHeight = (data) => (axisLabels(data).some((l) => l.year) ? 38 : 24);

/** What the colours mean, in their order; a swatch each. */
export function legend(series, classes) {
  return html('ul', 'chart-legend', series.map((s, i) => {
    const swatch = html('span', `swatch ${classes[i]}`);
    swatch.setAttribute('aria-hidden', 'true');
    return html('li', '', [swatch, s.label]);
  }));
}
