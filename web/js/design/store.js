// What is being designed: the files of the app as this admin's draft has them, kept on the server.
// Every change is the same operations that the API takes; undo writes back the text there was, so
// that comments and order come back too.
import { batch, computed, signal } from '@preact/signals';
import { Problem, api } from '../lib/api.js';
import { t } from './words.js';

/** path → {path, kind, text, tree, etag, draft} */
export const files = signal(new Map());
/** [{file, line, column, path, message}] of the whole app with the draft. */
export const issues = signal([]);
/** The number of edits on their way. */
export const waiting = signal(0);
/** What was refused last: {message, clashes, path}, or null. */
export const refused = signal(null);
/** What the editor may write: {kinds, shapes}. */
export const tables = signal(null);
/** What is selected: {path: of a file, at: path in its tree, id, fresh: just made}, or null. The id stays
    when it is renamed. */
export const selected = signal(null);
let serial = 0;
export function select(path, at, fresh = false) { selected.value = { path, at, fresh, id: serial += 1 }; }

const done = signal([]);
const undone = signal([]);
export const mayUndo = computed(() => done.value.length > 0);
export const mayRedo = computed(() => undone.value.length > 0);
export const changed = computed(() => [...files.value.values()].some((f) => f.draft));

const url = (path) => `/definitions/${path.split('/').map(encodeURIComponent).join('/')}`;
export const file = (path) => files.value.get(path);
export const treeOf = (path) => file(path)?.tree ?? null;
/** The value at a path of keys and positions. */
export const valueAt = (tree, at) => at.reduce((node, key) => node?.[key], tree);

function put(path, now) {
  const next = new Map(files.value);
  if (now?.text == null) next.delete(path);
  // An edit does not say which version the file was published in; that stays.
  else next.set(path, { ...next.get(path), ...now, version: now.version ?? next.get(path)?.version ?? null });
  files.value = next;
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

async function load(path) {
  const now = await api('GET', url(path)).catch((e) => {
    if (e.status === 404) return null;
    throw e;
  });
  put(path, now);
  return now;
}

async function send(method, path, body, with_) {
  try {
    const now = await api(method, url(path), body);
    batch(() => {
      refused.value = null;
      if (now.issues) issues.value = now.issues;
      put(path, now);
      with_?.();
    });
    return now;
  } catch (e) {
    if (e instanceof Problem && e.status === 412) await load(path);
    throw e;
  }
}

// Somebody's other window was quicker: once more, on what there is now.
async function sendAgain(method, path, bodyOf, with_) {
  try {
    return await send(method, path, bodyOf(), with_);
  } catch (e) {
    if (!(e instanceof Problem) || e.status !== 412) throw e;
    return send(method, path, bodyOf(), with_);
  }
}

function tell(e, path) {
  refused.value = { message: e.message, clashes: e.body?.clashes ?? null, path };
  throw e;
}

const etagOf = (path) => file(path)?.etag ?? null;

function remember(step, merge) {
  const last = done.value.at(-1);
  if (merge && last?.merge === merge && last.path === step.path && Date.now() - last.at < 4000)
    done.value = [...done.value.slice(0, -1), { ...last, after: step.after, at: Date.now() }];
  else done.value = [...done.value.slice(-199), { ...step, merge, at: Date.now() }];
  undone.value = [];
}

/**
 * Changes a file by operations ({op, path, …}). merge: edits of the same word in a row are one to
 * undo. with_: what changes with it here, such as the selection. Rejects with what the server says;
 * `refused` says it too.
 * @param {string} path @param {object[]} ops @param {string} [merge] @param {() => void} [with_]
 */
export function edit(path, ops, merge, with_) {
  return inTurn(async () => {
    const before = file(path)?.text ?? null;
    const now = await sendAgain('PATCH', path, () => ({ ops, etag: etagOf(path) }), with_).catch((e) => tell(e, path));
    if (now.text !== before) remember({ path, before, after: now.text }, merge);
    return now;
  });
}

/** The whole text of a file; null removes it. */
export function write(path, text, merge) {
  return inTurn(async () => {
    const before = file(path)?.text ?? null;
    if (text === before) return file(path);
    const now = await put1(path, text).catch((e) => tell(e, path));
    remember({ path, before, after: text }, merge);
    return now;
  });
}

async function put1(path, text) {
  if (text !== null) return sendAgain('PUT', path, () => ({ text, etag: etagOf(path) }));
  const now = await api('DELETE', `${url(path)}?etag=${encodeURIComponent(etagOf(path) ?? '')}`);
  put(path, null);
  if (now?.issues) issues.value = now.issues;
  return now;
}

function step(from, to, side) {
  return inTurn(async () => {
    const last = from.value.at(-1);
    if (!last) return null;
    from.value = from.value.slice(0, -1);
    await put1(last.path, last[side]).catch((e) => tell(e, last.path));
    to.value = [...to.value, { ...last, merge: null }];
    return last;
  });
}
export const undo = () => step(done, undone, 'before');
export const redo = () => step(undone, done, 'after');

/** Everything as it is on the server. */
export async function open() {
  const [list, what] = await Promise.all([api('GET', '/definitions?texts=true'), api('GET', '/definitions/tables')]);
  batch(() => {
    tables.value = what;
    files.value = new Map(list.files.filter((f) => f.text != null).map((f) => [f.path, f]));
    const clashes = list.files.flatMap((f) => f.clashes ?? []);
    if (clashes.length) refused.value = { message: t('collided'), clashes, path: clashes[0].file };
  });
  await check();
  return list;
}

export async function check() {
  const now = await api('POST', '/definitions/check', {}).catch((e) => {
    if (e.body?.issues) return e.body;
    throw e;
  });
  issues.value = now.issues ?? [];
  return issues.value;
}

/** After a publication, or when the draft was dropped: all anew. */
export async function reload() {
  done.value = [];
  undone.value = [];
  files.value = new Map();
  await open();
}

/** The issues at a place of a file or below it. */
export const issuesAt = (path, at) => issues.value.filter((i) => i.file === path
  && i.path && at.every((key, n) => i.path[n] === String(key)));
