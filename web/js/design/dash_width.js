// The width of a card of a dashboard: twelve columns, changed by its right edge with the mouse or a finger.
import { COLUMNS } from './dashboard.js';

const WIDTH = /\bw(\d{1,2})\b/;
export const drawnWidth = (node) => Number(WIDTH.exec(node.className)?.[1] ?? 6);
export function putWidth(node, w) { node.className = WIDTH.test(node.className) ? node.className.replace(WIDTH, `w${w}`) : `${node.className} w${w}`; }

/** The edge to take; done(width) when it is let go. Keys have their own way, so it is not in their order. */
export function dashHandle(grid, node, done) {
  const handle = Object.assign(document.createElement('span'), { className: 'dash-handle' });
  handle.setAttribute('aria-hidden', 'true');
  let from = 0;
  const columnsAt = (x) => {
    const gap = parseFloat(getComputedStyle(grid).columnGap) || 0;
    const step = (grid.clientWidth + gap) / COLUMNS;
    return Math.min(COLUMNS, Math.max(1, Math.round((x - node.getBoundingClientRect().left + gap) / step)));
  };
  handle.addEventListener('pointerdown', (e) => {
    e.preventDefault();
    e.stopPropagation();                          // the card is not taken along
    from = drawnWidth(node);
    handle.setPointerCapture(e.pointerId);
    node.classList.add('widening');
  });
  handle.addEventListener('pointermove', (e) => { if (from) putWidth(node, columnsAt(e.clientX)); });
  const end = (keep) => () => {
    if (!from) return;
    const to = drawnWidth(node);
    const was = from;
    from = 0;
    node.classList.remove('widening');
    if (keep && to !== was) done(to, was);
    else putWidth(node, was);
  };
  handle.addEventListener('pointerup', end(true));
  handle.addEventListener('pointercancel', end(false));
  handle.addEventListener('click', (e) => e.stopPropagation());
  return handle;
}
