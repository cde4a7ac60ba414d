// A draft is kept in this browser until the form was sent, and offered when one comes back.

import { keepFiles, putFiles } from './form_file.js';

const KEEP = 7 * 86400e3;
const keyOf = (form) => `draft:${new URL(form.action).pathname}`;

function stored(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? 'null');
    return draft && Date.now() - draft.at < KEEP ? draft : null;
  } catch { return null; }
}

function drop(key) {
  try { localStorage.removeItem(key); } catch { /* private mode */ }
}

const entries = (form) => [...new FormData(form)].filter(([name, value]) => !name.startsWith('_') && typeof value === 'string');

// One of several values: its box is ticked, made where a search had brought it, or it stands in
// the line for others.
function tick(form, name, value, title) {
  const boxes = [...form.querySelectorAll(`input[name="${CSS.escape(name)}"]:not([type="hidden"])`)];
  const box = boxes.find((b) => b.type === 'checkbox' && b.value === value);
  const list = form.querySelector(`input[type="hidden"][name="${CSS.escape(name)}"]`)?.closest('fieldset');
  const line = boxes.find((b) => b.type === 'text');
  if (box) box.checked = true;
  else if (value && title && list) {
    const label = document.createElement('label');
    label.append(Object.assign(document.createElement('input'), { type: 'checkbox', name, value, checked: true }), ` ${title}`);
    list.append(label);
  } else if (value && line) line.value = value;
  list?.dispatchEvent(new Event('filled'));
}

function restore(form, draft, addRow) {
  const seen = new Map();
  for (const [name] of draft.entries) {
    const row = /^(\w+)\.(\d+)\./.exec(name);
    if (row) seen.set(row[1], Math.max(seen.get(row[1]) ?? -1, Number(row[2])));
  }
  for (const [key, last] of seen)
    for (let i = form.querySelectorAll(`[data-rows="${key}"] tr[data-row]`).length; i <= last; i += 1) addRow(key);
  for (const box of form.querySelectorAll('input[type="checkbox"]')) box.checked = false;
  for (const [name, value] of draft.entries) {
    if (name.endsWith('[]')) {
      tick(form, name, value, draft.titles?.[`${name}${value}`]);
      continue;
    }
    const boxes = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type="hidden"], [type="file"])`)];
    for (const box of boxes) {
      if (box.type === 'checkbox') box.checked = box.checked || box.value === value;
      else if (box.tagName === 'SELECT' && value && ![...box.options].some((o) => o.value === value))
        box.add(new Option(draft.titles?.[name] ?? value, value));
      if (box.type === 'radio') box.checked = box.value === value;
      else if (box.type !== 'checkbox') box.value = value;
      box.dispatchEvent(new Event('filled'));
    }
  }
  putFiles(form, draft.files);
}

function offer(form, draft, key, addRow, done) {
  const note = document.createElement('div');
  note.className = 'note row';
  note.setAttribute('role', 'status');
  const text = document.createElement('span');
  text.className = 'grow';
  text.textContent = form.dataset.tDraft;
  const button = (label, run) => {
    const b = document.createElement('button');
    b.type = 'button';
    b.className = 'small';
    b.textContent = label;
    b.addEventListener('click', () => { run(); note.remove(); });
    return b;
  };
  note.append(text, button(form.dataset.tRestore, () => { restore(form, draft, addRow); done(); }),
    button(form.dataset.tDiscard, () => drop(key)));
  form.prepend(note);
}

/** hooks: addRow(key), changed() after a draft was put back. */
export function wireDraft(form, hooks) {
  const key = keyOf(form);
  const refused = form.querySelector('[data-summary]');
  let dirty = Boolean(refused);
  form.isDirty = () => dirty;
  let timer = 0;                        // while what was typed last is not kept yet
  let sending = false;
  const draft = stored(key);
  const now = JSON.stringify(entries(form));
  if (draft && !refused && JSON.stringify(draft.entries) !== now)
    offer(form, draft, key, hooks.addRow, () => { dirty = true; hooks.changed(); });
  const rest = () => { clearTimeout(timer); timer = 0; };
  const keep = () => {
    rest();
    const titles = {};
    for (const s of form.querySelectorAll('select[data-link]'))
      if (s.value) titles[s.name] = s.selectedOptions[0]?.label;
    for (const box of form.querySelectorAll('fieldset[data-chips] input:checked'))
      titles[`${box.name}${box.value}`] = box.parentElement.textContent.trim();
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), entries: entries(form), titles, files: keepFiles(form) }));
    } catch { /* full or private: no draft */ }
  };
  form.addEventListener('input', () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 600);
  });
  // Who leaves in the middle of a word finds it again: leaving a page hides it.
  document.addEventListener('visibilitychange', () => { if (timer && document.visibilityState === 'hidden') keep(); });
  form.addEventListener('submit', () => {
    sending = true;
    keep();
    try { sessionStorage.setItem('sent', key); } catch { /* the draft stays */ }
  });
  for (const cancel of form.querySelectorAll('a[data-cancel]'))
    cancel.addEventListener('click', () => { sending = true; rest(); drop(key); });
  addEventListener('beforeunload', (event) => { if (dirty && !sending) event.preventDefault(); });
}

/** After a form was sent: the page that follows says so when it was taken. The form again, a
    sign-in or an error does not, and the draft stays. */
export function settleDraft() {
  let key = null;
  try { key = sessionStorage.getItem('sent'); sessionStorage.removeItem('sent'); } catch { return; }
  if (key && document.querySelector('[data-told]')) drop(key);
}
