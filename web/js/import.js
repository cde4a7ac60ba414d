// How far an import is, while one looks: the server is asked, and the page is shown anew at the end.
import { api } from './lib/api.js';

const box = document.querySelector('#import[data-busy]');
const EVERY = 700;

async function look() {
  const now = await api('GET', `/imports/${box.dataset.import}`).catch(() => null);
  if (now && !['running', 'undoing'].includes(now.state)) { location.reload(); return; }
  if (now) {
    const did = now.state === 'undoing' ? now.undone + now.kept : now.made + now.refused;
    box.querySelector('progress').value = did;
    box.querySelector('[data-did]').textContent = String(did);
  }
  setTimeout(look, EVERY);
}
if (box) setTimeout(look, EVERY);
