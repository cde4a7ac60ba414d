// The diagram: drag a stage to where it shall stand, drag from its knob to another stage to draw a
// transition. How it is arranged by hand is this browser's own affair, no part of the definition.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { addWay, removeStage, removeWay } from './flow.js';
import { border, cut, drawing, neighbour, placed, smooth } from './flow_drawn.js';
import { announce } from './canvas.jsx';
import { issues, select, selected } from './store.js';
import { labelOf, t } from './words.js';

const NEAR = 5;
const keep = (path) => `tenon-stages ${path}`;
function kept(path) {
  try { return JSON.parse(localStorage.getItem(keep(path))) ?? {}; } catch { return {}; }
}
function store(path, own) {
  try {
    if (Object.keys(own).length) localStorage.setItem(keep(path), JSON.stringify(own));
    else localStorage.removeItem(keep(path));
  } catch { /* a full or closed store: it holds for now */ }
}

function Way({ way, chosen }) {
  return <g class={`way${chosen ? ' chosen' : ''}${way.wrong ? ' wrong' : ''}`} data-way={way.key}>
    <title>{[way.label, way.note].filter(Boolean).join(': ')}</title>
    <path class="way-hit" d={smooth(way.points)} /><path class="way-line" d={smooth(way.points)} marker-end={`url(#arrow${chosen ? '-chosen' : ''})`} />
    <g transform={`translate(${Math.round(way.x)} ${Math.round(way.y)})`}>
      <rect class="way-box" x={-way.width / 2} y={-way.height / 2} width={way.width} height={way.height} rx="4" />
      <text class="way-name" y={way.note ? -3 : 5}>{cut(`${way.wrong ? '! ' : ''}${way.label}`, 13, 240)}</text>
      {way.note ? <text class="mark" y="12">{cut(way.note, 11, 240)}</text> : null}
    </g></g>;
}

function Stage({ node, chosen, tab, over }) {
  const { width, height } = node;
  const name = cut(node.label, 15, width - 40);
  const note = cut(node.note, 12, width - 20);
  const box = <>{name === node.label && note === node.note ? null : <title>{`${node.label}: ${node.note}`}</title>}
    <rect class="stage-box" x={-width / 2} y={-height / 2} width={width} height={height} rx="8" />
    {node.first ? <circle class="stage-first" cx={14 - width / 2} cy="-8" r="4" /> : null}
    <text class="stage-name" y="-3">{name}</text>{' '}<text class="mark" y="16">{note}</text>
    {' '}{node.wrong ? <g class="stage-wrong" transform={`translate(${width / 2 - 4} ${4 - height / 2})`}><circle r="9" /><text y="4">!</text></g> : null}</>;
  const at = { transform: `translate(${Math.round(node.x)} ${Math.round(node.y)})` };
  if (node.far) return <g class="stage far" {...at}>{box}</g>;
  return <g class={`stage ${node.status}${chosen ? ' chosen' : ''}${over ? ' over' : ''}${node.wrong ? ' wrong' : ''}`} data-node={node.key} role="button" aria-pressed={chosen ? 'true' : 'false'}
    aria-label={`${node.label}: ${node.note}${node.wrong ? `, ${t('issues', { n: node.wrong })}` : ''}`} tabindex={tab ? 0 : -1} {...at}>{box}
    <circle class="knob" data-knob={node.key} cy={height / 2} r="8" /></g>;
}

const Arrow = ({ id }) => <marker id={id} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" /></marker>;

/** The layout, once dagre is there; null before. */
function useLayout(shown) {
  const [arrange, setArrange] = useState(null);
  useEffect(() => { import('../lib/graph.js').then((m) => setArrange(() => m.arrange)); }, []);
  const sizes = JSON.stringify([shown.nodes.map((n) => [n.id, n.width]), shown.ways.map((w) => [w.id, w.from, w.to, w.width, w.height])]);
  return useMemo(() => arrange?.(shown.nodes, shown.ways), [arrange, sizes]);
}

/** What the pointer does on the diagram: chooses, moves a stage, or draws from one to another. */
function usePointer({ path, form, map, own, setOwn }) {
  const [drag, setDrag] = useState(null);
  const at = useRef(null);
  const svg = useRef(null);
  const point = (e) => {
    const box = svg.current.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  const nodeAt = (e) => document.elementFromPoint(e.clientX, e.clientY)?.closest('[data-node]')?.dataset.node ?? null;
  const down = (e) => {
    if (e.button !== 0) return;
    const knob = e.target.closest('[data-knob]');
    const node = e.target.closest('[data-node]');
    const way = e.target.closest('[data-way]');
    if (!knob && !node) { select(path, way ? ['transitions', way.dataset.way] : []); return; }
    e.preventDefault();
    node.focus();
    svg.current.setPointerCapture(e.pointerId);
    const key = node.dataset.node;
    at.current = { knob: Boolean(knob), key, start: point(e), box: map.nodes.find((n) => n.id === key), moved: false };
  };
  const move = (e) => {
    const d = at.current;
    if (!d) return;
    const now = point(e);
    if (!d.moved && Math.hypot(now.x - d.start.x, now.y - d.start.y) < NEAR) return;
    d.moved = true;
    if (d.knob) { setDrag({ from: d.box, to: now, over: nodeAt(e) }); return; }
    const to = { x: Math.max(d.box.width / 2, d.box.x + now.x - d.start.x), y: Math.max(d.box.height / 2, d.box.y + now.y - d.start.y) };
    setOwn({ ...own, [d.key]: to });
  };
  const up = (e) => {
    const d = at.current;
    at.current = null;
    setDrag(null);
    if (!d) return;
    if (!d.moved) select(path, ['stages', d.key]);
    else if (!d.knob) store(path, own);
    else if (nodeAt(e)) draw(path, form, map, d.key, nodeAt(e));
  };
  // Of who presses without a pointer; with one the diagram has it, not the stage.
  const click = (e) => {
    const node = e.target.closest('[data-node]');
    if (node) select(path, ['stages', node.dataset.node]);
  };
  // A finger on a stage draws or moves; beside them it scrolls (SVG's parts have no touch-action).
  const touch = (e) => { if (e.target.closest('[data-node]')) e.preventDefault(); };
  const lost = () => { at.current = null; setDrag(null); };
  return { drag, cancel: lost, on: { ref: svg, onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: lost, onClick: click, onTouchStart: touch } };
}

function draw(path, form, map, from, to) {
  const name = (id) => map.nodes.find((n) => n.id === id)?.label ?? id;
  addWay(path, form, from, to).then(() => announce(t('wayAdded', { from: name(from), to: name(to) }))).catch(() => {});
}

export const focusProperties = () => requestAnimationFrame(() => document.querySelector('.properties :is(input, textarea, select)')?.focus());

/** Takes away what is selected; the focus goes to the stage that stood before it. */
export function removeSelected(path, tree) {
  const [list, key] = selected.value?.path === path ? selected.value.at : [];
  if (!tree[list]?.[key] && tree[list]?.[key] !== null) return;
  if (list === 'stages' && Object.keys(tree.stages).length === 1) { announce(t('lastStage')); return; }
  const name = labelOf(tree[list][key]?.label, key);
  (list === 'stages' ? removeStage(path, key) : removeWay(path, key)).then((gone) => {
    if (gone === null) return;
    announce(gone?.length ? t('removedWith', { name, n: gone.length }) : t('removed', { name }));
    requestAnimationFrame(() => document.querySelector('.flow-map [data-node][tabindex="0"]')?.focus());
  }).catch(() => {});
}

export function FlowMap({ path, form, tree }) {
  const shown = useMemo(() => drawing(path, form, tree), [path, form, tree, issues.value]);
  const laid = useLayout(shown);
  const [own, setOwn] = useState(() => kept(path));
  const map = laid ? placed(shown, laid, own) : { nodes: [], ways: [] };
  const { drag, cancel, on } = usePointer({ path, form, map, own, setOwn });
  const [list, key] = selected.value?.path === path ? selected.value.at : [];
  const tab = list === 'stages' && key in tree.stages ? key : shown.nodes[0]?.id;
  const keys = (e) => {
    const node = map.nodes.find((n) => n.id === e.target.closest('[data-node]')?.dataset.node);
    if (!node) return;
    if (e.key.startsWith('Arrow')) {
      const next = neighbour(map.nodes, node, e.key);
      if (next) { select(path, ['stages', next.id]); on.ref.current.querySelector(`[data-node="${CSS.escape(next.id)}"]`).focus(); }
    } else if (e.key === 'Enter' || e.key === ' ') { select(path, ['stages', node.id]); focusProperties(); }
    else if (e.key === 'Delete') { select(path, ['stages', node.id]); removeSelected(path, tree); }
    else if (e.key === 'Escape') cancel();
    else return;
    e.preventDefault();
  };
  if (!laid) return <p class="muted" role="status">{t('loading')}</p>;
  return <div class="flow-box">
    <svg class="flow-map" width={Math.round(map.width)} height={Math.round(map.height)} role="group" aria-label={t('diagram', { name: labelOf(tree.label, tree.workflow) })} {...on} onKeyDown={keys}>
      <defs><Arrow id="arrow" /><Arrow id="arrow-chosen" /></defs>
      {map.ways.map((way) => <Way key={way.id} way={way} chosen={list === 'transitions' && key === way.key} />)}
      {map.nodes.map((node) => <Stage key={node.id} node={node} tab={node.id === tab} chosen={list === 'stages' && key === node.id} over={drag?.over === node.id} />)}
      {drag ? <path class="way-line drawn" d={smooth([border(drag.from, drag.to), drag.to])} marker-end="url(#arrow-chosen)" /> : null}
    </svg>
    {Object.keys(own).length ? <button type="button" class="small" onClick={() => { setOwn({}); store(path, {}); }}>{t('arrangeAgain')}</button> : null}
  </div>;
}
