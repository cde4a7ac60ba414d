// A link of which there are many to choose from: a box that searches as one types. The select
// stays beneath and carries the value, so the form posts the same with and without this.
import { api } from './lib/api.js';

let serial = 0;

function fetchOptions(form, select, text, values) {
  const ask = new URLSearchParams({ field: select.dataset.link, q: text });
  if (form.dataset.id) ask.set('id', form.dataset.id);
  const typed = JSON.stringify(values());
  if (typed.length < 6000) ask.set('values', typed);
  return api('GET', `/forms/${form.dataset.form}/options?${ask}`);
}

function makeBox(select) {
  const id = `combo-${serial += 1}`;
  const box = document.createElement('span');
  box.className = 'combo';
  box.innerHTML = '<input type="text" role="combobox" aria-autocomplete="list" aria-expanded="false" autocomplete="off" spellcheck="false"><ul role="listbox" hidden></ul>';
  const [input, list] = box.children;
  list.id = id;
  input.setAttribute('aria-controls', id);
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  list.setAttribute('aria-label', label?.textContent.trim() ?? select.name);
  for (const name of ['aria-invalid', 'aria-describedby'])
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  input.required = select.required;
  input.disabled = select.disabled;
  select.required = false;
  input.id = select.id;
  select.removeAttribute('id');
  select.hidden = true;
  select.before(box);
  return { input, list };
}

class Combo {
  constructor(form, select, values) {
    Object.assign(this, { form, select, values, options: [], at: -1, asked: 0, ...makeBox(select) });
    this.name();
    select.addEventListener('filled', () => this.name());
    this.input.addEventListener('input', () => this.search(this.input.value));
    this.input.addEventListener('click', () => { if (this.list.hidden) this.search(''); });
    this.input.addEventListener('keydown', (e) => this.key(e));
    this.input.addEventListener('blur', () => this.leave());
    this.list.addEventListener('mousedown', (e) => {
      e.preventDefault();
      const item = e.target.closest('[role="option"]');
      if (item) this.choose(Number(item.dataset.at));
    });
  }

  name() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? option.label : '';
  }

  async search(text) {
    const mine = this.asked += 1;
    await new Promise((r) => setTimeout(r, 120));
    if (mine !== this.asked) return;
    const answer = await fetchOptions(this.form, this.select, text, this.values).catch(() => null);
    if (!answer || mine !== this.asked || document.activeElement !== this.input) return;
    this.show(answer);
  }

  show({ options, more }) {
    this.options = options;
    this.at = -1;
    this.list.replaceChildren(...options.map((o, i) => {
      const item = document.createElement('li');
      item.setAttribute('role', 'option');
      item.id = `${this.list.id}-${i}`;
      item.dataset.at = String(i);
      item.textContent = o.title;
      item.setAttribute('aria-selected', 'false');
      return item;
    }));
    if (more || !options.length) {
      const hint = document.createElement('li');
      hint.className = 'muted small';
      hint.setAttribute('role', 'option');
      hint.setAttribute('aria-disabled', 'true');
      hint.textContent = more ? this.form.dataset.tMore : this.form.dataset.tNone;
      this.list.append(hint);
    }
    this.open(true);
  }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute('aria-expanded', String(on));
    if (!on) this.input.removeAttribute('aria-activedescendant');
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.list.hidden) this.search('');
    else if (step && this.options.length) this.mark((this.at + step + this.options.length) % this.options.length);
    else if (event.key === 'Enter' && !this.list.hidden && this.at >= 0) this.choose(this.at);
    else if (event.key === 'Escape' && !this.list.hidden) { this.open(false); this.name(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  mark(at) {
    this.at = at;
    for (const item of this.list.querySelectorAll('[data-at]'))
      item.setAttribute('aria-selected', String(Number(item.dataset.at) === at));
    const item = document.getElementById(`${this.list.id}-${at}`);
    item?.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', `${this.list.id}-${at}`);
  }

  choose(at) {
    const option = this.options[at];
    if (!option) return;
    this.set(String(option.id), option.title);
    this.open(false);
  }

  set(value, title) {
    if (value && ![...this.select.options].some((o) => o.value === value)) this.select.add(new Option(title, value));
    this.select.value = value;
    this.name();
    this.select.dispatchEvent(new Event('change', { bubbles: true }));
  }

  leave() {
    this.asked += 1;
    this.open(false);
    const option = this.select.selectedOptions[0];
    if (!this.input.value.trim() && option?.value) this.set('', '');
    else this.name();
  }
}

/** Turns the links of a form or row into search boxes where there are too many for a list, or
    where what is offered follows other fields. values(): the body typed so far. */
export function wireLinks(form, root, values) {
  for (const select of root.querySelectorAll('select[data-link][data-more], select[data-link][data-picks]'))
    if (!select.disabled && !select.hidden) new Combo(form, select, values);
}
