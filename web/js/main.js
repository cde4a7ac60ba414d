// Runs on every page: theme, density, dialogs, confirmations, and the parts a page asks for.
// Pages work without it.
import { settleDraft } from './form_draft.js';
import { api, toast } from './lib/api.js';

const root = document.documentElement;

function remember(name, value) {
  try { localStorage.setItem(name, value); } catch { /* private mode: not remembered */ }
}

function recall(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function look() {
  if (recall('theme')) root.dataset.theme = recall('theme');
  if (recall('density')) root.dataset.density = recall('density');
  for (const button of document.querySelectorAll('[data-theme-toggle]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const dark = root.dataset.theme
        ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
      remember('theme', root.dataset.theme);
    });
  }
  for (const button of document.querySelectorAll('[data-density-toggle]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      root.dataset.density = root.dataset.density === 'compact' ? 'roomy' : 'compact';
      remember('density', root.dataset.density);
    });
  }
}

// Menus close when one clicks elsewhere or presses Escape.
function menus() {
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]'))
      if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
}

function confirmations() {
  document.addEventListener('submit', (event) => {
    const text = event.target.dataset.confirm;
    if (text && !confirm(text)) event.preventDefault();
  });
}

// Ctrl-K or / goes to the search box.
function keys() {
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    const wanted = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !typing);
    const box = document.querySelector('.top .search input');
    if (!wanted || !box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

// Links with data-dialog show their small form in a dialog instead of a page of its own.
async function openDialog(href) {
  const { dialog } = await import('./dialog.js');
  return dialog(href);
}

function dialogs() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-dialog]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openDialog(link.href).catch(() => { location.href = link.href; });
  });
}

// Links with data-panel show the form of their page beside this one.
function panels() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-panel]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    import('./panel.js').then((m) => m.panel(link.href)).catch(() => { location.href = link.href; });
  });
}

async function parts() {
  if (document.querySelector('[data-tabs]')) (await import('./tabs.js')).start();
  if (document.querySelector('form[data-rules]')) (await import('./form.js')).start(document);
  if (document.querySelector('[data-more], [data-order]')) (await import('./list.js')).start();
  if (document.querySelector('[data-board]')) (await import('./board.js')).start();
  if (document.querySelector('[data-calendar]')) (await import('./calendar.js')).start();
  if (document.querySelector('#live-dash')) (await import('./dashboard.js')).start();
  if (document.querySelector('meta[name="live"]')) (await import('./live.js')).start();
}

look();
document.querySelector('.path [aria-current]')?.parentElement.scrollTo({ left: document.querySelector('.path [aria-current]').offsetLeft - 60 });
menus();
confirmations();
keys();
dialogs();
panels();
settleDraft();
parts().catch((error) => {
  console.error(error);
  toast(error.message);
});

export { api, openDialog };
