// Steps from list to list: which lists of steps a file has, where each step of one could go, and
// what becomes of the places of the others. A list is named by its path in the file's tree.
import { signal } from '@preact/signals';
import { keysOf } from './keys_of.js';
import { formLabel, listed, stepLabel, stepType } from './said.jsx';
import { edit, file, tables, treeOf, valueAt } from './store.js';
import { labelOf, t } from './words.js';

const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
const same = (a, b) => a.length === b.length && a.every((k, i) => k === b[i]);
const within = (at, what) => what.every((k, i) => at[i] === k);

/** The lists in a step, whether they are there yet or not. */
export function innerOf(step) {
  const type = stepType(step);
  const attr = tables.value.shapes.step.types[type]?.of[0];
  return (attr?.of ?? []).filter((a) => a.shape === 'step').map((a) => ({ at: [type, a.key], label: type === 'when' ? t(a.key === 'do' ? 'whenHolds' : 'whenNot') : a.label }));
}

function detail(step) {
  const body = step?.[stepType(step)];
  if (!isMap(body)) return '';
  return String(body.if ?? (body.form ? formLabel(body.form) : ''));
}
/** A step by its number and what it is about. */
export const stepName = (step, i) => `${i + 1}. ${[stepLabel(stepType(step)), detail(step)].filter(Boolean).join(' ')}`;

function stepsIn(list, value, name, out) {
  out.push({ at: list, name: name.join(' › ') });
  const alone = !Array.isArray(value);
  listed(value).forEach((step, i) => {
    if (!isMap(step)) return;
    const at = alone ? list : [...list, String(i)];
    const inner = innerOf(step);
    for (const one of inner) stepsIn([...at, ...one.at], valueAt(step, one.at), [...name, stepName(step, i), ...(inner.length > 1 ? [one.label] : [])], out);
  });
}

function walk(of, value, at, name, out) {
  for (const attr of of ?? []) {
    const now = value?.[attr.key];
    if (now === undefined || now === null) continue;
    const here = [...at, attr.key];
    const into = (item, place, said) => { if (isMap(item)) walk(keysOf(attr, item)?.of, item, place, said, out); };
    if (attr.shape === 'step') { if (typeof now !== 'string') stepsIn(here, now, name.length ? name : [attr.label], out); continue; }
    if (attr.kind === 'each') for (const [key, item] of Object.entries(isMap(now) ? now : {})) into(item, [...here, key], [...name, labelOf(item?.label, key)]);
    else if (Array.isArray(now)) now.forEach((item, i) => into(item, [...here, String(i)], [...name, `${attr.label} ${i + 1}`]));
    else if (attr.of || attr.shape) into(now, here, [...name, attr.label]);
  }
}

/** All lists of steps of a file, in its order: [{at, name}]. */
export function stepLists(path) {
  const out = [];
  const now = file(path);
  walk(tables.value.kinds[now?.kind], treeOf(path), [], [], out);
  return out;
}

/** Which steps are open: [{path, at}] of the steps themselves. */
export const openSteps = signal([]);
export const isOpen = (path, at) => openSteps.value.some((x) => x.path === path && same(x.at, at));
export function setOpen(path, list, key) {
  const others = openSteps.value.filter((x) => x.path !== path || x.at.length !== list.length + 1 || !within(x.at, list));
  openSteps.value = key === null ? others : [...others, { path, at: [...list, String(key)] }];
}

// Where a place is when the entry `gone` of a list is out of it, or one has come in at `come`.
const without = (at, gone) => {
  const n = gone.length - 1;
  return at.length > n && within(at, gone.slice(0, n)) && Number(at[n]) > Number(gone[n]) ? [...at.slice(0, n), String(Number(at[n]) - 1), ...at.slice(n + 1)] : at;
};
const beside = (at, come) => {
  const n = come.length - 1;
  return at.length > n && within(at, come.slice(0, n)) && Number(at[n]) >= Number(come[n]) ? [...at.slice(0, n), String(Number(at[n]) + 1), ...at.slice(n + 1)] : at;
};

/** May the step at `at` go into that list? Not into itself. */
export const mayGo = (at, list) => !within(list, at);

/**
 * Puts the step at `at` (its own path; of a list without a list around it that of the list) into a
 * list, before the one of that number, null: at its end. Gives its path afterwards.
 */
export async function moveStep(path, given, into, next) {
  let come = given;
  let at, list, alone;
  const ops = (now) => {
    [at, list] = [now(given), now(into)];
    const found = next === null ? null : now([...into, String(next)]);
    const act = at && list && mayGo(at, list) ? movingOf(path, at, list, found && Number(found.at(-1))) : null;
    if (act) ({ come, alone } = act);
    return act?.ops ?? [];
  };
  await edit(path, ops, undefined, () => {
    const moved = (x) => (within(x, at) ? [...come, ...x.slice(at.length)] : beside(alone ? x : without(x, at), come));
    openSteps.value = openSteps.value.map((x) => (x.path === path ? { path, at: moved(x.at) } : x));
  });
  return come;
}

/** The operations of that, and where the step is then. */
function movingOf(path, at, list, before) {
  const tree = treeOf(path);
  const from = at.slice(0, -1);
  const to = valueAt(tree, list);
  const alone = !Array.isArray(valueAt(tree, from));
  const n = listed(to).length;
  const place = before === null ? (n ? { after: String(n - 1) } : {}) : { before: String(before) };
  const ops = [];
  if (!Array.isArray(to)) ops.push({ op: 'set', path: list, value: listed(to) });
  ops.push({ op: 'move', path: at, ...(same(from, list) ? {} : { to: list }), ...place });
  if (alone) ops.push({ op: 'set', path: at, value: [] });
  const come = [...(alone ? list : without(list, at)), String((before ?? n) - (!alone && same(from, list) && Number(at.at(-1)) < (before ?? n) ? 1 : 0))];
  return { ops, come, alone };
}

/** The steps around one, the nearest first: their own paths. */
export function around(path, at) {
  const tree = treeOf(path);
  const out = [];
  for (let n = at.length - 1; n > 1; n -= 1)
    if (/^\d+$/.test(at[n - 1]) && isMap(valueAt(tree, at.slice(0, n))) && innerOf(valueAt(tree, at.slice(0, n))).some((x) => same(x.at, at.slice(n, n + 2)))) out.push(at.slice(0, n));
  return out;
}
