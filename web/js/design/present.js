// Who else is at it: this tab says which file it shows, and hears when others come and leave.
import { batch, signal } from '@preact/signals';
import { api, csrf } from '../lib/api.js';
import { others } from './store.js';

/** [{path, name, user}]: files that others have open. */
export const present = signal([]);
const AGAIN_MS = 25000;               // what is not said again within 90 seconds has ended
const tab = [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');
let shows = null;

async function say() {
  const now = await api('POST', '/definitions/here', { tab, path: shows }).catch(() => null);
  if (!now) return;
  batch(() => { present.value = now.open; others.value = now.others; });
}

/** This tab shows that file now. */
export function showing(path) {
  if (path === shows) return;
  shows = path;
  say();
}

// The page goes: this is still sent.
function leave() {
  fetch('/api/v1/definitions/here', { method: 'POST', keepalive: true, credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf() }, body: JSON.stringify({ tab, path: null }) }).catch(() => {});
}

export function begin() {
  setInterval(say, AGAIN_MS);
  addEventListener('tenon-design', say);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', (e) => { if (e.persisted) say(); });
}
