// A heatmap: rows by columns, the darker the more.
import { canvas, compact, fit, mark, svg, text, widthOf } from './draw.js';

const CELL = 34;
const STEPS = 6;

/** 0: nothing; 1 … 6: by size. */
const level = (v, high) => (!v || v < 0 ? 0 : Math.max(1, Math.ceil(v / high * STEPS)));

export function heatmap(data, label, { width }) {
  const room = Math.min(Math.max(...data.rows.map((r) => widthOf(r.label, 12))) + 12, width * 0.32);
  const each = (width - room) / data.series.length;
  const high = Math.max(1e-9, ...data.rows.flatMap((r) => r.cells.map((c) => c.v ?? 0)));
  const long = data.series.some((s) => widthOf(s.label, 12) > each - 4);
  const top = long ? Math.min(110, Math.max(...data.series.map((s) => widthOf(s.label, 12))) * 0.72 + 16) : 24;
  const numbers = data.rows.every((r) => r.cells.every((c) => c.v === null || widthOf(compact(c.v), 12) < each - 4));
  const head = (s, k) => {
    const x = room + each * (k + 0.5);
    const node = text(long ? fit(s.label, 130) : s.label, x, top - 8, 'axis', long ? 'start' : 'middle');
    if (long) node.setAttribute('transform', `rotate(-45 ${x} ${top - 8})`);
    return node;
  };
  const cell = (r, i, k) => {
    const c = r.cells[k], step = level(c.v, high);
    const x = room + each * k + 1, y = top + CELL * i + 1;
    const inside = [svg('rect', { x, y, width: Math.max(each - 2, 1), height: CELL - 2, rx: 3 }),
      ...(numbers && c.v ? [text(compact(c.v), x + (each - 2) / 2, y + CELL / 2 + 3, 'heat-number', 'middle')] : [])];
    return c.v ? mark({ what: `${r.label} · ${data.series[k].label}`, value: c.text, href: c.href }, inside, `heat h${step}`) : svg('g', { class: 'heat h0' }, inside);
  };
  return [canvas(label, width, top + CELL * data.rows.length, [
    ...data.series.map(head),
    ...data.rows.flatMap((r, i) => [text(fit(r.label, room - 12), room - 10, top + CELL * (i + 0.5) + 4, 'axis name', 'end'),
      ...data.series.map((_, k) => cell(r, i, k))]),
  ])];
}
