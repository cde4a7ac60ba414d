// Rows of a subform as a grid: add, remove, Enter and the arrows go from row to row, Ctrl-D
// takes the cell above, a table from a spreadsheet is pasted in.

const fresh = (html, index) => html
  .replaceAll('.new.', `.${index}.`).replaceAll('-new-', `-${index}-`).replaceAll('data-row="new"', `data-row="${index}"`);

const rowsIn = (box) => box.querySelectorAll('tbody > tr[data-row]');

// Rows keep their number when others go, so the next one is above all there were.
function nextIndex(box) {
  if (box.next === undefined) box.next = Math.max(-1, ...[...rowsIn(box)].map((r) => Number(r.dataset.row))) + 1;
  box.next += 1;
  return box.next - 1;
}

const full = (box) => box.dataset.max && rowsIn(box).length >= Number(box.dataset.max);

function limits(box) {
  const add = box.querySelector('[data-add]');
  if (add) add.disabled = Boolean(full(box));
  box.classList.toggle('bare', !box.querySelector('tbody > tr[data-row]'));
}

/** A new row at the end; null when there may be no more. hooks.wire(row) makes its cells live;
    the caller tells hooks.changed() when all is done. */
export function addRow(box, hooks) {
  box.blank ??= box.querySelector(':scope > template');      // behind all rows: looked for once
  if (!box.blank || full(box)) return null;
  const body = box.querySelector('tbody');
  const holder = document.createElement('tbody');
  holder.innerHTML = fresh(box.blank.innerHTML, nextIndex(box));
  const row = holder.querySelector('tr');
  body.append(row);
  wireRow(row);
  hooks.wire(row);
  return row;
}

function addOne(box, hooks) {
  const row = addRow(box, hooks);
  limits(box);
  if (row) hooks.changed();
  return row;
}

function wireRow(row) {
  for (const button of row.querySelectorAll('[data-remove]')) button.hidden = false;
}

// One box a cell that can be written in, in the order of the columns.
const CELL = 'input:not([type="hidden"]), select, textarea';
const boxOf = (cell) => [...cell.querySelectorAll(CELL)].find((b) => !b.hidden && !b.closest('[hidden]'));
const boxesOf = (row) => [...row.querySelectorAll(':scope > td[data-field]')].map(boxOf).filter(Boolean);
const columnOf = (row, target) => boxesOf(row).findIndex((b) => b === target || b.closest('td') === target.closest('td'));

function set(box, text) {
  const value = text.trim();
  if (box.getAttribute('role') === 'combobox') box.dispatchEvent(new CustomEvent('pasted', { detail: value }));
  else if (box.tagName === 'SELECT') {
    const option = [...box.options].find((o) => o.value === value || o.label === value);
    if (option) box.value = option.value;
  } else if (box.closest('fieldset.choices')) {
    const words = value.split(/[,，、;；]/).map((word) => word.trim());
    for (const tick of box.closest('fieldset').querySelectorAll('input[type="checkbox"]'))
      tick.checked = words.includes(tick.value) || words.includes(tick.parentElement.textContent.trim());
  } else if (box.type === 'checkbox') box.checked = /^(true|1|yes|x|是|✓)$/i.test(value);
  else box.value = value;
  box.dataset.touched = 'true';
}

/** What a spreadsheet puts on the clipboard: tabs, line ends, cells of several lines in quotes. */
export function cells(text) {
  const rows = [[]];
  let at = 0;
  const plain = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  while (at <= plain.length) {
    let cell = '';
    const quoted = plain[at] === '"' ? /^"((?:[^"]|"")*)"(?=\t|\n|$)/.exec(plain.slice(at)) : null;
    if (quoted) {
      cell = quoted[1].replaceAll('""', '"');
      at += quoted[0].length;
    } else {
      const end = plain.slice(at).search(/[\t\n]/);
      cell = end < 0 ? plain.slice(at) : plain.slice(at, at + end);
      at += cell.length;
    }
    rows.at(-1).push(cell);
    if (plain[at] === '\n') rows.push([]);
    at += 1;
  }
  return rows;
}

function paste(box, event, hooks) {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const at = event.target.closest('tr[data-row]');
  if (!at || !/[\t\n]/.test(text.trim()) || event.target.tagName === 'TEXTAREA') return;
  event.preventDefault();
  const column = Math.max(columnOf(at, event.target), 0);
  let row = at;
  for (const line of cells(text)) {
    row = row ?? addRow(box, hooks);
    if (!row) break;
    const boxes = boxesOf(row);
    line.forEach((cell, i) => { if (boxes[column + i]) set(boxes[column + i], cell); });
    row = row.nextElementSibling;
  }
  limits(box);
  hooks.changed();
}

// The same cell of the row above or below; below the last one a new row.
function goTo(box, row, target, step, hooks) {
  const column = Math.max(columnOf(row, target), 0);
  const next = step < 0 ? row.previousElementSibling : row.nextElementSibling ?? (step > 1 ? addOne(box, hooks) : null);
  if (next) boxesOf(next)[column]?.focus();
  return Boolean(next);
}

function copyAbove(row, target) {
  const above = row.previousElementSibling;
  const from = above ? boxesOf(above)[columnOf(row, target)] : null;
  if (!from || target.getAttribute('role') === 'combobox') return;
  if (target.type === 'checkbox') target.checked = from.checked;
  else target.value = from.value;
  target.dispatchEvent(new Event(target.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
}

function keys(box, event, hooks) {
  const { target, key } = event;
  const row = target.closest('tr[data-row]');
  if (!row || event.defaultPrevented || target.tagName === 'TEXTAREA' || target.tagName === 'BUTTON') return;
  const line = target.tagName === 'INPUT' && !['date', 'datetime-local', 'time', 'number'].includes(target.type);
  if (key === 'Enter' && event.shiftKey) goTo(box, row, target, -1, hooks);
  else if (key === 'Enter') goTo(box, row, target, 2, hooks);
  else if (line && key === 'ArrowDown' && !event.altKey) goTo(box, row, target, 1, hooks);
  else if (line && key === 'ArrowUp' && !event.altKey) goTo(box, row, target, -1, hooks);
  else if (key.toLowerCase() === 'd' && event.ctrlKey) copyAbove(row, target);
  else return;
  event.preventDefault();
}

/** Makes the subforms of a form live. hooks.wire(row) for each new row, hooks.changed() after
    each change of their rows. */
export function wireRows(form, hooks) {
  for (const box of form.querySelectorAll('[data-rows]')) {
    const add = box.querySelector('[data-add]');
    for (const row of rowsIn(box)) wireRow(row);
    if (add) {
      add.hidden = false;
      add.addEventListener('click', () => { const row = addOne(box, hooks); if (row) boxesOf(row)[0]?.focus(); });
    }
    box.addEventListener('click', (event) => {
      const row = event.target.closest('[data-remove]')?.closest('tr[data-row]');
      if (!row) return;
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      limits(box);
      (near?.querySelector('[data-remove]') ?? add)?.focus();
      hooks.changed();
    });
    box.addEventListener('keydown', (event) => keys(box, event, hooks));
    box.addEventListener('paste', (event) => paste(box, event, hooks));
    limits(box);
  }
}
