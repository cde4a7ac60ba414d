// What one does to a form: each gives the operations of one edit. Fields stand in `fields`, and by
// name in the sections of `layout`, if it has one; what is in no section stands below them all.
import { adding, edit, removing, select, selected, treeOf } from './store.js';
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

/** The number of a section by now; -1 where it is gone: below all. */
const sectionNow = (place, n) => (n < 0 ? n : Number(place(['layout', n])?.[1] ?? -1));

/** Puts a field where to(its tree, its name, the number of a section by now) says: {section, before}, null: it stays. */
function put(form, name, to) {
  const path = formPath(form);
  return edit(path, (place) => {
    const tree = treeOf(path);
    const key = place(['fields', name])?.[1];
    const there = key && to(tree, key, (n) => sectionNow(place, n));
    if (!there) return [];
    const { section, before } = there;
    const ops = laid(tree, key, section, before);
    if (section < 0 || !layoutOf(tree).length) {
      const last = sectionsOf(tree).at(-1).filter((k) => k !== key).at(-1);
      if (before) ops.push({ op: 'move', path: ['fields', key], before });
      else if (last) ops.push({ op: 'move', path: ['fields', key], after: last });
    }
    return ops;
  });
}

/** Puts a field into a section (its number; -1: below all) before another one, or at its end. */
export const moveField = (form, name, section, before = null) => put(form, name,
  (tree, key, now) => ({ section: now(section), before: before in (tree.fields ?? {}) ? before : null }));

/** One place on or back, over the borders of sections. */
export const shiftField = (form, name, step) => put(form, name, (tree, key) => {
  const lists = sectionsOf(tree);
  const { section } = placeOf(tree, key);
  const n = section < 0 ? lists.length - 1 : section;
  const to = lists[n].indexOf(key) + step;
  if (to >= 0 && to < lists[n].length) return { section, before: step > 0 ? lists[n][to + 1] ?? null : lists[n][to] };
  return lists[n + step] ? { section: n + step === lists.length - 1 ? -1 : n + step, before: step > 0 ? lists[n + step][0] ?? null : null } : null;
});

/** A new field of that type; selected, so that one goes on with its label. */
export async function addField(form, type, label, section, before = null) {
  const path = formPath(form);
  let key;
  await edit(path, async (place) => {
    const tree = treeOf(path);
    key = await nameFor(label, new Set(Object.keys(tree.fields ?? {})), type);
    const value = { type, label, ...sample(type, form, label) };
    const next = before in (tree.fields ?? {}) ? before : null;
    return [adding(path, ['fields'], key, value, next && placeOf(tree, next).section < 0 ? { before: next } : {}), ...laid(tree, key, sectionNow(place, section), next)];
  });
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
  if (type === 'subform') return { fields: { item: { type: 'text', label: t('name') } } };
  return {};
}

export async function duplicateField(form, of) {
  const path = formPath(form);
  let name = null;
  await edit(path, (place) => {
    const tree = treeOf(path);
    const key = place(['fields', of])?.[1];
    if (!tree.fields?.[key]) return [];
    name = `${key}_2`;
    for (let n = 3; name in tree.fields; n += 1) name = `${key}_${n}`;
    const { section } = placeOf(tree, key);
    const after = sectionsOf(tree).at(section)?.at((sectionsOf(tree).at(section).indexOf(key) + 1)) ?? null;
    return [{ op: 'add', path: ['fields', name], value: tree.fields[key], after: key }, ...laid(tree, name, section, after)];
  });
  if (name) select(path, ['fields', name]);
}

/** After what uses it was said; resolves with whether it is gone. */
export async function removeField(form, name) {
  const path = formPath(form);
  let key = name;
  const list = (place) => {
    key = place(path, ['fields', name])?.[1];
    return key ? [{ path, ops: [...laid(treeOf(path), key, -2, null), { op: 'remove', path: ['fields', key] }] }] : [];
  };
  const gone = await removal({ name: labelOf(treeOf(path).fields?.[name]?.label, name), list });
  if (gone && selected.value?.path === path && selected.value.at[1] === key) selected.value = null;
  return gone;
}

/** Another name; data of a published field stays by `was`. */
export function renameField(form, was, name, published) {
  const path = formPath(form);
  return edit(path, (place) => {
    const key = place(['fields', was])?.[1];
    if (!key || key === name) return [];
    const ops = layoutOf(treeOf(path)).flatMap((s, i) => (listOf(s).includes(key)
      ? [list(['layout', String(i), 'fields'], listOf(s).map((k) => (k === key ? name : k)))] : []));
    return [...ops, { op: 'rename', path: ['fields', key], name, ...(published ? { was: true } : {}) }];
  });
}

export function addSection(form, label, tab) {
  const path = formPath(form);
  const item = { [tab ? 'tab' : 'section']: label, fields: [] };
  // The first section takes what there is along, so that nothing jumps.
  return edit(path, () => [adding(path, ['layout'], '-', layoutOf(treeOf(path)).length ? item : { ...item, fields: Object.keys(treeOf(path).fields ?? {}) })]);
}

/** What a section is called, or its place where it is not. */
export function sectionName(tree, i) {
  const section = layoutOf(tree)[i];
  return labelOf(section?.section ?? section?.tab, `${t('section')} ${i + 1}`);
}

/** to: its number afterwards. What is selected stays it. */
export const moveSection = (form, i, to) => edit(formPath(form), [{ op: 'move', path: ['layout', String(i)], ...(to > i ? { after: String(to) } : { before: String(to) }) }]);

export function removeSection(form, i) {
  const path = formPath(form);
  selected.value = null;
  return edit(path, (place) => { const at = place(['layout', i]); return at ? [removing(path, at)] : []; });
}
