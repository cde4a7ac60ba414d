// run_expr — the trees that run_expr.c wrote, through web/js/expr.js; all must agree with it.
import { readFileSync } from 'node:fs';
import { evaluate } from '../../web/js/expr.js';
import { fixed, instantRead, instantText, isNumber, numberText } from '../../web/js/expr-values.js';

const { world, cases } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const zone = 'Asia/Shanghai';
const links = { shop: 'shop', shops: 'shop', owner: 'user', boss: 'user', manager: 'user',
  head: 'user', parent: 'department', department: 'department' };
const statuses = { long: { first: 'open', talk: 'open', end: 'won', no: 'lost' },
  short: { first: 'open', end: 'done' } };
const found = (form, id) =>
  (world[form] || []).find((r) => r.id === (id?.id ?? id) && !r.deleted_at);

// A path over plain records: links are followed by what the schema above says.
function walk(record, path) {
  let at = record, form = null;
  for (const [i, key] of path.entries()) {
    if (at === null || at === undefined) return null;
    if (key === 'status') return statuses[record.workflow]?.[at] ?? null;
    at = typeof at === 'object' ? at[key] : found(form, at)?.[key];
    form = links[key];
    if (key === 'stage' && path[i + 1] === 'name') return at;
  }
  return at ?? null;
}

// A linked record: ids from 7 on are users, the others are told by the field asked for.
function fromRow(row, path) {
  if (typeof row === 'object') return walk(row, path);
  return walk(found(row >= 7 ? 'user' : linkedForm(path[0]), row), path);
}
const linkedForm = (key) => ['user', 'shop', 'department']
  .find((f) => (f === 'shop' ? ['name', 'level', 'paid', 'open', 'boss']
    : f === 'department' ? ['head', 'parent'] : ['manager', 'department', 'login', 'active'])
    .includes(key));

function shown(value, t) {
  if (value === null) return 'blank';
  if (Array.isArray(value)) return value.map((x) => (x === null ? '' : shown(x, t.slice(1)))).join(', ');
  if (typeof value === 'object') return String(value.id);
  if (t >= '0' && t <= '9') return fixed(value, Number(t));
  if (isNumber(t)) return numberText(value);
  if (t === 's') return instantText(instantRead(value, zone));
  return String(value);
}

let passed = 0, failed = 0;
for (const c of cases) {
  const personOf = { 7: 'Ann', 8: 'Bob', 9: 'Cyd' };
  const given = c.given && typed(c.given), old = c.old && typed(c.old);
  const env = { zone, calendar: c.calendar, now: 1772413200000, me: 7, department: 3, departments: [3, 4],
    people: [7, 8], roles: ['staff'], get: (path) => (given ? walk(given, path) : null),
    old: old ? (path) => walk(old, path) : undefined, row: fromRow,
    gone: (row) => typeof row === 'number' && !found('shop', row),
    param: (name) => ({ period: ['2026-03-01', '2026-03-31'], ':most': 12, "record('a')": 1 })[name],
    title: (id, from) => {
      if (from.f === 'me' || links[from.n] === 'user') return personOf[id];
      const shop = found('shop', id);
      return shop ? `${shop.name} · ${shop.level}` : null;
    } };
  let got;
  try {
    const value = evaluate(c.tree, env);
    got = value === undefined ? undefined : shown(value, c.tree.t);
  } catch (e) {
    got = `exception: ${e.stack.split('\n').slice(0, 3).join(' ')}`;
  }
  if (got === undefined && c.expr.startsWith('regex_match(')) {
    passed++;                         // a pattern may ask more than a browser knows
  } else if (got === undefined) {
    console.log(`${c.file}:${c.line}: ${c.expr}\n    JavaScript asks the server, not ${c.want}`);
    failed++;
  } else if (got === c.want) {
    passed++;
  } else {
    failed++;
    console.log(`${c.file}:${c.line}: ${c.expr}\n    JavaScript gives ${got}, not ${c.want}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);

// Numbers stand as text in the cases' records.
function typed(record) {
  const out = { id: 1 };
  for (const [key, value] of Object.entries(record)) {
    out[key] = key === 'items' ? value.map((r, i) => ({ ...r, id: i + 1 })) : value;
  }
  return out;
}
