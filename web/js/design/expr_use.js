// What an expression of a definition is over, by where it stands: whose fields bare names mean,
// what it may do there, and whether the server can try it as one types.
import { filtersOf } from './names_of.js';
import { stepNames } from './step_names.js';
import { treeOf, valueAt } from './store.js';

const OTHER = { pick: 'to', among: 'to', filter: 'form', where: 'form' };
const TIMES = new Set(['at', 'yearly', 'due', 'since', 'pause']);
// There steps behind others know names that only the whole text gives.
const STEPS = new Set(['automations', 'assign', 'pools', 'do', 'run', 'approve', 'wait_for', 'late']);

const DASHBOARD = /^dashboards\/(\w+)\.ya?ml$/;
/** Which records a card shows may hang on the filters of its dashboard; what is computed of them, not. */
const inCard = ({ path }, key) => (key === 'filter'
  ? { use: 'filter', dashboard: DASHBOARD.exec(path)?.[1], names: filtersOf(path).map((f) => ({ ...f, form: null })) }
  : { use: key === 'by' || key === 'across' ? 'filter' : 'figure' });

/**
 * form: its fields are bare names; use: as POST /definitions/try takes it; this: the form of
 * `this.`; sure: what the try calls wrong is wrong; of: a subform, whose rows have no try; names: of
 * steps before it.
 * @param {{path: string, at: (string | number)[], form: string}} where the map it stands in
 * @param {string} key
 */
export function exprUse(where, key) {
  const at = where.at.map(String);
  const beside = valueAt(treeOf(where.path), at) ?? {};
  const sure = !at.some((k) => STEPS.has(k)) && !STEPS.has(key);
  const plain = { form: where.form, sure, names: sure ? undefined : stepNames(where.path, at) };
  const rows = at[0] === 'fields' && at[2] === 'fields' ? at[1] : undefined;
  if (at[0] === 'cards') return { ...plain, ...inCard(where, key) };
  if (at[0] === 'permissions') return { ...plain, use: 'permission' };
  if (at[0] === 'views') return { ...plain, use: 'filter' };
  if (key === 'formula') return { ...plain, use: 'stored', of: rows };
  if (beside.type === 'rollup' && (key === 'do' || key === 'where')) return { form: beside.from, use: key === 'do' ? 'aggregate' : 'stored', sure: true, many: true };
  if (OTHER[key] && (key !== 'among' || beside.type)) {
    const other = beside[OTHER[key]] ?? (/^(user|department)s?$/.test(beside.type) ? beside.type.replace(/s$/, '') : where.form);
    return { ...plain, form: other, this: other === where.form ? undefined : where.form, use: 'filter', sure: sure && !rows, many: true, of: undefined };
  }
  if (TIMES.has(key) || at[0] === 'reminders') return { ...plain, use: 'time' };
  return { ...plain, use: key === 'default' ? 'default' : 'check', of: rows };
}
