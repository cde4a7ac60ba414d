// What the diagram of a workflow shows, and where: nodes of stages, arrows of transitions.
import { issuesAt, tables } from './store.js';
import { flowsOf } from './names_of.js';
import { leaves, stagesIn, waysIn } from './flow.js';
import { durationSaid } from './said.jsx';
import { labelOf, t } from './words.js';

const HIGH = 54;
const pen = document.createElement('canvas').getContext('2d');
const wide = (text, size) => {
  pen.font = `${size > 14 ? 600 : 400} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
};

/** As much of a text as fits. */
export function cut(text, size, most) {
  if (wide(text, size) <= most) return text;
  let n = text.length;
  while (n > 1 && wide(`${text.slice(0, n)}…`, size) > most) n -= 1;
  return `${text.slice(0, n)}…`;
}

export const attrsOf = (list) => tables.value.kinds.workflow.find((k) => k.key === list).of;
const statusWord = (status) => attrsOf('stages').find((k) => k.key === 'status').words.find((w) => w.value === status)?.label ?? status;
const several = (value) => (Array.isArray(value) ? value.length : value ? 1 : 0);

/** What is said of a stage in few words: what it is, when it is due. */
export function stageNote(s) {
  return [statusWord(s?.status ?? 'open'), s?.within || s?.due ? t('dueMark', { time: durationSaid(s.within ?? s.due) }) : null,
    s?.lock ? t('lockMark') : null].filter(Boolean).join(' · ');
}

/** The same of a transition: what must be filled, who agrees, what it does. */
export function wayNote(way) {
  const marks = [['requireMark', several(way?.require)], ['approveMark', several(way?.approve)], ['doMark', several(way?.do)]];
  return [...marks.filter(([, n]) => n).map(([key, n]) => t(key, { n })), way?.if !== undefined ? t('ifMark') : null,
    way?.wait_for ? t('waitMark') : null, way?.after ? t('afterMark', { time: way.after }) : null].filter(Boolean).join(' · ');
}

function stageNode(path, [key, s], first) {
  const label = labelOf(s?.label, key);
  const note = stageNote(s);
  const width = Math.round(Math.min(230, Math.max(130, wide(label, 15) + 44, wide(note, 12) + 32)));
  return { id: key, key, label, note, status: s?.status ?? 'open', first, width, height: HIGH, wrong: issuesAt(path, ['stages', key]).length };
}

// A stage of another workflow that a transition leads to.
function farNode(form, ref) {
  const [flow, stage] = ref.split('.');
  const tree = flowsOf(form).find((f) => f.tree.workflow === flow)?.tree;
  if (!tree?.stages || !(stage in tree.stages)) return null;
  const label = labelOf(tree.stages[stage]?.label, stage);
  const note = labelOf(tree.label, flow);
  return { id: ref, far: true, label, note, status: 'far', width: Math.round(Math.min(230, Math.max(130, wide(label, 15) + 44, wide(note, 12) + 32))), height: HIGH, wrong: 0 };
}

/** {nodes, ways, stray}; stray: transitions that cannot be drawn, for want of a stage. */
export function drawing(path, form, tree) {
  const nodes = stagesIn(tree).map((entry, i) => stageNode(path, entry, i === 0));
  const known = new Map(nodes.map((n) => [n.id, n]));
  const ways = [];
  const stray = [];
  for (const [key, way] of waysIn(tree)) {
    const to = String(way?.to ?? '');
    if (to.includes('.') && !known.has(to)) {
      const far = farNode(form, to);
      if (far) { nodes.push(far); known.set(to, far); }
    }
    const froms = leaves(way).filter((s) => known.has(s));
    if (!known.has(to) || !froms.length) stray.push(key);
    else for (const from of froms) ways.push(wayDrawn(path, key, way, from, to));
  }
  return { nodes, ways, stray };
}

function wayDrawn(path, key, way, from, to) {
  const label = labelOf(way?.label, key);
  const note = wayNote(way);
  const width = Math.round(Math.min(260, Math.max(wide(label, 13), wide(note, 11)) + 20));
  return { id: `${key} ${from}`, key, label, note, from, to, width, height: note ? 36 : 22, wrong: issuesAt(path, ['transitions', key]).length };
}

/** A smooth line through points. */
export function smooth(points) {
  const at = (x, y) => `${Math.round(x)} ${Math.round(y)}`;
  return points.slice(1).reduce((d, p, i) => {
    const [before, from, after] = [points[i - 1] ?? points[i], points[i], points[i + 2] ?? p];
    return `${d}C${at(from.x + (p.x - before.x) / 6, from.y + (p.y - before.y) / 6)} ${at(p.x - (after.x - from.x) / 6, p.y - (after.y - from.y) / 6)} ${at(p.x, p.y)}`;
  }, `M${at(points[0].x, points[0].y)}`);
}

/** Where the line from the middle of a box to a point leaves the box. */
export function border(box, to) {
  const dx = to.x - box.x;
  const dy = to.y - box.y;
  const by = Math.max(Math.abs(dx) / (box.width / 2), Math.abs(dy) / (box.height / 2)) || 1;
  return by < 1 ? { x: box.x, y: box.y } : { x: box.x + dx / by, y: box.y + dy / by };
}

// Arrows between the same two stages stand apart: each bends the more the later it comes.
function bent(way, from, to, n, of) {
  if (way.from === way.to) {
    const x = from.x + from.width / 2;
    return [{ x, y: from.y - 12 }, { x: x + 60 + 30 * n, y: from.y - 24 }, { x: x + 60 + 30 * n, y: from.y + 24 }, { x, y: from.y + 12 }];
  }
  const [a, b] = way.from < way.to ? [from, to] : [to, from];
  const long = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const off = (n - (of - 1) / 2) * 70;
  const mid = { x: (a.x + b.x) / 2 - ((b.y - a.y) / long) * off, y: (a.y + b.y) / 2 + ((b.x - a.x) / long) * off };
  return [border(from, mid), mid, border(to, mid)];
}

/**
 * Puts all in its place: as dagre laid it out, and what was moved by hand (id → {x, y}) there.
 * @returns {{nodes: object[], ways: object[], width: number, height: number}}
 */
export function placed(shown, laid, own) {
  const nodes = shown.nodes.map((n) => ({ ...n, ...(own[n.id] ?? laid.nodes.get(n.id)), width: n.width, height: n.height }));
  const at = new Map(nodes.map((n) => [n.id, n]));
  const pair = (w) => [w.from, w.to].sort().join(' ');
  const ways = shown.ways.map((way) => {
    const as = laid.ways.get(way.id);
    if (!own[way.from] && !own[way.to]) return { ...way, points: as.points, x: as.x, y: as.y };
    const like = shown.ways.filter((w) => pair(w) === pair(way));
    const points = bent(way, at.get(way.from), at.get(way.to), like.indexOf(way), like.length);
    const mid = way.from === way.to ? { x: points[1].x, y: at.get(way.from).y } : points[1];
    return { ...way, points, ...mid };
  });
  const far = (list, side, size) => Math.max(0, ...list.map((n) => n[side] + n[size] / 2 + 24));
  return { nodes, ways, width: Math.max(laid.width, far(nodes, 'x', 'width'), far(ways, 'x', 'width')), height: Math.max(laid.height, far(nodes, 'y', 'height'), far(ways, 'y', 'height')) };
}

/** The next node in a direction: near, and rather straight ahead than aside. */
export function neighbour(nodes, from, key) {
  const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  const far = (n) => {
    const ahead = (n.x - from.x) * dx + (n.y - from.y) * dy;
    const aside = Math.abs((n.x - from.x) * dy) + Math.abs((n.y - from.y) * dx);
    return ahead > 4 ? ahead + 2 * aside : Infinity;
  };
  const next = nodes.filter((n) => n.id !== from.id && !n.far).sort((a, b) => far(a) - far(b))[0];
  return next && far(next) < Infinity ? next : null;
}
