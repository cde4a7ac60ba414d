// The page follows what happens: lists, boards, calendars, galleries and records are drawn anew in
// place where nothing is under way in them; the count of messages; notes for what needs a person.
import { follow } from './lib/events.js';
import { api, toast } from './lib/api.js';
import { morph } from './live_morph.js';

const PAUSE_MS = 1500;                // between two drawings of a page
const COUNT_MS = 5000;                // of one that counts many records
const BUSY_MS = 1000;
const FRESH_MS = 2400;
const PAGES = 6;                      // of a list that are drawn anew; what is below stays as it was
const FAILED_MS = 10000;              // until the next try

const meta = document.querySelector('meta[name="live"]');
const text = meta?.dataset ?? {};
const me = Number(text.me);
const page = { since: 0, timer: 0, waiting: false, drawing: false, changed: new Set(), news: '', told: 0, messages: undefined, tasks: undefined };

const who = (event) => event.by?.title || text.tNobody;
const byOther = (event) => event.by?.id !== me;
const filled = (template, event) => template.replace('{who}', () => who(event));

// ---- a note at the top of the page: one of each kind ----

// Where one types stays where it is, unless that is where the note comes to stand.
function steady(change) {
  const at = document.activeElement?.closest('#main input, #main textarea, #main select');
  const before = at?.getBoundingClientRect().top ?? 0;
  const box = change();
  const moved = at ? at.getBoundingClientRect().top - before : 0;
  if (moved > 0 && before > box.offsetHeight + 80) scrollBy({ top: moved, behavior: 'instant' });
}

const note = (...said) => steady(() => put(...said));

function put(kind, words, actions = []) {
  let box = document.querySelector(`[data-note="${kind}"]`);
  if (!box) {
    box = document.createElement('div');
    box.className = 'note live-note';
    box.dataset.note = kind;
    box.setAttribute('role', 'status');
    document.querySelector('#main').prepend(box);
  }
  const line = document.createElement('span');
  line.className = 'grow';
  line.append(...words);
  const buttons = actions.map(({ label, run, href }) => {
    const node = document.createElement(href ? 'a' : 'button');
    node.className = href ? 'button small' : 'small';
    node.textContent = label;
    if (href) Object.assign(node, { href, target: '_blank', rel: 'noopener' });
    else node.addEventListener('click', run);
    return node;
  });
  box.replaceChildren(line, ...buttons);
  return box;
}

const unnote = (kind) => document.querySelector(`[data-note="${kind}"]`)?.remove();

// Said to who hears the page, once in a while.
function say(words) {
  if (Date.now() - page.told < 10000) return;
  page.told = Date.now();
  let box = document.querySelector('#live-said');
  if (!box) {
    box = Object.assign(document.createElement('p'), { id: 'live-said', className: 'sr' });
    box.setAttribute('role', 'status');
    document.body.append(box);
  }
  box.textContent = '';
  setTimeout(() => { box.textContent = words; }, 50);
}

// ---- drawing anew ----

async function fetchPage(href) {
  const answer = await fetch(href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (answer.redirected) return null;
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

// As many rows as are shown, and the link to the rest.
async function whole(part) {
  const fresh = await fetchPage(location.href);
  const now = fresh?.getElementById(part.id);
  const rows = now?.querySelector('[data-rows]');
  const shown = part.querySelector('[data-rows]')?.children.length ?? 0;
  for (let n = 1; rows && n < PAGES && rows.children.length < shown; n += 1) {
    const link = now.querySelector('a[data-more]');
    const next = link && await fetchPage(link.getAttribute('href'));
    if (!next) break;
    rows.append(...next.querySelectorAll(`#${part.id} [data-rows] > *`));
    const more = next.querySelector('a[data-more]');
    if (more) link.setAttribute('href', more.getAttribute('href'));
    else link.closest('p').remove();
  }
  if (rows) keepBelow(part, now, rows);
  return now;
}

function keepBelow(part, now, rows) {
  const known = new Set([...rows.children].map((row) => row.dataset.id));
  const below = [...part.querySelector('[data-rows]').children].slice(rows.children.length)
    .filter((row) => !known.has(row.dataset.id));
  const link = now.querySelector('a[data-more]');
  if (!below.length || !link) return;
  rows.append(...below.map((row) => row.cloneNode(true)));
  const was = part.querySelector('a[data-more]');
  if (was) link.setAttribute('href', was.getAttribute('href'));
  else link.closest('p').remove();
}

// Something is under way that a new drawing would disturb.
function busy(part) {
  const at = document.activeElement;
  const picked = getSelection();
  return Boolean(part.matches('[data-busy]')
    || document.querySelector('dialog[open], [data-dnd-dragging], [data-dnd-placeholder]')
    || part.querySelector('details.menu[open]')
    || (part.contains(at) && at.matches('input, textarea, select:not(.dash-filters *), [contenteditable]'))
    || (picked && !picked.isCollapsed && part.contains(picked.anchorNode)));
}

function mark(part, ids) {
  for (const id of ids)
    for (const row of part.querySelectorAll(`[data-id="${CSS.escape(String(id))}"]`)) {
      row.classList.add('fresh');
      setTimeout(() => row.classList.remove('fresh'), FRESH_MS);
    }
}

async function draw(part) {
  const ids = [...page.changed];
  page.changed.clear();
  page.since = Date.now();
  const again = () => { for (const id of ids) page.changed.add(id); later(part); return false; };
  let now;
  try { now = await whole(part); } catch { page.since += FAILED_MS; return again(); }
  if (!now) return false;
  if (busy(part)) return again();
  morph(part, now);
  mark(part, ids);
  part.dispatchEvent(new CustomEvent('refreshed'));
  return true;
}

// A dashboard counts records that it does not show.
const counts = (part) => part.id === 'live-dash';

// Soon, when nothing is under way; not more often than the eye can follow, and not where nobody
// looks.
function later(part) {
  clearTimeout(page.timer);
  page.waiting = document.visibilityState !== 'visible';
  if (page.waiting) return;
  const soon = Math.max(0, page.since + (counts(part) ? COUNT_MS : PAUSE_MS) - Date.now());
  page.timer = setTimeout(async () => {
    if (page.drawing || busy(part)) { later(part); return; }
    page.drawing = true;
    let drawn = false;
    try { drawn = await draw(part); } finally { page.drawing = false; }
    if (!drawn) return;
    if (page.news) toast(page.news);
    else say(text.tList);
    page.news = '';
  }, page.drawing || busy(part) ? Math.max(soon, BUSY_MS) : soon);
}

// ---- lists and their like ----

// The page shows the record as it is, or newer: what it did itself, most often.
function shows(part, event) {
  const row = part.querySelector(`[data-id="${CSS.escape(String(event.id))}"][data-version]`);
  return row && Number(row.dataset.version) >= event.version;
}

function listHears(part, event) {
  if (event.event === 'reset') { later(part); return; }
  if (!part.dataset.follows.split(' ').includes(event.form)) return;
  if (event.event === 'record' && (event.what === 'comment' || shows(part, event))) return;
  if (event.event === 'gone' && !counts(part) && !part.querySelector(`[data-id="${CSS.escape(String(event.id))}"]`)) return;
  if (event.event === 'record' && byOther(event)) page.changed.add(event.id);
  later(part);
}

// ---- a record, read ----

// Half-typed comments and open menus are kept by asking first.
const inUse = (part) => busy(part) || [...part.querySelectorAll('textarea')].some((box) => box.value !== box.defaultValue);

function recordHears(part, event) {
  const mine = event.form === location.pathname.split('/')[2] && String(event.id) === part.dataset.record;
  if (event.event === 'gone' && mine) { note('record', [text.tGone]); return; }
  if (event.event !== 'reset' && !mine) { listHears(part, event); return; }
  if (mine && event.what !== 'comment' && event.version <= Number(part.dataset.version)) return;
  if (event.event === 'reset' || !byOther(event)) { later(part); return; }
  if (inUse(part))
    note('record', [filled(text.tChanged, event)],
      [{ label: text.tShow, run: () => { unnote('record'); draw(part); } }]);
  else {
    unnote('record');
    page.news = filled(text.tChanged, event);
    later(part);
  }
}

// ---- a record, being edited: nothing of it is touched ----

async function changesOf(event) {
  const { entries } = await api('GET', `/forms/${event.form}/records/${event.id}/history?limit=1`);
  return (entries[0]?.changes ?? []).map((c) => `${c.label}: ${c.old ?? '–'} → ${c.now ?? '–'}`);
}

async function formHears(form, event) {
  const mine = event.form === form.dataset.form && String(event.id) === form.dataset.id;
  if (!mine) return;
  if (event.event === 'gone') { note('record', [text.tGone]); return; }
  const version = Number(form.querySelector('input[name="_version"]')?.value);
  if (event.what === 'comment' || event.version <= version) return;
  const lines = await changesOf(event).catch(() => []);
  const list = document.createElement('ul');
  for (const line of lines) list.append(Object.assign(document.createElement('li'), { textContent: line }));
  const kept = document.createElement('small');
  kept.textContent = text.tKept;
  note('record', [filled(text.tMeanwhile, event), list, kept], form.isDirty?.()
    ? [{ label: text.tNow, href: `/f/${event.form}/${event.id}` }]
    : [{ label: text.tReload, run: () => location.reload() }]);
}

// ---- messages ----

async function messagesHear(event) {
  const badge = document.querySelector('[data-unread]');
  if (badge) {
    badge.hidden = !event.unread;
    badge.lastElementChild.textContent = event.unread > 99 ? '99+' : String(event.unread);
  }
  const part = document.querySelector('#live-messages');
  const first = page.messages === undefined;
  const same = page.messages === `${event.unread} ${event.newest}`;
  page.messages = `${event.unread} ${event.newest}`;
  if (part && !first && !same) later(part);
  let known = 0;
  try { known = Number(localStorage.getItem('newest-message') ?? 0); localStorage.setItem('newest-message', String(Math.max(known, event.newest))); } catch { return; }
  if (first || same || !event.unread || event.newest <= known || document.visibilityState !== 'visible') return;
  const { messages } = await api('GET', '/messages?unread=true&limit=1');
  const [newest] = messages;
  if (!newest) return;
  const href = newest.form && newest.record ? `/f/${newest.form}/${newest.record}` : '/messages';
  toast(newest.text, { label: text.tShow, run: () => { location.href = href; } });
}

// ---- tasks ----

function tasksHear(event) {
  const badge = document.querySelector('[data-tasks]');
  const open = event.todo + event.copied;
  if (badge) {
    badge.hidden = !open;
    badge.lastElementChild.textContent = open > 99 ? '99+' : String(open);
  }
  const part = document.querySelector('#live-tasks');
  const now = `${event.todo} ${event.copied}`;
  const same = page.tasks === undefined || page.tasks === now;
  page.tasks = now;
  if (part && !same) later(part);
}

// ---- the app ----

function appHears(event) {
  if (event.version <= Number(text.app)) return;
  // The designer takes it over by itself.
  if (!dispatchEvent(new CustomEvent('tenon-app', { detail: event, cancelable: true }))) return;
  note('app', [text.tApp], [{ label: text.tReload, run: () => location.reload() }]);
}

export function start() {
  const list = document.querySelector('#live-list, #live-dash');
  const record = document.querySelector('#live-record');
  const form = document.querySelector('form[data-rules][data-id]:not([data-id=""])');
  const hear = (event) => {
    if (event.event === 'messages') { messagesHear(event).catch(() => {}); return; }
    if (event.event === 'tasks') { tasksHear(event); return; }
    if (event.event === 'design') { dispatchEvent(new CustomEvent('tenon-design')); return; }
    if (event.event === 'app') { appHears(event); return; }
    if (list) listHears(list, event);
    else if (record) recordHears(record, event);
    else if (form && event.event !== 'reset') formHears(form, event);
  };
  const part = list ?? record ?? document.querySelector('#live-messages, #live-tasks');
  document.addEventListener('visibilitychange', () => { if (part && page.waiting) later(part); });
  follow({ place: meta.content, me, hear });
  document.documentElement.dataset.followed = '';
}
