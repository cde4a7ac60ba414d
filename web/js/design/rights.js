// What one does to the rights of a form. No entry, no right: what says nothing is not written, and an
// entry that says nothing any more goes.
import { nameFor } from './names.js';
import { formPath, roles } from './names_of.js';
import { adding, edit, editAll, tables, treeOf, valueAt } from './store.js';
import { t } from './words.js';

export const ONCE = new Set(['create', 'import', 'share']);       // no record is there yet, or none is asked
const BUILTIN = ['admin', 'everyone', 'public'];

const attrOf = () => tables.value.kinds.form.find((k) => k.key === 'permissions');
const grantKeys = () => attrOf().of ?? tables.value.shapes[attrOf().shape].of;
export const acts = () => grantKeys().filter((k) => k.key !== 'fields');
export const grantsOf = (form) => treeOf(formPath(form))?.permissions ?? {};

/** Every role there is, and those that only the form names. */
export function allRoles(form) {
  const known = [...roles(), { value: 'everyone', label: t('everyone') }];
  const more = Object.keys(grantsOf(form)).filter((key) => !known.some((r) => r.value === key));
  return [...known, ...more.map((key) => ({ value: key, label: key }))];
}

/** The kind of a scope or a right, as the inputs tell them apart: '' for none, 'when' for an expression. */
export function kindOf(value, words) {
  if (value === undefined || value === null || value === false || value === 'none') return '';
  if (value === true || value === 'all' || value === 'true') return 'all';
  return words.includes(value) ? value : 'when';
}

// Takes away the place and whatever is empty without it.
function removal(form, at) {
  let place = at;
  for (let n = at.length - 1; n > 0; n -= 1) {
    const parent = at.slice(0, n).reduce((node, key) => node?.[key], treeOf(formPath(form)));
    if (Object.keys(parent ?? {}).length > 1) break;
    place = at.slice(0, n);
  }
  return { op: 'remove', path: place };
}

/** Says what a role may, or of a field; undefined: nothing; a function says it in its turn. */
export function setRight(form, at, value, merge) {
  const path = ['permissions', ...at];
  return edit(formPath(form), () => {
    const said = typeof value === 'function' ? value() : value;
    if (said !== undefined) return [{ op: 'set', path, value: said }];
    return valueAt(treeOf(formPath(form)), path) === undefined ? [] : [removal(form, path)];
  }, merge ? path.join('.') : undefined);
}

/** The same right on all fields of the form; undefined: as the record. */
export const setAllFields = (form, role, value) => setRight(form, [role, 'fields'], value === undefined ? undefined
  : () => Object.fromEntries(Object.keys(treeOf(formPath(form)).fields ?? {}).map((key) => [key, value])));

/** A role of the app, which may at first read what is its own. */
export async function addRole(form, label) {
  await editAll(async () => {
    const name = await nameFor(label, new Set([...Object.keys(treeOf('app.yaml')?.roles ?? {}), ...BUILTIN]), 'role');
    return [{ path: 'app.yaml', ops: [adding('app.yaml', ['roles'], name, { label })] },
      { path: formPath(form), ops: [{ op: 'set', path: ['permissions', name, 'read'], value: treeOf(formPath(form)).owner ? 'own' : 'all' }] }];
  });
}
