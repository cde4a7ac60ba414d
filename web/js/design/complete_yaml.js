// What may stand at a place of a definition: keys by the same tables that the designer's inputs are
// drawn from, words of choices, and the names that a kind of key takes. Where the way to the place is
// not in the tables, nothing is offered.
import { yamlPlace } from './yaml_place.js';

const LISTS = new Set(['list', 'steps', 'options']);
const MAPS = new Set(['map', 'switch', 'shape', 'lock']);
const STAGES = new Set(['transitions.from', 'transitions.to', 'approve.reject_to']);
// There the names are those of another form, or of one the text does not say.
const ELSEWHERE = new Set(['pick', 'among', 'filter', 'where', 'do', 'weight', 'record', 'sort']);
// Texts that name something of a form, or of the app.
const NAMED = { includes: 'roles', roles: 'roles', view: 'viewsOf', workflow: 'workflowsOf' };

/** The keys of a map that an attribute's value is, or its items are; by what the map says of its type. */
function keysOf(attr, values, tables) {
  if (attr.of) return attr.of;
  const shape = tables.shapes[attr.shape];
  if (!shape) return null;
  if (shape.of) return shape.of;
  const types = Object.entries(shape.types);
  if (!shape.by) return types.map(([key, v]) => ({ ...(v.of.find((a) => a.key === key) ?? v.of[0]), key, label: v.label, help: v.help, only: true }));
  const by = { key: shape.by, label: '', kind: 'choice', needed: true, words: types.map(([value, v]) => ({ value, label: v.label, help: v.help })) };
  const of = shape.types[values[shape.by]]?.of ?? [];
  return [by, ...of.filter((a) => a.key !== shape.by)];
}

/** A way into the tables: what may stand there as a map, as the items of a list, as a value. */
function enter(attr, values, tables) {
  if (attr.kind === 'each') return { each: attr };
  if (LISTS.has(attr.kind)) return { list: attr, attr };
  if (attr.shape === 'scope') return { attr };
  if (MAPS.has(attr.kind)) return { map: keysOf(attr, values, tables), attr, free: !attr.of && !attr.shape };
  return { attr };
}

/** The attributes along the way to the innermost frame: what that frame is. */
function walk(frames, kind, tables) {
  let now = { map: tables.kinds[kind] ?? null };
  const way = [];
  for (const [i, f] of frames.entries()) {
    const inner = frames[i + 1];
    // One alone may stand without its list.
    if (f.kind === 'map' && now.list) now = { map: keysOf(now.list, f.values, tables) };
    if (!inner) return { now, way };
    if (f.kind === 'seq') {
      if (!now.list) return inner ? null : { now, way };
      now = { map: keysOf(now.list, inner.values, tables), attr: now.attr };
    } else if (now.each) {
      way.push({ name: f.key });
      now = now.each.of || now.each.shape ? { map: keysOf(now.each, inner.values, tables), attr: now.each } : { attr: now.each };
    } else {
      const attr = now.map?.find((a) => a.key === f.key);
      if (!attr) return null;
      way.push(attr);
      now = enter(attr, inner.values, tables);
    }
  }
  return null;
}

/** Whose fields are named at a place: the nearest `form` around it, else the file's. */
const formAt = (frames) => [...frames].reverse().find((f) => f.kind === 'map' && f.values.form)?.values.form;

const listOf = (names, form) => (typeof names === 'function' ? names(form) : names);

function named(attr, way, form, names, top) {
  const parent = way.filter((a) => a.kind).at(-1)?.key;
  switch (attr.kind) {
    case 'bool': return [{ value: 'true' }, { value: 'false' }];
    case 'field': case 'fields': return names.fieldsOf(form);
    case 'form': return names.forms;
    case 'people': return [{ value: 'owner' }, ...names.fieldsOf(form).filter((f) => /^(user|department)s?$/.test(f.type)), ...names.roles];
    case 'flag': case 'expr': case 'exprs':
      if (ELSEWHERE.has(attr.key) && !top.values.chart) return null;       // a card says whose
      return [...(attr.kind === 'flag' ? [{ value: 'true' }] : []), ...names.fieldsOf(form), ...names.functions];
    default:
      if (STAGES.has(`${parent}.${attr.key}`)) return names.stagesOf(form);
      return attr.key in NAMED ? listOf(names[NAMED[attr.key]], form) : null;
  }
}

function valuesOf(attr, way, frames, names) {
  if (attr.words) return attr.words;
  return named(attr, way, formAt(frames), names, frames.at(-1));
}

const withHelp = (attr) => [attr.help, attr.example ? `\n${attr.example}` : ''].filter(Boolean).join(' ');

function keyOptions(now, top, frames, names) {
  const taken = new Set(top.keys.map((k) => k.name));
  if (now.each) return now.each.refs ? names.roles.filter((r) => !taken.has(r.value)).map((r) => ({ ...r, apply: `${r.value}: ` })) : null;
  if (now.free) return ['set', 'values'].includes(now.attr.key) ? names.fieldsOf(formAt(frames)).filter((f) => !taken.has(f.value)).map((f) => ({ ...f, apply: `${f.value}: ` })) : null;
  if (!now.map) return null;
  if (now.map[0]?.only && taken.size) return null;
  return now.map.filter((a) => !taken.has(a.key)).map((a) => ({ value: a.key, label: a.label, help: withHelp(a), boost: a.needed ? 20 : 0, apply: `${a.key}: ` }));
}

/** What the cursor would write: the part of the word of an expression that a name is. */
const wordFrom = (text, from, pos) => pos - /[\p{L}\p{N}_]*$/u.exec(text.slice(from, pos))[0].length;

/**
 * @param {string} text @param {number} pos @param {string} kind of the file
 * @param {{kinds: object, shapes: object}} tables
 * @param {{forms: object[], roles: object[], functions: object[], fieldsOf: Function, stagesOf: Function,
 *   viewsOf: Function, workflowsOf: Function}} names
 * @returns {{from: number, options: object[]} | null}
 */
export function completeYaml(text, pos, kind, tables, names) {
  const place = yamlPlace(text, pos);
  const found = place && walk(place.frames, kind, tables);
  if (!found) return null;
  const { now, way } = found;
  const top = place.frames.at(-1);
  let options = null;
  let attr = null;
  if (place.at === 'key') options = place.quoted ? null : keyOptions(now, top, place.frames, names);
  else if (place.at === 'value') {
    if (now.each) attr = now.each.of || now.each.shape === 'field' ? null : now.each;
    else attr = now.map?.find((a) => a.key === top.key) ?? null;
    if (attr && (LISTS.has(attr.kind) || (MAPS.has(attr.kind) && !attr.words && attr.kind !== 'switch') || attr.kind === 'each')) attr = null;
    options = attr && valuesOf(attr, way, place.frames, names);
  } else if (now.list) options = place.quoted ? null : keyOptions({ map: keysOf(now.list, {}, tables) }, { keys: [] }, place.frames, names);
  else if (now.attr) { attr = now.attr; options = valuesOf(attr, way.slice(0, -1), place.frames, names); }
  if (!options?.length) return null;
  const typed = text.slice(place.from, pos);
  if (!place.quoted && /["']$/.test(typed)) return null;
  const expression = attr && /^(expr|exprs|flag)$/.test(attr.kind);
  if (expression ? /[.'"][^'"]*$/.test(typed.replace(/'[^']*'/g, '')) : /\s/.test(typed)) return null;
  return { from: expression ? wordFrom(text, place.from, pos) : place.from, options, open: place.at !== 'key' && !expression };
}

/** What the key at a place is for; null where it is none of the tables. */
export function explainYaml(text, pos, kind, tables) {
  const from = text.lastIndexOf('\n', pos - 1) + 1;
  const line = text.slice(from).split('\n', 1)[0];
  for (const m of line.matchAll(/[\w]+(?=\s*:(\s|$))/g)) {
    const start = from + m.index;
    const end = start + m[0].length;
    if (pos < start || pos > end) continue;
    const place = yamlPlace(text, end);
    const found = place && place.at !== 'value' && walk(place.frames, kind, tables);
    const map = found && (found.now.map ?? (found.now.list ? keysOf(found.now.list, {}, tables) : null));
    const attr = map?.find((a) => a.key === m[0]);
    return attr ? { from: start, to: end, title: attr.label ? `${m[0]} · ${attr.label}` : m[0], help: withHelp(attr) } : null;
  }
  return null;
}
