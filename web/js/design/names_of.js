// What a definition may name: forms, fields, stages, roles, functions; as options with their labels.
import { files, tables, treeOf } from './store.js';
import { labelOf, t } from './words.js';

const SYSTEM = ['created_at', 'created_by', 'updated_at', 'updated_by'];

const trees = (kind) => [...files.value.values()].filter((f) => f.kind === kind && f.tree);

export const formPath = (key) => `forms/${key}.yaml`;
export const forms = () => trees('form').map((f) => ({ value: f.tree.form, label: labelOf(f.tree.label, f.tree.form) }));
/** The names that no new form can have: those there are, and the engine's own forms. */
export const formNames = () => new Set(['user', 'department', ...forms().map((f) => f.value)]);
export const flowsOf = (form) => trees('workflow').filter((f) => f.tree.form === form);

export const dashPath = (key) => `dashboards/${key}.yaml`;
/** Those that can be read, and those that cannot: by their names. */
export const dashboards = () => [...files.value.values()].filter((f) => f.kind === 'dashboard')
  .map((f) => { const value = f.path.replace(/^.*\/|\.ya?ml$/g, ''); return { value, label: labelOf(f.tree?.label, value), path: f.path, tree: f.tree }; });

export const viewsOf = (form) => Object.entries(treeOf(formPath(form))?.views ?? {}).map(([key, v]) => ({ value: key, label: labelOf(v?.label, key) }));

export const workflows = () => trees('workflow').map((f) => ({ value: f.tree.workflow, label: labelOf(f.tree.label, f.tree.workflow), form: f.tree.form }));

/** Filters of a dashboard, of one type or all. */
export const filtersOf = (path, type) => Object.entries(treeOf(path)?.filters ?? {}).filter(([, f]) => !type || f?.type === type)
  .map(([value, f]) => ({ value, label: labelOf(f?.label, value) }));

export function fieldsOf(form, system = false) {
  const tree = treeOf(formPath(form));
  const own = Object.entries(tree?.fields ?? {}).map(([key, f]) => ({ value: key, label: labelOf(f?.label, key), type: f?.type, of: f?.of }));
  return system ? [...own, ...['stage', ...SYSTEM].filter((key) => !tree?.fields?.[key]).map((key) => ({ value: key, label: t(`sys_${key}`), type: /_by$/.test(key) ? 'user' : /_at$/.test(key) ? 'datetime' : key }))] : own;
}

export const stagesOf = (form) => flowsOf(form).flatMap((f) => Object.entries(f.tree.stages ?? {})
  .map(([key, s]) => ({ value: key, label: labelOf(s?.label, key) })));
export const channels = () => [{ value: 'inbox', label: t('inbox') }, ...Object.keys(treeOf('app.yaml')?.channels ?? {}).map((key) => ({ value: key, label: key }))];
export const calendars = () => Object.keys(treeOf('app.yaml')?.calendars ?? {}).map((key) => ({ value: key, label: key }));
export const roles = () => Object.entries(treeOf('app.yaml')?.roles ?? {}).map(([key, r]) => ({ value: key, label: labelOf(r?.label, key) }));

export const transitionsOf = (form) => flowsOf(form).flatMap((f) => Object.entries(f.tree.transitions ?? {})
  .map(([key, x]) => ({ value: key, label: labelOf(x?.label, key) })));

/** The options that stand in a field's definition. */
export function optionsOf(form, key) {
  const list = treeOf(formPath(form))?.fields?.[key]?.options;
  return Array.isArray(list) ? list.map((o) => (o && typeof o === 'object' ? { value: String(o.value), label: labelOf(o.label, o.value) } : { value: String(o), label: String(o) })) : [];
}

/** The form that a link, or a person, leads to. */
export const ledTo = (form, key) => {
  const field = treeOf(formPath(form))?.fields?.[key];
  if (!field) return /_by$/.test(key) ? 'user' : null;
  return field.to ?? { user: 'user', department: 'department' }[field.type] ?? null;
};

const rowsOf = (form, key) => Object.entries(treeOf(formPath(form))?.fields?.[key]?.fields ?? {})
  .map(([name, f]) => ({ value: name, label: labelOf(f?.label, name) }));

/** What a name may begin, in an expression that `use` (expr_use.js) says the place of. */
export function completions(use, word) {
  const parts = word.split('.');
  const last = parts.pop().toLowerCase();
  // By its name first, then by a word of what people call it.
  const rank = (o) => (o.value.toLowerCase().startsWith(last) ? 0 : String(o.label).toLowerCase().split(/\s+/).some((x) => x.startsWith(last)) || (/\p{Script=Han}/u.test(last) && o.label.includes(last)) ? 1 : 2);
  let form = use.form;
  if (parts[0] === 'this' || parts[0] === 'record') { form = use.this ?? use.form; parts.shift(); }
  const step = use.names?.find((x) => x.value === parts[0]);
  if (step?.inner && parts.length === 1) return step.inner.filter((x) => x.value.toLowerCase().startsWith(last));
  if (step) { form = step.form; parts.shift(); }
  for (const key of parts) form = form && ledTo(form, key);
  const dotted = word.includes('.');
  const fields = use.of && !dotted ? rowsOf(use.form, use.of) : form ? fieldsOf(form, true) : [];
  const calls = dotted ? [] : tables.value.functions.map((f) => ({ value: `${f.name}()`, show: `${f.name}(${f.args ?? ''})`, label: f.help ?? '', call: true, bare: !f.args }));
  const own = dotted ? [] : [...(use.this ? [{ value: 'this', label: t('thisRecord') }] : []), ...(use.names ?? []).map((x) => ({ value: x.value, label: x.label ?? t('stepName') }))];
  const starts = (f) => f.value.startsWith(last);
  return [...own.filter(starts), ...[0, 1].flatMap((n) => fields.filter((o) => rank(o) === n)).map((o) => ({ ...o, label: o.label === o.value ? '' : o.label })), ...calls.filter(starts)];
}
