// Another name for a role, in one act: whatever names it follows, and people keep it.
import { api } from '../lib/api.js';
import { listed } from './said.jsx';
import { editAll, file, treeOf, tryAll } from './store.js';

const APP = 'app.yaml';

// The roles as they are published: people have them by these names.
async function published() {
  const { version, draft, tree } = file(APP);
  if (!version) return {};
  return (draft ? await api('GET', `/definitions/${APP}?version=${version}`) : { tree }).tree?.roles ?? {};
}

// Roles that include it stand in the same file.
const included = (key, name) => Object.entries(treeOf(APP)?.roles ?? {}).flatMap(([role, is]) => listed(is?.includes).flatMap((one, i) => (one === key
  ? [{ op: 'set', path: ['roles', role, 'includes', ...(Array.isArray(is.includes) ? [String(i)] : [])], value: name }] : [])));

/** The server says what the other files would be; where it cannot, `was` leads there. */
export async function renameRole(key, name) {
  const rename = (was) => ({ op: 'rename', path: ['roles', key], name, ...(was ? { was: true } : {}) });
  const had = key in await published();
  const { follows } = await tryAll([{ path: APP, ops: [rename(true)] }]).catch(() => ({ follows: null }));
  const on = new Map((follows ?? []).map(({ path }) => [path, file(path)?.text]));     // what is done to them meanwhile stays
  await editAll([{ path: APP, ops: [...included(key, name), rename(had || !follows)] },
    ...(follows ?? []).filter((f) => f.path !== APP).map(({ path, text }) => ({ path, text, base: on.get(path) }))]);
}
