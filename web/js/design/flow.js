// What one does to a workflow: each is one act, so one to undo. Names of stages stand
// in transitions, of this workflow and of others (FLOW.STAGE), and in `migrate`; they follow.
import { adding, edit, editAll, files, removing, select, selected, treeOf } from './store.js';
import { flowsOf, formPath } from './names_of.js';
import { nameFor } from './names.js';
import { removal } from './remove.jsx';
import { labelOf, t } from './words.js';

export const stagesIn = (tree) => Object.entries(tree?.stages ?? {});
export const waysIn = (tree) => Object.entries(tree?.transitions ?? {});
/** The stages a transition leaves. */
export const leaves = (way) => (Array.isArray(way?.from) ? way.from : way?.from ? [way.from] : []).map(String);
const set = (path, value) => ({ op: 'set', path, value });
const oneOrMore = (list) => (list.length === 1 ? list[0] : list);
const pick = (path, ...at) => select(path, at);

// Who may make what the last transition's people may; in a first one the owner, if records have one.
function people(form, tree) {
  const by = waysIn(tree).map(([, way]) => way?.by).filter(Boolean).at(-1);
  return by ?? (treeOf(formPath(form))?.owner ? 'owner' : 'everyone');
}

/** A workflow of two stages. label: of the workflow, or nothing for the first of a form, which is called as the form. */
export async function addFlow(form, label) {
  const said = (text) => JSON.stringify(text);
  let path = null;
  await editAll(async () => {
    if (!label && flowsOf(form).length) return [];
    const all = [...files.value.values()].filter((f) => f.kind === 'workflow');
    const name = await nameFor(label || `${form}_flow`, new Set(all.map((f) => f.path.replace(/^.*\/|\.yaml$/g, ''))), 'flow');
    path = `workflows/${name}.yaml`;
    return [{ path, text: [`workflow: ${name}`, `form: ${form}`, `label: ${said(label || treeOf(formPath(form))?.label || form)}`, 'stages:',
      `  new: {label: ${said(t('stageNew'))}}`, `  done: {label: ${said(t('stageDone'))}, status: done}`, 'transitions:',
      '  finish:', `    label: ${said(t('stageDone'))}`, '    from: new', '    to: done', `    by: ${said(people(form, null))}`, ''].join('\n') }];
  });
  if (path) pick(path);
  return path;
}

export async function removeFlow(path) {
  const tree = treeOf(path);
  const gone = await removal({ name: labelOf(tree.label, tree.workflow), list: [{ path, text: null }] });
  if (gone) selected.value = null;
  return gone;
}

/** After the stage `after`, or at the end. */
export async function addStage(path, label, after) {
  let name;
  await edit(path, async () => {
    const stages = treeOf(path).stages ?? {};
    name = await nameFor(label, new Set(Object.keys(stages)), 'stage');
    return [adding(path, ['stages'], name, { label }, after in stages ? { after } : {})];
  });
  pick(path, 'stages', name);
  return name;
}

/** to: a stage, or FLOW.STAGE. Called like where it leads. */
export async function addWay(path, form, from, to) {
  const [flow, stage] = to.includes('.') ? to.split('.') : [null, to];
  let name;
  await edit(path, async (place) => {
    const tree = treeOf(path);
    const source = place(['stages', from])?.[1];
    const there = flow ? flowsOf(form).find((f) => f.tree.workflow === flow)?.tree : tree;
    if (!source) return [];
    name = await nameFor(stage, new Set(Object.keys(tree.transitions ?? {})), 'go');
    return [adding(path, ['transitions'], name, { label: there?.stages?.[stage]?.label ?? stage, from: source, to, by: people(form, tree) })];
  });
  pick(path, 'transitions', name);
  return name;
}

/** Where the records of a stage go that is none any more; undefined: on by what they began with. */
export const sendOn = (path, stage, to) => edit(path, () => {
  if (to !== undefined) return [set(['migrate', stage], to)];
  return treeOf(path).migrate?.[stage] === undefined ? [] : [removing(path, ['migrate', stage])];
});

// `migrate` when a stage gets another name (undefined: none), and the records published under
// `along` come with it. A stage that is there has no place in it.
function migrated(tree, key, name, along) {
  const before = tree.migrate ?? {};
  const now = {};
  for (const [old, to] of Object.entries(before))
    if (old !== name && (to !== key || name !== undefined)) now[old] = to === key ? name : to;
  if (along && name !== undefined) now[along] = name;
  const gone = Object.keys(before).filter((old) => !(old in now));
  if (gone.length && !Object.keys(now).length) return [{ op: 'remove', path: ['migrate'] }];
  return [...gone.map((old) => ({ op: 'remove', path: ['migrate', old] })),
    ...Object.entries(now).filter(([old, to]) => before[old] !== to).map(([old, to]) => set(['migrate', old], to))];
}

const others = (path, form, ref) => flowsOf(form).filter((f) => f.path !== path && waysIn(f.tree).some(([, way]) => way?.to === ref));

/** along: its records, published under this name, come along (`migrate`). */
export async function renameStage(path, form, was, name, along) {
  await editAll((place) => {
    const key = place(path, ['stages', was])?.[1];
    return key && key !== name ? renaming(path, form, key, name, along) : [];
  });
  pick(path, 'stages', name);
}

function renaming(path, form, key, name, along) {
  const tree = treeOf(path);
  const own = (to) => (to === key ? name : to === `${tree.workflow}.${key}` ? `${tree.workflow}.${name}` : to);
  const ops = waysIn(tree).flatMap(([way, is]) => [
    ...(leaves(is).includes(key) ? [set(['transitions', way, 'from'], Array.isArray(is.from) ? is.from.map(own) : name)] : []),
    ...(own(is?.to) !== is?.to ? [set(['transitions', way, 'to'], own(is.to))] : [])]);
  return [{ path, ops: [{ op: 'rename', path: ['stages', key], name }, ...ops, ...migrated(tree, key, name, along ? key : null)] },
    ...others(path, form, `${tree.workflow}.${key}`).map((f) => ({ path: f.path, ops: waysIn(f.tree).filter(([, way]) => way?.to === `${tree.workflow}.${key}`)
      .map(([way]) => set(['transitions', way, 'to'], `${tree.workflow}.${name}`)) }))];
}

const withoutWays = (tree, gone) => (gone.length && gone.length === waysIn(tree).length ? [{ op: 'remove', path: ['transitions'] }]
  : gone.map((way) => ({ op: 'remove', path: ['transitions', way] })));

/** With the transitions that lead only from or to it, those of other workflows too, in one act.
    Resolves with the labels of those, or with null where it stays. */
export async function removeStage(path, key) {
  const tree = treeOf(path);
  const { named } = goneWith(path, key);
  const went = await removal({ name: labelOf(tree.stages[key]?.label, key), along: named,
    list: () => (key in (treeOf(path).stages ?? {}) ? goneWith(path, key).list : []) });
  if (went) pick(path);
  return went ? named : null;
}

function goneWith(path, key) {
  const tree = treeOf(path);
  const ref = `${tree.workflow}.${key}`;
  const ends = ([, way]) => way?.to === key || way?.to === ref || leaves(way).join() === key;
  const gone = waysIn(tree).filter(ends).map(([way]) => way);
  const less = waysIn(tree).filter(([way, is]) => !gone.includes(way) && leaves(is).includes(key))
    .map(([way, is]) => set(['transitions', way, 'from'], oneOrMore(leaves(is).filter((s) => s !== key))));
  const more = others(path, tree.form, ref).map((f) => ({ path: f.path, tree: f.tree, gone: waysIn(f.tree).filter(([, way]) => way?.to === ref).map(([way]) => way) }));
  const named = [{ tree, gone }, ...more].flatMap((f) => f.gone.map((way) => labelOf(f.tree.transitions[way]?.label, way)));
  return { named,
    list: [{ path, ops: [...less, ...withoutWays(tree, gone), ...migrated(tree, key), { op: 'remove', path: ['stages', key] }] },
      ...more.map((f) => ({ path: f.path, ops: withoutWays(f.tree, f.gone) }))] };
}

export async function removeWay(path, key) {
  await edit(path, () => (key in (treeOf(path).transitions ?? {}) ? withoutWays(treeOf(path), [key]) : []));
  pick(path);
}

// What names a transition in its own workflow: a move when it is late, what follows a wait.
function namesWay(node, at, key) {
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([k, v]) => (v === key && ['move', 'then', 'else'].includes(k) ? [[...at, k]] : namesWay(v, [...at, k], key)));
}

export async function renameWay(path, was, name) {
  await edit(path, (place) => {
    const tree = treeOf(path);
    const key = place(['transitions', was])?.[1];
    if (!key || key === name) return [];
    const late = stagesIn(tree).flatMap(([stage, is]) => namesWay(is?.late, ['stages', stage, 'late'], key));
    const wait = waysIn(tree).flatMap(([way, is]) => ['then', 'else'].filter((k) => is?.wait_for?.[k] === key).map((k) => ['transitions', way, 'wait_for', k]));
    return [...[...late, ...wait].map((at) => set(at, name)), { op: 'rename', path: ['transitions', key], name }];
  });
  pick(path, 'transitions', name);
}

/** One place on or back among its like. */
export const shift = (path, list, key, by) => edit(path, () => {
  const keys = Object.keys(treeOf(path)[list] ?? {});
  const other = keys[keys.indexOf(key) + by];
  return keys.includes(key) && other !== undefined ? [{ op: 'move', path: [list, key], [by < 0 ? 'before' : 'after']: other }] : [];
});

/** Stages a transition may lead to, those of the form's other workflows too. */
export function goals(path, form) {
  return flowsOf(form).flatMap((f) => stagesIn(f.tree).map(([key, s]) => ({
    value: f.path === path ? key : `${f.tree.workflow}.${key}`,
    label: f.path === path ? labelOf(s?.label, key) : `${labelOf(f.tree.label, f.tree.workflow)}: ${labelOf(s?.label, key)}`,
    own: f.path === path,
  }))).sort((a, b) => b.own - a.own);
}
