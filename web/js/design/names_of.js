// What a definition may name: forms, fields, stages, roles, functions; as options with their labels.
import { files, tables, treeOf } from './store.js';
import { labelOf, t } from './words.js';

const SYSTEM = ['created_at', 'created_by', 'updated_at', 'updated_by'];

const trees = (kind) => [...files.value.values()].filter((f) => f.kind === kind && f.tree);

export const formPath = (key) => `forms/${key}.yaml`;
export const forms = () => trees('form').map((f) => ({ value: f.tree.form, label: labelOf(f.tree.label, f.tree.form) }));
export const flowsOf = (form) => trees('workflow').filter((f) => f.tree.form === form);

export function fieldsOf(form, system = false) {
  const tree = treeOf(formPath(form));
  const own = Object.entries(tree?.fields ?? {}).map(([key, f]) => ({ value: key, label: labelOf(f?.label, key), type: f?.type }));
  return system ? [...own, ...['stage', ...SYSTEM].map((key) => ({ value: key, label: key }))] : own;
}

export const stagesOf = (form) => flowsOf(form).flatMap((f) => Object.entries(f.tree.stages ?? {})
  .map(([key, s]) => ({ value: key, label: labelOf(s?.label, key) })));
export const roles = () => Object.entries(treeOf('app.yaml')?.roles ?? {}).map(([key, r]) => ({ value: key, label: labelOf(r?.label, key) }));

/** For an expression over a record of the form: groups of options. */
export const expressionNames = (form) => [
  { label: t('fields'), options: fieldsOf(form, true).map((o) => ({ value: o.value, label: o.label === o.value ? o.value : `${o.label} (${o.value})` })) },
  { label: t('functions'), options: tables.value.functions.map((f) => ({ value: `${f.name}(`, label: `${f.name}(${f.args ?? ''})` })) },
];
