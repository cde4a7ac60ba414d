// What is being designed: the files of the app as this admin's draft has them, kept on the server.
// Every change is the same operations that the API takes, over one file or several in one act
// (acts.js says how it is taken back). What others do meanwhile is taken over: see follow.js.
import { batch, computed, signal } from '@preact/signals';
import { Problem, api } from '../lib/api.js';
import { acts, inverse, tell } from './acts.js';
import { followed } from './moved.js';
import { t } from './words.js';

/** path → {path, kind, text, tree, etag, draft} */
export const files = signal(new Map());
/** [{file, line, column, path, message}] of the whole app with the draft. */
export const issues = signal([]);
/** The number of edits on their way. */
export const waiting = signal(0);
/** What was refused last: {message, clashes, path, insist: () => Promise}, or null. */
export const refused = signal(null);
/** What the editor may write: {kinds, shapes}. */
export const tables = signal(null);
/** Where somebody's publication collides with the draft: [{file, path, order, base, theirs, mine}]. */
export const clashes = signal([]);
/** Who else has a draft: [{path, name, at}]. */
export const others = signal([]);
/** The version that is served. */
export const served = signal(0);
/** What is selected: {path: of a file, at: path in its tree, id, fresh: just made}, or null. The id stays
    when it is renamed. */
export const selected = signal(null);
let serial = 0;
export function select(path, at, fresh = false) { selected.value = { path, at, fresh, id: serial += 1 }; }

export const mayUndo = computed(() => acts.value.done.length > 0);
export const mayRedo = computed(() => acts.value.undone.length > 0);
export const changed = computed(() => clashes.value.length > 0 || [...files.value.values()].some((f) => f.draft));

const url = (path) => `/definitions/${path.split('/').map(encodeURIComponent).join('/')}`;
export const file = (path) => files.value.get(path);
export const treeOf = (path) => file(path)?.tree ?? null;
const textOf = (path) => file(path)?.text ?? null;
/** The value at a path of keys and positions. */
export const valueAt = (tree, at) => at.reduce((node, key) => node?.[key], tree);

// ---- what stands here, state after state ----

let state = { files: files.value, next: null };

/** What stands here now, for placeNow. */
export const here = () => state;

/** Where stands now (or at another state after that) what stood at a place of a file then (see here); null: nowhere. */
export function placeNow(then, path, at, until = state) {
  let place = at.map(String);
  for (let x = then; x !== until && place; x = x.next) place = followed(x.files.get(path)?.tree, x.next.files.get(path)?.tree, place);
  return place;
}

function become(map) {
  const before = state;
  files.value = map;
  state.next = { files: map, next: null };
  state = state.next;
  const chosen = selected.value;
  const at = chosen && placeNow(before, chosen.path, chosen.at);
  if (chosen && at?.join('\0') !== chosen.at.join('\0')) selected.value = { ...chosen, at: at ?? [] };
}

function put(list) {
  const next = new Map(files.value);
  for (const now of list) {
    if (now.text == null) next.delete(now.path);
    // An edit does not say which version the file was published in; that stays.
    else next.set(now.path, { ...next.get(now.path), ...now, version: now.version ?? next.get(now.path)?.version ?? null });
  }
  become(next);
}

let queue = Promise.resolve();
/** One after the other, so that each edit is made on the text that the one before left. */
function inTurn(job) {
  waiting.value += 1;
  const mine = queue.then(job).finally(() => { waiting.value -= 1; });
  queue = mine.catch(() => {});
  return mine;
}

/** When everything that was edited is on the server. */
export const settled = () => queue;

// Other tabs of this browser have the same draft.
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tenon-draft') : null;
const others_ = [];
/** Hears of files that another tab changed; null: of anything. */
export const onOther = (hear) => others_.push(hear);
channel?.addEventListener('message', (m) => { for (const hear of others_) hear(m.data.paths); });

// ---- edits ----

/** One change as the API takes it. Where the server no longer knows the text it was made on by its
    etag (another tab changed it), the text itself says so, and both are merged. */
function bodyOf(change, seen, how) {
  const { path, ops, text } = change;
  const what = ops ? { ops } : text === null ? { remove: true } : { text };
  const base = change.base !== undefined ? change.base : seen.get(path).text;
  const known = !how.based && base === seen.get(path).text;
  return { path, ...what, ...(known ? { etag: seen.get(path).etag } : { base }), ...(how.insist ? { insist: true } : {}) };
}

async function send(list, seen, how = {}) {
  try {
    return await api('POST', '/definitions/edit', { edits: list.map((c) => bodyOf(c, seen, how)) });
  } catch (e) {
    if (!(e instanceof Problem) || e.status !== 412 || how.based) throw e;
    return send(list, seen, { ...how, based: true });
  }
}

/** What each file was before this act alone, and is now. */
const changesOf = (answer, seen) => answer.files
  .map((now) => ({ path: now.path, before: now.merged ? now.was : seen.get(now.path).text, after: now.text }))
  .filter((c) => c.before !== c.after);

async function run(list, how, with_) {
  const seen = new Map(list.map(({ path }) => [path, { text: textOf(path), etag: file(path)?.etag ?? null }]));
  const answer = await send(list, seen, how);
  batch(() => {
    refused.value = null;
    issues.value = answer.issues;
    put(answer.files);
    with_?.(changesOf(answer, seen));
  });
  channel?.postMessage({ paths: list.map((c) => c.path) });
  return answer;
}

/** Says what was refused; insisting says the same once more, over what collides with it. */
function refuse(e, list, with_) {
  const on = list.map((c) => (c.base === undefined ? { ...c, base: textOf(c.path) } : c));
  // What an operation lacks stands at no key: it is said in the words of the refusal.
  if (e.body?.issues?.length) e.message = e.body.issues.map((i) => i.message).join('\n');
  refused.value = { message: e.message, clashes: e.body?.clashes ?? null, path: list[0]?.path,
    insist: e.body?.clashes ? () => inTurn(() => run(on, { based: true, insist: true }, with_)) : null };
  again(list.map((c) => c.path)).catch(() => {});
  throw e;
}

/** What was typed into something that is gone is told, not dropped; no input is left to say it at (gone). */
function lost(op) {
  if (op.op !== 'set' || typeof op.value !== 'string') return [];
  throw Object.assign(new Error(t('goneMeanwhile', { text: op.value })), { gone: true });
}

/** An operation on what it was pressed on, wherever that stands now; none where that is gone. */
function found(op, path, then) {
  const now = (at) => placeNow(then, path, at);
  const made = op.op === 'set' || op.op === 'add';
  const into = now(op.path.slice(0, -1));
  const at = now(op.path) ?? (made && into && !Array.isArray(valueAt(treeOf(path), into)) ? [...into, op.path.at(-1)] : null);
  if (!at) return lost(op);
  if (op.op === 'remove' && valueAt(treeOf(path), at) === undefined) return [];
  const next = { ...op, path: at };
  if (op.to) next.to = now(op.to);
  for (const side of ['before', 'after']) if (op[side] !== undefined) next[side] = now([...op.to ?? op.path.slice(0, -1), op[side]])?.at(-1);
  return next.to === null ? [] : [next];
}

/** What an act says in its turn. then: what stood here when it was pressed. */
async function asked(list, then) {
  const from = typeof list === 'function' ? state : then;
  const all = typeof list === 'function' ? await list((path, at) => placeNow(then, path, at)) : list;
  const ops = (c) => (typeof c.ops === 'function' ? c.ops((at) => placeNow(then, c.path, at)) : c.ops.flatMap((op) => found(op, c.path, from)));
  const now = await Promise.all(all.map(async (c) => (c.ops ? { ...c, ops: await ops(c) } : c)));
  return now.filter((c) => (c.ops ? c.ops.length : c.text !== textOf(c.path)));
}

/**
 * One act on several files: [{path, ops} or {path, text}, …], text null to remove; all of it or
 * nothing, and one to undo. It is done when the acts before are through: what its operations name is
 * found where it stands by then. What is made of more than that, a whole list, a new name, is a
 * function, of ops or of the list, asked in its turn: (place) tells where what it was pressed on
 * stands then, null where it is gone. base: the text it was made on, where that is not what stands here now.
 * merge: acts of the same word in a row are one. with_: what changes with it here, such as the
 * selection. Rejects with what the server says; `refused` says it too.
 */
export function editAll(list, merge, with_) {
  const then = state;
  return inTurn(async () => {
    const did = (changes) => {
      with_?.();
      if (changes.length) tell({ did: { changes, merge, at: Date.now() } });
    };
    const now = await asked(list, then).catch((e) => refuse(e, typeof list === 'function' ? [] : list, did));
    return now.length ? run(now, {}, did).catch((e) => refuse(e, now, did)) : { files: [] };
  });
}

/** Changes a file by operations ({op, path, …}), or a function that makes them (editAll). */
export const edit = (path, ops, merge, with_) => editAll([{ path, ops }], merge, with_).then((answer) => answer.files[0]);

/** The operation that puts something into a list (key '-') or a map, which may not be there yet; more: its place. */
export function adding(path, at, key, value, more) {
  const list = key === '-';
  const there = valueAt(treeOf(path), at);
  return there && Object.keys(there).length ? { op: 'add', path: [...at, key].map(String), value, ...more }
    : { op: 'set', path: at.map(String), value: list ? [value] : { [key]: value } };
}

/** The operation that takes it away again, with what held nothing else. */
export function removing(path, at) {
  const holder = at.slice(0, -1);
  return { op: 'remove', path: (Object.keys(valueAt(treeOf(path), holder) ?? {}).length > 1 ? at : holder).map(String) };
}

/** The whole text of a file; null removes it. base: the text that was before the eyes. */
export const write = (path, text, merge, base) => editAll([{ path, text, ...(base === undefined ? {} : { base }) }], merge).then((answer) => answer.files[0]);

/** What would be wrong after an act that is not now: {issues, rules}. */
export const tryAll = (what) => inTurn(async () => {
  const list = await asked(what, state);
  if (!list.length) return { issues: [], rules: [] };
  const seen = new Map(list.map(({ path }) => [path, { text: textOf(path), etag: file(path)?.etag ?? null }]));
  return api('POST', '/definitions/edit', { edits: list.map((c) => bodyOf(c, seen, { based: true })), try: true });
});

function step(stack, word) {
  return inTurn(async () => {
    const last = acts.value[stack].at(-1);
    if (!last) return null;
    const act = stack === 'done' ? inverse(last) : last;
    const list = act.changes.map(({ path, before, after }) => ({ path, text: after, base: before }));
    // What it really changed is what the other way takes back.
    const did = (now) => {
      const swapped = now.map(({ path, before, after }) => ({ path, before: after, after: before }));
      tell({ [word]: { ...last, changes: stack === 'done' ? swapped : now } });
    };
    await run(list, {}, did).catch((e) => refuse(e, list, did));
    return last;
  });
}
export const undo = () => step('done', 'undid');
export const redo = () => step('undone', 'redid');

// ---- what is on the server ----

/** A file that clashes is shown as it is published, until that is settled. */
const published = (f) => api('GET', `${url(f.path)}?version=${f.version}`).then((now) => ({ ...now, draft: true }), () => ({ path: f.path, text: null }));

/** Everything as it is on the server. */
export async function open() {
  const list = await api('GET', '/definitions?texts=true');
  if (!tables.value) tables.value = await api('GET', '/definitions/tables');
  const now = await Promise.all(list.files.map((f) => (!f.clashes ? f : f.version ? published(f) : { path: f.path, text: null })));
  batch(() => {
    become(new Map(now.filter((f) => f.text != null).map((f) => [f.path, f])));
    clashes.value = list.files.flatMap((f) => f.clashes ?? []);
    others.value = list.others;
    served.value = list.version;
  });
  await check();
  return list;
}

/** The same as an act in its turn. */
export const openAgain = () => inTurn(open);

/** Some files again: another tab changed them. */
export const again = (paths) => inTurn(async () => {
  put(await Promise.all(paths.map((path) => api('GET', url(path)).catch((e) => {
    if (e.status === 404 || e.status === 409) return { path, text: null };
    throw e;
  }))));
  await check();
});

export async function check() {
  const now = await api('POST', '/definitions/check', {}).catch((e) => {
    if (e.body?.issues) return e.body;
    if (e.status === 409) return { issues: [] };
    throw e;
  });
  issues.value = now.issues ?? [];
  return issues.value;
}

/** After a publication: all anew. What was done can be taken back all the same. */
export async function reload() {
  await openAgain();
  channel?.postMessage({ paths: null });
}

/** Back to what is published; an act as any, which undo takes back. */
export const dropDraft = () => inTurn(async () => {
  const before = [...files.value.values()].filter((f) => f.draft).map((f) => ({ path: f.path, before: f.text }));
  const made = before.filter((c) => !file(c.path)?.version).map((c) => c.path);
  await api('DELETE', '/definitions/draft');
  refused.value = null;
  await open();
  const changes = before.map((c) => ({ ...c, after: made.includes(c.path) ? null : textOf(c.path) })).filter((c) => c.before !== c.after);
  if (changes.length) tell({ did: { changes, at: Date.now() } });
  channel?.postMessage({ paths: null });
});

/** The issues at a place of a file or below it. */
export const issuesAt = (path, at) => issues.value.filter((i) => i.file === path
  && i.path && at.every((key, n) => String(i.path[n]) === String(key)));
