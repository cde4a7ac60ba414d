// How one takes a step from list to list: by dragging it, by the arrow keys on its handle, by its menu.
import { useEffect, useRef } from 'preact/hooks';
import { Droppable, behind, landed, newManager, showTarget } from '../lib/drag.js';
import { announce } from './canvas.jsx';
import { listed, stepLabel, stepType } from './said.jsx';
import { around, innerOf, isOpen, mayGo, moveStep, setOpen, stepLists, stepName } from './step_moves.js';
import { treeOf, valueAt } from './store.js';
import { t } from './words.js';

const findStep = (at) => document.querySelector(`.step[data-at="${CSS.escape(at.join('/'))}"]`);

/** Goes there, says so, and shows it where it is then, with the focus when it had it. */
async function go(path, at, list, before, focus = false) {
  const name = stepLabel(stepType(valueAt(treeOf(path), at)));
  const come = await moveStep(path, at, list, before);
  for (const one of around(path, come)) setOpen(path, one.slice(0, -1), one.at(-1));
  const there = stepLists(path).find((x) => x.at.join('/') === come.slice(0, -1).join('/'))?.name;
  announce(t('movedInto', { name, place: there ?? '' }));
  if (focus) requestAnimationFrame(() => requestAnimationFrame(() => findStep(come)?.querySelector('.grip')?.focus()));
}

/** Where else a step can go: out of the steps around it, and into each list there is. */
export function elsewhere(path, at) {
  const tree = treeOf(path);
  const here = at.slice(0, -1).join('/');
  const out = around(path, at).flatMap((outer) => {
    const name = stepName(valueAt(tree, outer), Number(outer.at(-1)));
    const to = outer.slice(0, -1);
    return [{ label: t('before', { name }), go: () => go(path, at, to, Number(outer.at(-1))).catch(() => {}) },
      { label: t('afterOne', { name }), go: () => go(path, at, to, Number(outer.at(-1)) + 1 < listed(valueAt(tree, to)).length ? Number(outer.at(-1)) + 1 : null).catch(() => {}) }];
  });
  const lists = stepLists(path).filter((x) => x.at.join('/') !== here && mayGo(at, x.at));
  return [...out, ...lists.map((x) => ({ label: t('intoList', { name: x.name }), go: () => go(path, at, x.at, null).catch(() => {}) }))];
}

/** Up and down lead out at the ends, left leads out behind, right into the step before or after. */
export function beyond(path, at, key) {
  const tree = treeOf(path);
  const [outer] = around(path, at);
  const list = at.slice(0, -1);
  const i = Number(at.at(-1));
  if (key === 'ArrowRight') {
    const into = [i - 1, i + 1].map((n) => [n, innerOf(valueAt(tree, [...list, String(n)]))[0]]).find(([n, one]) => n >= 0 && one);
    if (!into) return null;
    return () => go(path, at, [...list, String(into[0]), ...into[1].at], into[0] > i && listed(valueAt(tree, [...list, String(into[0]), ...into[1].at])).length ? 0 : null, true).catch(() => {});
  }
  if (!outer || !['ArrowUp', 'ArrowDown', 'ArrowLeft'].includes(key)) return null;
  const to = outer.slice(0, -1);
  const n = Number(outer.at(-1)) + (key === 'ArrowUp' ? 0 : 1);
  return () => go(path, at, to, n < listed(valueAt(tree, to)).length ? n : null, true).catch(() => {});
}

let shared = null;
const mine = (operation) => operation.source.data.at.join('/') === operation.target.data.at?.join('/');

// Over a step: before or behind it, in the middle of a closed one with steps in it: at their end.
function sideOf(operation) {
  const { inside, at } = operation.target.data;
  if (!at || mine(operation)) return at ? null : 'in';
  const box = operation.target.element.getBoundingClientRect();
  const share = (operation.position.current.y - box.top) / box.height;
  if (inside && share > 0.3 && share < 0.7) return 'in';
  return behind(operation) ? 'after' : 'before';
}

function dropped(operation) {
  const { path, at } = operation.source.data;
  const to = operation.target.data;
  const side = sideOf(operation);
  if (!side) return;
  const list = side === 'in' ? to.inside : to.list;
  const n = listed(valueAt(treeOf(path), list)).length;
  const i = side === 'in' ? n : to.i + (side === 'after' ? 1 : 0);
  const before = i < n ? i : null;
  if (list.join('/') === operation.source.data.list.join('/') && [i, i - 1].includes(operation.source.data.i)) return;      // where it is
  landed(shared).then(() => go(path, at, list, before)).catch(() => {});
}

/** All lists drag with one, from each into each. */
export function manager() {
  if (shared) return shared;
  shared = newManager(document.querySelector('meta[name="nonce"]')?.content, { keys: false });
  showTarget(shared, sideOf);
  shared.monitor.addEventListener('dragend', ({ operation, canceled }) => { if (!canceled && operation.source && operation.target) dropped(operation); });
  return shared;
}

export const accepts = (path, list) => (source) => source.data.path === path && mayGo(source.data.at, list);

/** inside: the list in a closed one that takes what is let go on it. */
export const dataOf = (path, at, list, i) => ({ path, at, list, i, get inside() {
  const one = isOpen(path, at) ? null : innerOf(valueAt(treeOf(path), at))[0];
  return one ? [...at, ...one.at] : null;
} });

/** A list takes what is let go beside its steps, at its end. */
export function useList(path, list) {
  const box = useRef(null);
  const id = `${path} ${list.join('/')}`;
  useEffect(() => {
    const wired = new Droppable({ id: `list:${id}`, element: box.current, data: { inside: list }, accept: accepts(path, list), collisionPriority: list.length * 2 }, manager());
    return () => wired.destroy();
  }, [id]);
  return box;
}
