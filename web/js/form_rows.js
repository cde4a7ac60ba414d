// Rows of a subform: add, remove, Enter goes down, a table from a spreadsheet is pasted in.

const fresh = (html, index) => html
  .replaceAll('.new.', `.${index}.`).replaceAll('-new-', `-${index}-`).replaceAll('data-row="new"', `data-row="${index}"`);

function nextIndex(box) {
  const used = [...box.querySelectorAll('tbody > tr[data-row]')].map((r) => Number(r.dataset.row));
  return used.length ? Math.max(...used) + 1 : 0;
}

const full = (box) => box.dataset.max && box.querySelectorAll('tbody > tr[data-row]').length >= Number(box.dataset.max);

function limits(box) {
  const add = box.querySelector('[data-add]');
  if (add) add.disabled = Boolean(full(box));
  box.classList.toggle('bare', !box.querySelector('tbody > tr[data-row]'));
}

/** A new row at the end; null when there may be no more. changed(row) is told. */
export function addRow(box, changed) {
  const template = box.querySelector('template');
  if (!template || full(box)) return null;
  const body = box.querySelector('tbody');
  const holder = document.createElement('tbody');
  holder.innerHTML = fresh(template.innerHTML, nextIndex(box));
  const row = holder.querySelector('tr');
  body.append(row);
  wireRow(row);
  limits(box);
  changed(row);
  return row;
}

function wireRow(row) {
  for (const button of row.querySelectorAll('[data-remove]')) button.hidden = false;
}

const boxesOf = (row) => [...row.querySelectorAll('td > input:not([type="hidden"]), td > select, td > .affix > input, td > .check > input:not([type="hidden"]), td > .combo > input, td > textarea')];

function set(box, text) {
  const value = text.trim();
  if (box.tagName === 'SELECT') {
    const option = [...box.options].find((o) => o.value === value || o.label === value);
    if (option) box.value = option.value;
  } else if (box.type === 'checkbox') box.checked = /^(true|1|yes|x|是)$/i.test(value);
  else box.value = value;
  box.dataset.touched = 'true';
}

// Tabs and line ends: what a spreadsheet puts on the clipboard.
function paste(box, event, changed) {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const at = event.target.closest('tr[data-row]');
  if (!at || !/[\t\n]/.test(text.trim()) || event.target.tagName === 'TEXTAREA') return;
  event.preventDefault();
  const column = boxesOf(at).indexOf(event.target);
  let row = at;
  for (const line of text.replace(/\r/g, '').replace(/\n+$/, '').split('\n')) {
    row = row ?? addRow(box, changed);
    if (!row) break;
    const boxes = boxesOf(row);
    line.split('\t').forEach((cell, i) => { if (boxes[column + i]) set(boxes[column + i], cell); });
    changed(row);
    row = row.nextElementSibling;
  }
}

function down(box, event, changed) {
  const row = event.target.closest('tr[data-row]');
  if (event.key !== 'Enter' || !row || event.defaultPrevented || event.target.tagName === 'TEXTAREA' || event.target.tagName === 'BUTTON') return;
  event.preventDefault();
  const column = boxesOf(row).indexOf(event.target);
  const next = row.nextElementSibling ?? addRow(box, changed);
  if (next) boxesOf(next)[Math.max(column, 0)]?.focus();
}

/** Makes the subforms of a form live. changed(row) after each change of their rows. */
export function wireRows(form, changed) {
  for (const box of form.querySelectorAll('[data-rows]')) {
    const add = box.querySelector('[data-add]');
    for (const row of box.querySelectorAll('tbody > tr[data-row]')) wireRow(row);
    if (add) {
      add.hidden = false;
      add.addEventListener('click', () => { const row = addRow(box, changed); if (row) boxesOf(row)[0]?.focus(); });
    }
    box.addEventListener('click', (event) => {
      const row = event.target.closest('[data-remove]')?.closest('tr[data-row]');
      if (!row) return;
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      limits(box);
      (near?.querySelector('[data-remove]') ?? add)?.focus();
      changed(null);
    });
    box.addEventListener('keydown', (event) => down(box, event, changed));
    box.addEventListener('paste', (event) => paste(box, event, changed));
    limits(box);
  }
}
