// What others do while one designs: a publication, told by the live events, and edits in another tab,
// which has the same draft. Both are taken over at once; the server merges them with the draft.
import { signal } from '@preact/signals';
import { api } from '../lib/api.js';
import { again, onOther, openAgain, served } from './store.js';

/** What somebody published since: {version, before, author, note, files}, or null. */
export const news = signal(null);
/** Who published a version, by name where it is known. */
export const authorOf = (v) => v.author_name ?? v.author;
/** While this tab publishes, what is published is no news. */
export const publishing = signal(false);
const AGE_MS = 20000;
let looked = Date.now();

async function takeOver(version) {
  const before = served.value;
  if (publishing.value || version <= before) return;
  await openAgain();
  looked = Date.now();
  const { versions } = await api('GET', '/definitions/versions?limit=20').catch(() => ({ versions: [] }));
  const since = versions.filter((v) => v.version > before);
  if (!since.length) return;
  const paths = new Set(since.flatMap((v) => v.files.map((f) => f.path)));
  news.value = { ...since[0], before, files: [...paths], authors: [...new Set(since.map(authorOf).filter(Boolean))] };
}

/** Who looked away for a while sees what became of it meanwhile. */
function back() {
  if (document.visibilityState !== 'visible' || Date.now() - looked < AGE_MS) return;
  looked = Date.now();
  openAgain().catch(() => {});
}

export function follow(changed) {
  const hear = (event) => {
    event.preventDefault();                       // the page need not be loaded anew
    takeOver(event.detail.version).then(changed).catch(() => {});
  };
  addEventListener('tenon-app', hear);
  document.addEventListener('visibilitychange', back);
  onOther((paths) => (paths ? again(paths) : openAgain()).then(changed).catch(() => {}));
}
