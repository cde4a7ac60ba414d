// The board: a card dropped on a stage makes the transition that leads there; what it asks for
// comes in a dialog; what is refused says why and the card goes back. Columns of a field change
// that field instead. What was done can be taken back where there is a way. Without a mouse the
// card's menu does the same.
import { Draggable, Droppable, landed, newManager } from './lib/drag.js';
import { api, toast } from './lib/api.js';
import { dialog } from './dialog.js';

let manager = null;

const movesOf = (card) => JSON.parse(card.dataset.moves || '[]');

function count(column, by) {
  const box = column.querySelector('[data-count]');
  const now = Number(box.textContent);
  if (Number.isFinite(now)) box.textContent = String(now + by);
}

function put(card, column) {
  const from = card.closest('[data-stage]');
  if (from === column) return;
  column.querySelector('ul').prepend(card);
  count(from, -1);
  count(column, 1);
}

const recordOf = (board, card) => `/forms/${board.dataset.form}/records/${card.dataset.id}`;
const find = (board, id) => board.querySelector(`.card[data-id="${CSS.escape(id)}"]`);

// True when the record has moved. A move that needs values opens its form.
async function make(board, card, move) {
  if (board.dataset.by) {
    await api('PATCH', recordOf(board, card), { [board.dataset.by]: move.to || null },
      { 'If-Match': `"${card.dataset.version}"` });
    return true;
  }
  if (move.asks) {
    await landed(manager);
    return dialog(move.href, { stay: true });
  }
  await api('POST', `${recordOf(board, card)}/transitions/${move.name}`, {});
  return true;
}

async function drop(board, card, column) {
  const from = card.closest('[data-stage]');
  if (!column || column === from) return;
  const move = movesOf(card).find((m) => m.to === column.dataset.stage);
  if (!move || move.why) {
    toast(move?.why ?? board.dataset.nomove);
    return;
  }
  put(card, column);
  await go(board, card, move, from.dataset.stage, () => put(card, from));
}

function refused(problem) {
  const texts = Object.values(problem.fields ?? {}).map((f) => f.message);
  toast([problem.message, ...texts].join(' '));
}

/** Makes a move of a card that stood in the column `from`; `back` when it was not made. */
async function go(board, card, move, from, back) {
  board.dataset.busy = '';
  try {
    await made(board, card, move, from, back);
  } finally {
    delete board.dataset.busy;
  }
}

async function made(board, card, move, from, back) {
  try {
    if (!await make(board, card, move)) { back(); return; }
  } catch (problem) {
    back();
    refused(problem);
    if (problem.status === 412) await refresh(board);
    return;
  }
  await refresh(board);
  const now = find(board, card.dataset.id);
  const undo = now && wayBack(board, now, from);
  const text = board.dataset.moved.replace('{to}', () => move.to_label);
  const take = () => go(board, find(board, card.dataset.id) ?? now, undo, move.to, () => {});
  toast(text, undo && { label: undo.label ?? board.dataset.undo, run: take });
}

// What leads back without asking for anything.
function wayBack(board, card, from) {
  if (board.dataset.by) return { to: from, to_label: labelOf(board, from) };
  return movesOf(card).find((m) => m.to === from && !m.why && !m.asks);
}

const labelOf = (board, key) =>
  board.querySelector(`[data-stage="${CSS.escape(key)}"] h2`)?.textContent ?? key;

// After a move the card has other moves and the columns other sums: the server draws them.
async function refresh(board) {
  const answer = await fetch(location.href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-board]');
  if (!fresh) return;
  await landed(manager);
  const left = board.scrollLeft;
  board.replaceChildren(...fresh.children);
  board.scrollLeft = left;
  wire(board);
}

function wire(board) {
  manager?.destroy();
  manager = newManager(document.querySelector('meta[name="nonce"]')?.content);
  for (const column of board.querySelectorAll('[data-stage]'))
    new Droppable({ id: `stage:${column.dataset.stage}`, element: column }, manager);
  for (const card of board.querySelectorAll('[data-draggable]'))
    new Draggable({ id: `card:${card.dataset.id}`, element: card, feedback: 'clone' }, manager);
  const column = (target) => board.querySelector(`[data-stage="${CSS.escape(String(target?.id ?? '').slice(6))}"]`);
  manager.monitor.addEventListener('dragover', (event) => {
    for (const c of board.querySelectorAll('.over')) c.classList.remove('over');
    column(event.operation.target)?.classList.add('over');
  });
  manager.monitor.addEventListener('dragend', (event) => {
    for (const c of board.querySelectorAll('.over')) c.classList.remove('over');
    if (event.canceled) return;
    const id = String(event.operation.source?.id ?? '').slice(5);
    const card = board.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (card) drop(board, card, column(event.operation.target));
  });
}

export function start() {
  for (const board of document.querySelectorAll('[data-board]')) {
    wire(board);
    board.addEventListener('refreshed', () => wire(board));
    board.dataset.live = '';
    board.addEventListener('click', (event) => {
      const link = event.target.closest('a[data-move]');
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const card = link.closest('.card');
      const from = card.closest('[data-stage]').dataset.stage;
      const move = movesOf(card).find((m) => m.name === link.dataset.move);
      if (move.why) toast(move.why);
      else go(board, card, { ...move, asks: true }, from, () => {});
    });
  }
}
