// expr — the expression language in the browser: walks the tree that engine/expr/js.c writes.
//
//     evaluate(tree, env)   the value: null, boolean, number, text; dates and instants as ISO
//                           text, durations as "2d", lists as arrays. undefined: ask the server.
//
// env: get(path)   value of ['link', 'field']; rows of a subform and links are arrays; the
//                  stage's status is get(['stage', 'status']); a link is its id or {id, title}
//      old(path)   the same before the change; no function: a new record
//      row(row, path)  optional: value of a path from a subform row or a linked record
//      title(value)    optional: how a link is called
//      param(name)     optional: values given at run time
//      me, department, departments, people, roles, now (ms or ISO), zone, calendar
// calendar: the text that engine/expr/raw.c packs. Same meaning as the C back end, case by case.
import { call } from './expr-functions.js';
import { textOf } from './expr-values.js';

export const SERVER = undefined;

const idOf = (v) => (v !== null && typeof v === 'object' && !Array.isArray(v) ? v.id : v);

// Blank is null; a boolean is never blank; a link is its id.
function typed(v, t) {
  if (t === 'b') return v === true;
  if (v === undefined || v === null || v === '') return null;
  if (Array.isArray(v)) return v.length ? v : null;
  if (t === 'n' || (t >= '0' && t <= '9')) return Number(v);
  return v;
}

function fallbackRow(row, path) {
  let v = row;
  for (const key of path) {
    if (v === null || v === undefined || typeof v !== 'object') return null;
    v = v[key];
  }
  return v;
}

const named = (t) => (t.p ? [t.n, t.p] : [t.n]);

// The path of a chain of links from one row, or null when it starts from something else.
function chain(t) {
  if (t.k === 'f') return { root: t.r || 'here', path: t.n ? named(t) : [] };
  const from = t.k === 'g' ? chain(t.a[0]) : null;
  return from && { root: from.root, path: [...from.path, ...named(t)] };
}

function read(t, env, scope) {
  const at = chain(t);
  if (!at) {
    const base = walk(t.a[0], env, scope);
    if (base === undefined) return undefined;
    if (base === null) return typed(null, t.t);
    return typed((env.row || fallbackRow)(base, t.s ? [t.n, 'status'] : named(t)), t.t);
  }
  const path = t.s ? [...at.path, 'status'] : at.path;
  if (at.root === 'here' && scope) {
    if (!path.length) return scope.row;
    return typed((env.row || fallbackRow)(scope.row, path), t.t);
  }
  if (at.root === 'old') return typed(env.old ? env.old(path) : null, t.t);
  return typed(env.get(path.length ? path : ['id']), t.t);
}

function each(t, env, scope) {
  const rows = walk(t.a[0], env, scope);
  if (rows === undefined) return undefined;
  const out = [];
  for (const row of rows || []) {
    if (env.gone && env.gone(row)) continue;
    const v = walk(t.a[1], env, { row });
    if (v === undefined) return undefined;
    out.push(v);
  }
  return out.length ? out : null;
}

function logic(t, env, scope, stop) {
  let last = !stop;
  for (const a of t.a) {
    last = walk(a, env, scope);
    if (last === undefined) return undefined;
    if (last === stop) return stop;
  }
  return last === true;
}

function choose(t, env, scope) {
  let i = 0;
  for (; i + 1 < t.a.length; i += 2) {
    const c = walk(t.a[i], env, scope);
    if (c === undefined) return undefined;
    if (c === true) return typed(walk(t.a[i + 1], env, scope), t.t);
  }
  return i < t.a.length ? typed(walk(t.a[i], env, scope), t.t) : typed(null, t.t);
}

function people(t, env) {
  switch (t.f) {
    case 'me': return env.me ?? null;
    case 'my_department': return env.department ?? null;
    case 'my_people': return typed(env.people, 'lr');
    case 'my_departments':
      if (t.a[0].v) return typed(env.departments, 'lr');
      return env.department ? [env.department] : null;
    default: return undefined;
  }
}

function apply(t, env, scope) {
  if (t.f === 'and' || t.f === 'between') return logic(t, env, scope, false);
  if (t.f === 'or') return logic(t, env, scope, true);
  if (t.f === 'if' || t.f === 'ifs') return choose(t, env, scope);
  if (t.f.startsWith('m') && (t.f === 'me' || t.f.startsWith('my_'))) return people(t, env);
  const args = [];
  for (const a of t.a || []) {
    const v = walk(a, env, scope);
    if (v === undefined) return undefined;
    args.push(v);
  }
  if (t.f === 'has_role') return (env.roles || []).includes(args[0]);
  if (t.f === 'title') {
    if (args[0] === null) return null;
    if (args[0] && args[0].title !== undefined) return args[0].title || null;
    return env.title ? env.title(args[0], t.a[0]) : undefined;
  }
  const out = call(t, args, env);
  return out === undefined ? SERVER : typed(out, t.t);
}

function walk(t, env, scope) {
  switch (t.k) {
    case 'v': return typed(t.v, t.t === 'b' && t.v === null ? 'a' : t.t);
    case 'f': case 'g': return read(t, env, scope);
    case 'e': return each(t, env, scope);
    case 'c': return apply(t, env, scope);
    case 'p': return env.param ? typed(env.param(t.n), t.t) : undefined;
    case 'l': {
      const items = t.a ? t.a.map((a) => walk(a, env, scope)) : [];
      return items.includes(undefined) ? undefined : typed(items, t.t);
    }
    default: return SERVER;
  }
}

// `tree` as the server wrote it.
export function evaluate(tree, env) {
  const v = walk(tree, env, null);
  return v !== null && typeof v === 'object' && tree.t === 'r' ? idOf(v) : v;
}

// The value as text for people, as & writes it.
export function show(tree, value, env) {
  return textOf(value, tree.t, env);
}
