// The calendar: an event dropped on another day has its date changed there, and what ends later
// ends as much later; it can be taken back. Without a mouse its "Move…" asks for the day.
import { Draggable, Droppable, newManager } from './lib/drag.js';
import { api, toast } from './lib/api.js';

const DAY = 86400000;
const dayOf = (text) => text.slice(0, 10);
const utc = (day) => Date.parse(`${day}T00:00:00Z`);

/** A date or local time, so many days later: its time of day stays. */
export function shift(text, days) {
  return new Date(utc(dayOf(text)) + days * DAY).toISOString().slice(0, 10) + text.slice(10);
}

/** What moves an event by so many days: the values to send, and those to take it back. */
export function change(box, event, days) {
  const now = { [box.dataset.date]: event.dataset.at };
  if (event.dataset.until) now[box.dataset.end] = event.dataset.until;
  const then = Object.fromEntries(Object.entries(now).map(([k, v]) => [k, shift(v, days)]));
  return { now, then };
}

function refused(problem) {
  const texts = Object.values(problem.fields ?? {}).map((f) => f.message);
  toast([problem.message, ...texts].join(' '));
}

// The server draws the days anew.
async function refresh(box) {
  const answer = await fetch(location.href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-calendar]');
  if (!fresh) return;
  box.replaceChildren(...fresh.children);
  wire(box);
}

const patch = (box, id, version, values) =>
  api('PATCH', `/forms/${box.dataset.form}/records/${id}`, values, { 'If-Match': `"${version}"` });

async function move(box, event, days) {
  if (!days) return;
  const { now, then } = change(box, event, days);
  const id = event.dataset.id;
  try {
    const saved = await patch(box, id, event.dataset.version, then);
    await refresh(box);
    toast(box.dataset.tMoved.replace('{day}', () => dayOf(then[box.dataset.date])), {
      label: box.dataset.tUndo,
      run: () => patch(box, id, saved.version, now)
        .then(() => refresh(box)).then(() => toast(box.dataset.tUndone)).catch(refused),
    });
  } catch (problem) {
    refused(problem);
    await refresh(box);
  }
}

// Of an event that goes on, the day it was taken from counts.
const between = (event, day) =>
  Math.round((utc(day) - utc(event.closest('[data-day]').dataset.day)) / DAY);

function ask(box, event) {
  const dialog = document.createElement('dialog');
  const form = document.createElement('form');
  const label = document.createElement('label');
  const input = Object.assign(document.createElement('input'), { type: 'date', required: true });
  const row = Object.assign(document.createElement('div'), { className: 'row' });
  const title = Object.assign(document.createElement('h2'), { textContent: box.dataset.tMove });
  const button = (text, type, main) =>
    Object.assign(document.createElement('button'), { textContent: text, type, className: main });
  const cancel = button(box.dataset.tCancel, 'button', '');
  form.method = 'dialog';
  form.className = 'stack';
  label.className = 'field';
  label.append(box.dataset.label, input);
  input.value = dayOf(event.dataset.at);
  row.append(button(box.dataset.tSave, 'submit', 'main'), cancel);
  form.append(title, label, row);
  dialog.setAttribute('aria-label', box.dataset.tMove);
  dialog.append(form);
  document.body.append(dialog);
  cancel.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', () => {
    const days = Math.round((utc(input.value) - utc(dayOf(event.dataset.at))) / DAY);
    move(box, event, days);
  });
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
}

let manager = null;

function wire(box) {
  manager?.destroy();
  manager = newManager(document.querySelector('meta[name="nonce"]')?.content, { links: true });
  const events = [...box.querySelectorAll('[data-draggable]')];
  for (const day of box.querySelectorAll('[data-day]'))
    new Droppable({ id: `day:${day.dataset.day}`, element: day }, manager);
  events.forEach((element, i) => new Draggable({ id: `event:${i}`, element, feedback: 'clone' }, manager));
  const cell = (target) => box.querySelector(`[data-day="${CSS.escape(String(target?.id ?? '').slice(4))}"]`);
  const clear = () => { for (const c of box.querySelectorAll('.over')) c.classList.remove('over'); };
  manager.monitor.addEventListener('dragover', (event) => {
    clear();
    cell(event.operation.target)?.classList.add('over');
  });
  manager.monitor.addEventListener('dragend', (event) => {
    clear();
    const day = event.canceled ? null : cell(event.operation.target);
    const moved = events[Number(String(event.operation.source?.id ?? '').slice(6))];
    if (day && moved) move(box, moved, between(moved, day.dataset.day));
  });
}

export function start() {
  for (const box of document.querySelectorAll('[data-calendar]')) {
    wire(box);
    box.addEventListener('refreshed', () => wire(box));
    box.dataset.live = '';
    box.addEventListener('click', (event) => {
      const link = event.target.closest('a[data-move]');
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      ask(box, link.closest('.event'));
    });
  }
}
