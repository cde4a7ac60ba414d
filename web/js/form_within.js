// Options that hang on another field: only those that go with its value are offered, and what
// no longer goes with it is taken away, as far down as fields hang on each other.

const attr = (name) => `[name="${CSS.escape(name)}"]`;


const told = (box) => box.dispatchEvent(new Event('change', { bubbles: true }));

// A select keeps all its groups aside and shows those that go with the value.
function narrowSelect(select, values) {
  select.groups ??= [...select.querySelectorAll('optgroup[data-of]')];
  const was = select.value;
  for (const group of select.groups) {
    if (values.includes(group.dataset.of)) select.append(group);
    else group.remove();
  }
  select.value = was;
  if (select.value === was) return false;
  select.value = '';
  return true;
}

function narrowBoxes(box, values) {
  let lost = false;
  for (const group of box.querySelectorAll('.of[data-of]')) {
    group.hidden = !values.includes(group.dataset.of);
    for (const tick of group.querySelectorAll('input:checked')) {
      if (!group.hidden) continue;
      tick.checked = false;
      lost = true;
    }
  }
  return lost;
}

function narrowList(list, values) {
  list.all ??= [...list.querySelectorAll('option[data-of]')];
  for (const option of list.all) {
    if (values.includes(option.dataset.of)) list.append(option);
    else option.remove();
  }
  return false;
}

function narrow(source, value) {
  const row = source.closest('tr[data-row]');
  const at = row ? `${row.closest('[data-rows]').dataset.rows}.${row.dataset.row}.` : '';
  const values = [value(source.dataset.within, at) ?? []].flat();
  if (source.tagName === 'SELECT') return narrowSelect(source, values);
  if (source.tagName === 'DATALIST') return narrowList(source, values);
  return narrowBoxes(source, values);
}

/** Shows what goes with the values as they are, value(name, prefix); fields emptied by it are
    told to the form. */
export function narrowAll(root, value) {
  for (const source of root.querySelectorAll('[data-within]'))
    if (narrow(source, value)) told(source.tagName === 'FIELDSET' ? source.querySelector('input') : source);
}

/** The field `name` was changed by hand: links and texts of records chosen under its former
    value are taken back. fields: those of the record or of the row at prefix. */
export function letGo(form, fields, name, prefix) {
  for (const field of fields) {
    if (!field.hangs?.includes(name)) continue;
    const box = form.querySelector(`select${attr(prefix + field.name)}`);
    if (box && !box.dataset.within && box.value) {
      box.value = '';
      box.dispatchEvent(new Event('filled'));
      told(box);
    }
    const list = form.querySelector(`input[type="hidden"]${attr(`${prefix}${field.name}[]`)}`)?.closest('[data-chips]');
    const ticked = list ? [...list.querySelectorAll('input:checked')] : [];
    for (const tick of ticked) tick.checked = false;
    if (ticked.length) {
      list.dispatchEvent(new Event('filled'));
      for (const kind of ['input', 'change']) list.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }
}
