// A new form as text: in one's draft, with rights to go on from. What is new comes into the menu; what
// goes leaves it.
import { formPath, roles } from './names_of.js';
import { editAll, treeOf } from './store.js';

/** fields: lines of YAML below `fields:`; more: lines of the form's own. Whoever has a role may use it. */
export function writeForm(name, label, title, fields, more = '') {
  const all = roles().map((r) => r.value);
  const rights = all.length ? `permissions:\n${all.map((r) => `  ${r}: {create: true, read: all, update: all}\n`).join('')}` : '';
  const text = `form: ${name}\nlabel: ${JSON.stringify(label)}\ntitle: ${JSON.stringify(title)}\n${more}fields:\n${fields}${rights}`;
  return editAll([{ path: formPath(name), text }, ...intoMenu(name)]);
}

/** Where the menu is written out what is new gets its entry, a dashboard beside others; otherwise it has one by itself. */
export function intoMenu(name) {
  const menu = treeOf('app.yaml')?.menu;
  if (!Array.isArray(menu)) return [];
  const of = (like) => menu.findLastIndex((m) => Array.isArray(m?.items) && m.items.some(like));
  const beside = name.startsWith('dashboard.') ? of((item) => String(item).startsWith('dashboard.')) : -1;
  const section = beside >= 0 ? beside : menu.findIndex((m) => Array.isArray(m?.items));
  const op = section >= 0 ? { op: 'add', path: ['menu', String(section), 'items', '-'], value: name } : { op: 'add', path: ['menu', '-'], value: { items: [name] } };
  return [{ path: 'app.yaml', ops: [op] }];
}

/** The edits that take it out, from the last on, so that positions stay what they were. */
export function outOfMenu(name) {
  const menu = treeOf('app.yaml')?.menu;
  if (!Array.isArray(menu)) return [];
  const ops = menu.flatMap((m, i) => {
    const items = [m?.items ?? []].flat();
    if (!items.includes(name)) return [];
    return [items.length > 1 ? ['menu', String(i), 'items', String(items.indexOf(name))] : ['menu', String(i)]];
  }).reverse().map((path) => ({ op: 'remove', path }));
  return ops.length ? [{ path: 'app.yaml', ops }] : [];
}

/** The edits that call it so in the menu. */
export function inMenu(name, to) {
  const menu = treeOf('app.yaml')?.menu;
  if (!Array.isArray(menu)) return [];
  const ops = menu.flatMap((m, i) => [m?.items ?? []].flat().flatMap((x, n) => (x === name
    ? [{ op: 'set', path: Array.isArray(m.items) ? ['menu', String(i), 'items', String(n)] : ['menu', String(i), 'items'], value: to }] : [])));
  return ops.length ? [{ path: 'app.yaml', ops }] : [];
}
