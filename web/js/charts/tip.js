// What a mark says, beside the pointer or the focus; and the arrow keys, which go from mark to mark
// of one chart, so that Tab goes from chart to chart.
import { html } from './draw.js';

const ALONG = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

let tip;

function show(node) {
  const figure = node.closest('.chart');
  tip ??= html('div', 'chart-tip');
  tip.setAttribute('aria-hidden', 'true');
  tip.replaceChildren(html('span', '', [node.dataset.what]), html('strong', '', [node.dataset.value]));
  figure.append(tip);
  const at = (node.querySelector('.dot') ?? node).getBoundingClientRect(), box = figure.getBoundingClientRect();
  const middle = at.left + at.width / 2 - box.left, half = tip.offsetWidth / 2;
  tip.style.left = `${Math.min(Math.max(middle, half), Math.max(half, box.width - half))}px`;
  const above = at.top - box.top - tip.offsetHeight - 8;
  tip.style.top = `${above > -40 ? above : at.bottom - box.top + 8}px`;
}

const hide = () => tip?.remove();
const marks = (figure) => [...figure.querySelectorAll('a.mark')];

/** One mark of a chart is reached by Tab: the first, then the one that was left. */
export function oneStop(figure) {
  const [first] = marks(figure);
  first?.setAttribute('tabindex', 0);
}

function along(event) {
  const figure = event.currentTarget;
  const all = marks(figure);
  const at = all.indexOf(event.target.closest?.('a.mark'));
  const to = { Home: 0, End: all.length - 1 }[event.key] ?? at + (ALONG[event.key] ?? NaN);
  if (event.key === 'Escape') hide();
  if (at < 0 || !all[to]) return;
  event.preventDefault();
  all.forEach((m, i) => m.setAttribute('tabindex', i === to ? 0 : -1));
  all[to].focus();
}

/** Once for each place a chart is drawn in. */
export function listen(figure) {
  const over = (event) => { const m = event.target.closest?.('.mark'); if (m) show(m); };
  figure.addEventListener('pointerover', over);
  figure.addEventListener('pointerleave', hide);
  figure.addEventListener('pointerout', (event) => { if (!event.relatedTarget?.closest?.('.mark')) hide(); });
  figure.addEventListener('focusin', (event) => { if (event.target.matches('.mark:focus-visible')) show(event.target); });
  figure.addEventListener('focusout', hide);
  figure.addEventListener('keydown', along);
}
