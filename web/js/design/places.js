// Places in definitions as people call them: by the labels of keys and of what has one.
import { keysOf } from './keys_of.js';
import { file, select, tables, treeOf } from './store.js';
import { labelOf, langName, t } from './words.js';

const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
const one = (value, key) => labelOf(isMap(value) ? value.label ?? value.section ?? value.tab ?? undefined : undefined, key);

/** What a file is called. */
export function fileWords(path) {
  const f = file(path);
  const tree = f?.tree;
  if (f?.kind === 'form') return `${t('form')} ${labelOf(tree?.label, tree?.form ?? path)}`;
  if (f?.kind === 'workflow') return `${t('pipeline')} ${labelOf(tree?.label, tree?.workflow ?? path)}`;
  if (f?.kind === 'dashboard') return `${t('dashboard')} ${labelOf(tree?.label, tree?.dashboard ?? path)}`;
  return path;
}

/** The words of a way into a tree, the attribute that stands at its end, if it is one, and what the keys on the way are called. */
export function placeOf(path, at, tree = treeOf(path)) {
  const words = [];
  let of = tables.value.kinds[file(path)?.kind ?? ''] ?? null;
  let value = tree;
  let attr = null;
  const known = new Map();
  const learn = (keys, kinds) => {
    for (const k of Array.isArray(keys) ? keys : []) known.set(k.key, k.label);
    for (const [key, kind] of Object.entries(kinds ?? {})) known.set(key, kind.label);
  };
  const inside = (item, v) => {
    const found = keysOf(item, v);
    learn(found?.of, found?.by ? null : found?.types);
    if (found?.types && !found.by) learn(found.of[0]?.of);
    return found?.of ?? null;
  };
  learn(of);
  for (let i = 0; i < at.length; i += 1) {
    value = value?.[at[i]];
    const key = Array.isArray(of) ? of.find((k) => k.key === at[i]) : null;
    if (key) {
      words.push(key.label);
      attr = key;
      const named = ['each', 'list', 'options', 'steps'].includes(key.kind);
      of = named ? { item: key } : inside(key, isMap(value) ? value : {});
    } else if (of?.item) {
      words.push(Array.isArray(value) || /^\d+$/.test(at[i]) ? one(value, `${Number(at[i]) + 1}`) : one(value, at[i]));
      of = inside(of.item, value);
      attr = null;
    } else if (attr?.kind === 'label') {
      words.push(langName(at[i]));
    } else {
      words.push(String(at[i]));
      attr = null;
    }
  }
  return { words, attr, known };
}

/** Where an issue stands, as people call it; its line where no more is known. */
export function issueWords(i) {
  if (!i.path?.length || !treeOf(i.file)) return i.line ? `${i.file}:${i.line}` : i.file;
  return [fileWords(i.file), ...placeOf(i.file, i.path).words].join(' › ');
}

/** What is wrong, with the labels of keys as the panels have them instead of the keys themselves. */
export function issueText(i) {
  if (!i.path?.length || !treeOf(i.file)) return i.message;
  const { known } = placeOf(i.file, i.path);
  return i.message.replace(/`(\w+)`/g, (raw, key) => (known.has(key) ? `“${known.get(key)}”` : raw));
}

/** A value as one reads it: by its words where the table has some; else as lines. */
export function valueWords(attr, value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  if (!isMap(value) && !Array.isArray(value)) return attr?.words?.find((w) => w.value === String(value))?.label ?? String(value);
  return lines(value, '').trim();
}

function lines(value, gap) {
  if (value === null || value === undefined) return '–\n';
  if (typeof value !== 'object') return `${value}\n`;
  const entries = Object.entries(value);
  if (!entries.length) return '–\n';
  if (Array.isArray(value) && value.every((v) => v === null || typeof v !== 'object')) return `${value.join(', ')}\n`;
  return `\n${entries.map(([key, v]) => `${gap}${Array.isArray(value) ? '• ' : `${key}: `}${lines(v, `${gap}  `)}`).join('')}`;
}

let leads = () => {};
let leadsApp = () => {};
/** go(form, part) and goApp(part): what shows a part of the designer. */
export const leadBy = (go, goApp) => { leads = go; leadsApp = goApp; };

/** Shows the place of an issue or a use: its part, with what it concerns selected. */
export function showPlace(path, at) {
  const form = /^forms\/(\w+)\.yaml$/.exec(path)?.[1];
  const flow = file(path)?.kind === 'workflow' && treeOf(path)?.form;
  const own = { permissions: 'permissions', views: 'views', automations: 'automations', reminders: 'reminders', assign: 'assign' };
  if (form) leads(form, own[at?.[0]] ?? (['fields', 'layout'].includes(at?.[0]) ? 'form' : undefined));
  else if (flow) leads(flow, 'stages');
  else if (file(path)?.kind === 'dashboard') leadsApp('dashboards', path.replace(/^.*\/|\.ya?ml$/g, ''));
  else if (path === 'app.yaml') leadsApp(['roles', 'menu', 'calendars', 'channels'].includes(at?.[0]) ? at[0] : at?.length ? 'general' : 'text');
  if (['fields', 'layout', 'stages', 'transitions', 'cards'].includes(at?.[0])) select(path, at.slice(0, 2).map(String));
}
