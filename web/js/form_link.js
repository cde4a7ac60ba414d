// A link of which there are many to choose from: a box that searches as one types. The select
// stays beneath and carries the value, so the form posts the same with and without this.
import { api } from './lib/api.js';

let serial = 0;

/** What the server offers for a field of the form: {options: [{id or value, title}], more}. */
export function fetchOptions(form, path, text, values) {
  const ask = new URLSearchParams({ field: path, q: text });
  if (form.dataset.id) ask.set('id', form.dataset.id);
  const typed = JSON.stringify(values());
  if (typed.length < 6000) ask.set('values', typed);
  return api('GET', `/forms/${form.dataset.form}/options?${ask}`);
}

/** A box with a list below it. What it offers is asked of this.offers(text), what was chosen is
    told to this.choose(option); this.leave() when one goes on. */
export class Search {
  constructor(form, label) {
    const box = document.createElement('span');
    box.className = 'combo';
    box.innerHTML = '<input type="text" role="combobox" aria-autocomplete="list" aria-expanded="false" autocomplete="off" spellcheck="false"><ul role="listbox" hidden></ul>';
    const [input, list] = box.children;
    list.id = `combo-${serial += 1}`;
    input.setAttribute('aria-controls', list.id);
    list.setAttribute('aria-label', label);
    Object.assign(this, { form, box, input, list, options: [], at: -1, asked: 0 });
    input.addEventListener('input', () => { this.at = -1; this.search(input.value); });
    input.addEventListener('click', () => { if (list.hidden) this.search(''); });
    input.addEventListener('keydown', (e) => this.key(e));
    input.addEventListener('pasted', (e) => this.pasted(e.detail));
    input.addEventListener('blur', () => { this.asked += 1; this.open(false); this.leave(); });
    list.addEventListener('mousedown', (e) => {
      e.preventDefault();
      const item = e.target.closest('[data-at]');
      if (item) this.take(Number(item.dataset.at));
    });
  }

  async search(text) {
    const mine = this.asked += 1;
    await new Promise((r) => setTimeout(r, 120));
    if (mine !== this.asked) return;
    const answer = await Promise.resolve(this.offers(text)).catch(() => null);
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
      hint.textContent = more ? this.form.dataset.tMore : this.nothing();
      this.list.append(hint);
    }
    this.open(true);
  }

  nothing() { return this.form.dataset.tNone; }

  open(on) {
    this.list.hidden = !on;
    this.input.setAttribute('aria-expanded', String(on));
    if (on) return;
    this.at = -1;
    this.input.removeAttribute('aria-activedescendant');
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.list.hidden) this.search('');
    else if (step && this.options.length) this.mark((this.at + step + this.options.length) % this.options.length);
    else if (event.key === 'Enter' && !this.list.hidden && this.at >= 0) this.take(this.at);
    else if (event.key === 'Escape' && !this.list.hidden) { this.open(false); this.leave(); }
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

  /** A title from elsewhere: the option of that name, or the only one there is. */
  async pasted(text) {
    if (!text) return;
    const { options } = await Promise.resolve(this.offers(text)).catch(() => ({ options: [] }));
    const same = options.find((o) => o.title.toLowerCase() === text.toLowerCase());
    const option = same ?? (options.length === 1 ? options[0] : null);
    if (option) this.choose(option);
  }

  take(at) {
    const option = this.options[at];
    if (!option) return;
    this.asked += 1;
    this.open(false);
    this.choose(option);
  }
}

const labelOf = (id) => document.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent.trim();

class Combo extends Search {
  constructor(form, select, values) {
    super(form, labelOf(select.id) ?? select.name);
    this.select = select;
    this.values = values;
    const { input } = this;
    for (const name of ['aria-invalid', 'aria-describedby'])
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    input.required = select.required;
    input.disabled = select.disabled;
    select.required = false;
    input.id = select.id;
    select.removeAttribute('id');
    select.hidden = true;
    select.before(this.box);
    this.name();
    select.addEventListener('filled', () => this.name());
  }

  offers(text) {
    return fetchOptions(this.form, this.select.dataset.link, text, this.values);
  }

  name() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? option.label : '';
  }

  choose(option) {
    this.set(String(option.id ?? option.value), option.title);
  }

  set(value, title) {
    if (value && ![...this.select.options].some((o) => o.value === value)) this.select.add(new Option(title, value));
    this.select.value = value;
    this.name();
    this.select.dispatchEvent(new Event('change', { bubbles: true }));
  }

  leave() {
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
