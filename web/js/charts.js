// Charts, drawn from the tables of numbers that stand in the page (pages/dash_card.html): one source
// for who looks and who reads. Every mark leads to the records it counts.
import { readStages, readTable } from './charts/read.js';
import { bar } from './charts/bar.js';
import { areas, lines } from './charts/line.js';
import { gauge, pie, radar } from './charts/round.js';
import { funnel, leaderboard } from './charts/rows.js';
import { heatmap } from './charts/heat.js';
import { listen, oneStop } from './charts/tip.js';

const KINDS = { bar, line: lines, area: areas, pie, radar, heatmap, leaderboard };

const drawn = new WeakMap();              // figure → {state, from}: as it was drawn, and of what

const wordsOf = (table) => {
  const head = (col) => {
    const at = [...(table.tBodies[0].rows[0]?.cells ?? [])].findIndex((td) => td.dataset.col === col);
    return at < 0 ? '' : table.tHead.rows[0].cells[at].textContent;
  };
  return { lost: head('lost').toLocaleLowerCase(), median: head('median') };
};

function inside(card, figure, room) {
  const { chart } = card.dataset;
  const label = card.getAttribute('aria-label') ?? '';
  if (chart === 'gauge') return gauge(figure, label, room);
  const table = card.querySelector('table.dash-numbers');
  if (chart === 'funnel') return funnel(readStages(table), wordsOf(table), label);
  return KINDS[chart](readTable(table), label, room);
}

/** A mark that had the focus has it again, when it is still there. */
function keepFocus(figure, draw) {
  const at = figure.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  draw();
  if (at) [...figure.querySelectorAll('a')].find((a) => a.getAttribute('href') === at)?.focus();
}

// A card that fills the screen is read from further away.
const ZOOM = 1.6;
const AROUND = 190;                       // what else of such a card needs room, in pixels

/** The size a chart is drawn for: all of it, words too, is shown `zoom` times as large. */
function roomOf(card, figure) {
  const zoom = document.fullscreenElement === card ? ZOOM : 1;
  const width = Math.floor(figure.clientWidth / zoom);
  return { zoom, width, height: zoom > 1 ? Math.max(200, Math.floor((innerHeight - AROUND) / zoom)) : 0 };
}

function enlarge(figure, zoom) {
  if (zoom === 1) return;
  for (const drawing of figure.querySelectorAll('svg.drawing'))
    for (const side of ['width', 'height']) drawing.setAttribute(side, Number(drawing.getAttribute(side)) * zoom);
}

function draw(card, figure) {
  const { zoom, width, height } = roomOf(card, figure);
  const source = card.querySelector('table.dash-numbers')?.outerHTML ?? JSON.stringify(figure.dataset);
  const state = `${card.dataset.chart} ${width} ${height} ${document.documentElement.lang} ${source}`;
  if (!width || drawn.get(figure) === state) return;
  if (!drawn.has(figure)) {
    listen(figure);
    sizes.observe(figure);
  }
  drawn.set(figure, state);
  keepFocus(figure, () => {
    figure.replaceChildren(...inside(card, figure, { width, height }));
    enlarge(figure, zoom);
    oneStop(figure);
  });
  if ('live' in card.dataset) return;
  card.dataset.live = '';
  card.querySelector('.chart-data')?.removeAttribute('open');
}

const sizes = new ResizeObserver((entries) => {
  requestAnimationFrame(() => {
    for (const { target } of entries) if (target.isConnected) draw(target.closest('.dash-card'), target);
  });
});

/** Every chart of root that is not drawn yet, or whose numbers have changed. @param {ParentNode} root */
export function drawCharts(root) {
  for (const figure of root.querySelectorAll('.dash-card figure.chart')) draw(figure.closest('.dash-card'), figure);
}
