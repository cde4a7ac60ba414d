// What one does to a form: each gives the operations of one edit. Fields stand in `fields`, and by
// name in the sections of `layout`, if it has one; what is in no section stands below them all.
import { edit, select, selected, treeOf } from './store.js';
import { formPath } from './names_of.js';
import { nameFor } from './names.js';
import { removal } from './remove.jsx';
import { labelOf, t } from './words.js';

const layoutOf = (tree) => (Array.isArray(tree?.layout) ? tree.layout : []);
const listOf = (section) => (Array.isArray(section?.fields) ? section.fields : section?.fields ? [section.fields] : []);

/** Where a field stands: {section, at}; section -1: below all sections. */
export function placeOf(tree, key) {
  const layout = layoutOf(tree);
  for (let i = 0; i < layout.length; i += 1) {
    const at = listOf(layout[i]).indexOf(key);
    if (at >= 0) return { section: i, at };
  }
  return { section: -1, at: -1 };
}

/** The fields of each section in order; the last list are those in none. */
export function sectionsOf(tree) {
  const layout = layoutOf(tree);
  const placed = new Set(layout.flatMap(listOf));
  const keys = Object.keys(tree?.fields ?? {});
  return [...layout.map(listOf), keys.filter((key) => !placed.has(key))];
}

const list = (path, value) => ({ op: 'set', path, value });

// The lists of sections that change, written whole: short, and the same for one or two of them.
function laid(tree, key, section, before) {
  const layout = layoutOf(tree);
  const ops = [];
  layout.forEach((s, i) => {
    const now = listOf(s);
    let next = now.filter((k) => k !== key);
    if (i === section) {
      const at = before === null ? next.length : next.indexOf(before);
      next = [...next.slice(0, at < 0 ? next.length : at), key, ...next.slice(at < 0 ? next.length : at)];
    }
    if (next.join() !== now.join()) ops.push(list(['layout', String(i), 'fields'], next));
  });
  return ops;
}

/** Puts a field into a section (its number; -1: below all) before another one, or at its end. */
export function moveField(form, key, section, before = null) {
  const tree = treeOf(formPath(form));
  const ops = laid(tree, key, section, before);
  if (section < 0 || !layoutOf(tree).length) {
    const rest = sectionsOf(tree).at(-1).filter((k) => k !== key);
    const last = rest.at(-1);
    if (before) ops.push({ op: 'move', path: ['fields', key], before });
    else if (last) ops.push({ op: 'move', path: ['fields', key], after: last });
  }
  return ops.length ? edit(formPath(form), ops) : Promise.resolve();
}

/** A new field of that type; selected, so that one goes on with its label. */
export async function addField(form, type, label, section, before = null) {
  const path = formPath(form);
  const tree = treeOf(path);
  const key = await nameFor(label, new Set(Object.keys(tree.fields ?? {})), type);
  const value = { type, label, ...sample(type, form, label) };
  const op = { op: 'add', path: ['fields', key], value };
  if (before && placeOf(tree, before).section < 0) op.before = before;
  await edit(path, [op, ...laid(tree, key, section, before)]);
  select(path, ['fields', key], true);
  return key;
}

// What a type cannot do without, so that the field stands at once and is then made what it shall be.
function sample(type, form, label) {
  const words = /\p{Script=Han}/u.test(label) ? ['选项一', '选项二'] : ['First', 'Second'];
  const options = words.map((text, i) => ({ value: `option_${i + 1}`, label: text }));
  if (type === 'choice' || type === 'choices') return { options };
  if (type === 'link' || type === 'links') return { to: form };
  if (type === 'formula') return { of: 'number', formula: '0' };
  if (type === 'serial') return { pattern: '{seq:5}' };
  if (type === 'note') return { text: label };
  if (type === 'subform') return { fields: { item: { type: 'text' } } };
  return {};
}

export function duplicateField(form, key) {
  const path = formPath(form);
  const tree = treeOf(path);
  const taken = new Set(Object.keys(tree.fields));
  let name = `${key}_2`;
  for (let n = 3; taken.has(name); n += 1) name = `${key}_${n}`;
  const { section } = placeOf(tree, key);
  const after = sectionsOf(tree).at(section)?.at((sectionsOf(tree).at(section).indexOf(key) + 1)) ?? null;
  return edit(path, [{ op: 'add', path: ['fields', name], value: tree.fields[key], after: key }, ...laid(tree, name, section, after)])
    .then(() => select(path, ['fields', name]));
}

/** After what uses it was said; resolves with whether it is gone. */
export async function removeField(form, key) {
  const path = formPath(form);
  const tree = treeOf(path);
  const gone = await removal({ name: labelOf(tree.fields[key]?.label, key), list: [{ path, ops: [...laid(tree, key, -2, null), { op: 'remove', path: ['fields', key] }] }] });
  if (gone && selected.value?.path === path && selected.value.at[1] === key) selected.value = null;
  return gone;
}

/** Another name; data of a published field stays by `was`. */
export async function renameField(form, key, name, published) {
  const path = formPath(form);
  const tree = treeOf(path);
  const ops = layoutOf(tree).flatMap((s, i) => (listOf(s).includes(key)
    ? [list(['layout', String(i), 'fields'], listOf(s).map((k) => (k === key ? name : k)))] : []));
  await edit(path, [...ops, { op: 'rename', path: ['fields', key], name, ...(published ? { was: true } : {}) }], undefined, () => {
    if (selected.value?.at[1] === key) selected.value = { ...selected.value, at: ['fields', name] };
  });
}

export function addSection(form, label, tab) {
  const path = formPath(form);
  const tree = treeOf(path);
  const item = { [tab ? 'tab' : 'section']: label, fields: [] };
  // The first section takes what there is along, so that nothing jumps.
  if (!layoutOf(tree).length)
    return edit(path, [{ op: 'set', path: ['layout'], value: [{ ...item, fields: Object.keys(tree.fields ?? {}) }] }]);
  return edit(path, [{ op: 'add', path: ['layout', '-'], value: item }]);
}

/** What a section is called, or its place where it is not. */
export function sectionName(tree, i) {
  const section = layoutOf(tree)[i];
  return labelOf(section?.section ?? section?.tab, `${t('section')} ${i + 1}`);
}

/** to: its number afterwards. What is selected stays it. */
export function moveSection(form, i, to) {
  const path = formPath(form);
  const chosen = selected.value;
  const at = chosen?.path === path && chosen.at[0] === 'layout' ? Number(chosen.at[1]) : null;
  const place = to > i ? { after: String(to) } : { before: String(to) };
  return edit(path, [{ op: 'move', path: ['layout', String(i)], ...place }], undefined, () => {
    if (at === null) return;
    const now = at === i ? to : at > i && at <= to ? at - 1 : at < i && at >= to ? at + 1 : at;
    selected.value = { ...chosen, at: ['layout', String(now), ...chosen.at.slice(2)] };
  });
}

export function removeSection(form, i) {
  const path = formPath(form);
  selected.value = null;
  return edit(path, [{ op: 'remove', path: layoutOf(treeOf(path)).length === 1 ? ['layout'] : ['layout', String(i)] }]);
}
