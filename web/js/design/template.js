// What taking forms of a template means: which others they need, what of app.yaml they name, and the
// changes of the draft. Nothing that is there already is changed.
import { editAll, file, treeOf } from './store.js';
import { formPath, forms } from './names_of.js';

const SAID = new Set(['label', 'help', 'text', 'message', 'placeholder', 'guide', 'title', 'section', 'tab', 'subject', 'body']);
const CALL = /\b(?:count_of|sum_of|exists|lookup)\(\s*(\w+)/g;

// What people read; a field may be called so, too.
const isSaid = (key, node) => SAID.has(key) && (typeof node === 'string' || Object.keys(node ?? {}).every((x) => /^[a-z]{2}(-\w+)?$/.test(x)));

/** Every scalar of a tree that means something: fn(value, key it stands at, map it stands in). */
function each(node, fn, key = '', map = null) {
  if (Array.isArray(node)) node.forEach((x) => each(x, fn, key, map));
  else if (node && typeof node === 'object') {
    for (const [name, x] of Object.entries(node)) if (!isSaid(name, x)) each(x, fn, name, node);
  } else if (node !== null && node !== undefined) fn(String(node), key, map);
}

/** The forms that a definition names. */
function formsIn(tree, known) {
  const found = new Set();
  each(tree, (value, key, map) => {
    const names = key === 'form' || (key === 'to' && /^links?$/.test(map?.type)) || (key === 'from' && map?.type === 'rollup');
    if (names && known.has(value)) found.add(value);
    for (const [, name] of value.matchAll(CALL)) if (known.has(name)) found.add(name);
  });
  return found;
}

/** The forms that a plugin names: in quotes, alone or before a dot. */
const formsInRules = (text, known) => new Set([...text.matchAll(/["'](\w+)(?:\.[\w.]+)?["']/g)].map((m) => m[1])
  .filter((name) => known.has(name)));

/** A template as it comes from the server → {app, forms: Map of {key, tree, files, needs}, dashboards}. */
export function understood(template) {
  const of = (kind) => template.files.filter((f) => f.kind === kind);
  const known = new Set(of('form').map((f) => f.tree.form));
  const own = new Map(of('form').map((f) => [f.tree.form, { key: f.tree.form, tree: f.tree, files: [f], needs: formsIn(f.tree, known) }]));
  const give = (f, names) => {
    const [first] = names;
    for (const name of f.kind === 'workflow' ? [first] : names) {
      own.get(name).files.push(f);
      for (const other of names) own.get(name).needs.add(other);
    }
  };
  for (const f of of('workflow')) give(f, new Set([f.tree.form, ...formsIn(f.tree, known)]));
  for (const f of of('plugin')) {
    const names = formsInRules(f.text, known);
    give(f, names.size ? names : known);
  }
  for (const [key, form] of own) form.needs.delete(key);
  const dashboards = of('dashboard').map((f) => ({ key: `dashboard.${f.tree.dashboard}`, file: f, needs: [...formsIn(f.tree, known)] }));
  return { ...template, app: of('app')[0].tree, forms: own, dashboards };
}

/** A form of that name is in the app. */
export const isThere = (key) => Boolean(file(formPath(key)));

/** The chosen forms with all that they need and the app does not have. */
export function wanted(template, chosen) {
  const all = new Set();
  const take = (key) => {
    if (all.has(key) || isThere(key)) return;
    all.add(key);
    template.forms.get(key).needs.forEach(take);
  };
  chosen.forEach(take);
  return [...template.forms.keys()].filter((key) => all.has(key));
}

/** The dashboards that count only what is taken; one that is there stays. */
const dashboardsOf = (template, keys) => template.dashboards.filter((d) => !file(d.file.path) && d.needs.every((key) => keys.includes(key)));
const filesOf = (template, keys) => [...new Set(keys.flatMap((key) => template.forms.get(key).files)), ...dashboardsOf(template, keys).map((d) => d.file)];
/** Files that would have to be other ones than the app has. */
export const inTheWay = (template, keys) => filesOf(template, keys).filter((f) => file(f.path)).map((f) => f.path);

const CALENDAR = new Set(['calendar', 'quiet', 'hours']);
const OPTION = new Set(['value', 'options', 'default']);       // what is stored may be called as a role is
const WORKED = /\b\d+b[dh]\b|\b(?:add_)?work(?:days|_hours)\(/;
/** What the files name of app.yaml: roles with those they include, calendars (the first one counts where
    none is named), channels. */
function named(template, files) {
  const app = template.app;
  const roles = new Set(), calendars = new Set(), channels = new Set();
  const [first] = treeOf('app.yaml')?.calendars ? [] : Object.keys(app.calendars ?? {});
  const role = (key) => {
    if (roles.has(key)) return;
    roles.add(key);
    [app.roles[key].includes ?? []].flat().forEach(role);
  };
  const words = Object.keys(app.roles ?? {});
  for (const f of files.filter((x) => x.tree)) {
    Object.keys(f.tree.permissions ?? {}).filter((key) => words.includes(key)).forEach(role);
    each(f.tree, (value, key, map) => {
      if (!OPTION.has(key)) words.filter((w) => new RegExp(`\\b${w}\\b`).test(value)).forEach(role);
      if (CALENDAR.has(key) && app.calendars?.[value]) calendars.add(value);
      if (first && WORKED.test(value)) calendars.add(first);
      if (key === 'via' && !map?.field && map?.type !== 'rollup' && app.channels?.[value]) channels.add(value);
    });
  }
  return { roles: [...roles], calendars: [...calendars], channels: [...channels] };
}

/** What comes with the forms into app.yaml: of roles, calendars and channels those that are not there yet. */
export function brings(template, keys) {
  const names = named(template, filesOf(template, keys));
  const now = treeOf('app.yaml') ?? {};
  const missing = (part) => Object.keys(template.app[part] ?? {}).filter((key) => names[part].includes(key) && !now[part]?.[key]);
  return Object.fromEntries(Object.keys(names).map((part) => [part, missing(part)]));
}

/** Where the menu is written out: the template's sections, as far as their forms are taken. */
function menuOps(template, keys) {
  const menu = treeOf('app.yaml')?.menu;
  if (!Array.isArray(menu)) return forms().length || !template.app.menu ? [] : [{ op: 'set', path: ['menu'], value: template.app.menu }];
  const shown = [...keys, ...dashboardsOf(template, keys).map((d) => d.key)];
  return (template.app.menu ?? []).map((m) => ({ ...m, items: [m.items].flat().filter((x) => shown.includes(x)) }))
    .filter((m) => m.items.length).map((value) => ({ op: 'add', path: ['menu', '-'], value }));
}

/** Puts the forms with what they need into the draft, as one to undo. */
export const take = (template, keys) => editAll(() => {
  const ops = Object.entries(brings(template, keys)).flatMap(([part, list]) => {
    const values = template.app[part];
    if (!list.length) return [];
    if (!treeOf('app.yaml')?.[part])
      return [{ op: 'set', path: [part], value: Object.fromEntries(list.map((key) => [key, values[key]])) }];
    return list.map((key) => ({ op: 'add', path: [part, key], value: values[key] }));
  });
  ops.push(...menuOps(template, keys));
  const files = filesOf(template, keys).map(({ path, text }) => ({ path, text }));
  return [...(ops.length ? [{ path: 'app.yaml', ops }] : []), ...files];
});
