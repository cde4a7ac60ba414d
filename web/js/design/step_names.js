// The names that an expression in steps knows besides the fields: what steps before it called their
// result (`as`, `let`), and what the automation was given.
import { treeOf, valueAt } from './store.js';

const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
const MAKERS = ['create', 'upsert', 'find', 'query'];
// Of many records a dot leads nowhere.
const ONE = new Set(['create', 'upsert', 'find']);

/** What one step names: [{value, form, label}]. */
function namedBy(step) {
  const made = MAKERS.filter((k) => isMap(step[k]) && step[k].as).map((k) => ({ value: step[k].as, form: ONE.has(k) ? step[k].form ?? null : null }));
  return [...made, ...(isMap(step.let) ? Object.keys(step.let).map((value) => ({ value, form: null })) : [])];
}

/**
 * Of the steps around a place and before it; a later one of the same name hides the earlier.
 * @param {string} path @param {string[]} at @returns {{value: string, form: string | null, inner?: object[]}[]}
 */
export function stepNames(path, at) {
  const tree = treeOf(path);
  const found = new Map();
  const given = at[0] === 'automations' ? valueAt(tree, ['automations', at[1], 'given']) : null;
  if (isMap(given)) found.set('given', { value: 'given', form: null, inner: Object.keys(given).map((value) => ({ value, label: '' })) });
  for (let n = 1; n < at.length; n += 1) {
    const list = /^\d+$/.test(at[n]) ? valueAt(tree, at.slice(0, n)) : null;
    if (!Array.isArray(list) || !['do', 'else'].includes(at[n - 1])) continue;
    for (const step of list.slice(0, Number(at[n])).filter(isMap)) for (const one of namedBy(step)) found.set(one.value, one);
  }
  return [...found.values()];
}
