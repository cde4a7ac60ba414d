// Several values as chips with a box that searches. The checkboxes, or the line of words,
// stay beneath and carry the values, so the form posts the same with and without this.
import { Search, fetchOptions } from './form_link.js';
import { pieces } from './form_values.js';

/** Checkboxes as a set of values. */
class Boxes {
  constructor(source) {
    this.source = source;
    this.name = source.querySelector('input[type="hidden"]').name;
    this.own = source.querySelector('input[type="text"]');
  }

  all() {
    return [...this.source.querySelectorAll('input[type="checkbox"]')];
  }

  offered() {
    return this.all().map((b) => ({ value: b.value, title: b.parentElement.textContent.trim() }));
  }

  values() {
    const own = pieces(this.own?.value ?? '').map((word) => ({ value: word, title: word }));
    return [...this.all().filter((b) => b.checked).map((b) => ({ value: b.value, title: b.parentElement.textContent.trim() })), ...own];
  }

  add({ value, title }) {
    let box = this.all().find((b) => b.value === value);
    if (!box) {
      const label = document.createElement('label');
      box = Object.assign(document.createElement('input'), { type: 'checkbox', name: this.name, value });
      label.append(box, ` ${title}`);
      this.source.append(label);
    }
    this.source.append(box.parentElement);       // chosen last stands last
    box.checked = true;
  }

  remove(value) {
    const box = this.all().find((b) => b.value === value);
    if (box) box.checked = false;
    if (this.own) this.own.value = pieces(this.own.value).filter((word) => word !== value).join(', ');
  }

  hide() {
    for (const x of this.source.children) if (x.tagName !== 'UL' && !x.matches('.combo')) x.hidden = true;
  }
}

/** A line of words with commas between. */
class Line {
  constructor(source) { this.source = source; }

  offered() { return []; }

  values() { return pieces(this.source.value).map((word) => ({ value: word, title: word })); }

  put(words) { this.source.value = words.join(', '); }

  add({ title }) {
    const words = pieces(this.source.value);
    if (!words.some((w) => w.toLowerCase() === title.toLowerCase())) this.put([...words, title]);
  }

  remove(value) { this.put(pieces(this.source.value).filter((word) => word !== value)); }

  hide() { this.source.hidden = true; }
}

class Chips extends Search {
  constructor(form, source, values) {
    const line = source.tagName === 'INPUT';
    const field = source.closest('[data-field]');
    super(form, field?.querySelector(':scope > label, :scope > .label')?.textContent.trim() ?? source.name);
    this.source = source;
    this.held = line ? new Line(source) : new Boxes(source);
    this.typed = values;
    this.far = line || 'more' in source.dataset || 'picks' in source.dataset;
    this.free = 'free' in source.dataset;
    this.chips = document.createElement('ul');
    this.chips.className = 'chips';
    const { input } = this;
    for (const name of ['aria-invalid', 'aria-describedby', 'placeholder'])
      if (source.hasAttribute(name)) input.setAttribute(name, source.getAttribute(name));
    if (line) {
      input.id = source.id;
      source.removeAttribute('id');
      source.before(this.chips, this.box);
    } else {
      input.setAttribute('aria-label', this.list.getAttribute('aria-label'));
      input.placeholder ||= source.dataset.tSearch;
      source.prepend(this.chips, this.box);
    }
    source.addEventListener('filled', () => this.draw());
    this.draw();
  }

  async offers(text) {
    const taken = new Set(this.held.values().map((v) => v.value));
    const key = text.trim().toLowerCase();
    const left = (all) => all.filter((o) => !taken.has(o.value) && !(this.free && taken.has(o.title)));
    if (!this.far) return { options: left(this.held.offered()).filter((o) => o.title.toLowerCase().includes(key)).slice(0, 50), more: false };
    const { options, more } = await fetchOptions(this.form, this.source.dataset.chips, text.trim(), this.typed);
    return { options: left(options.map((o) => ({ value: String(o.id ?? o.value), title: o.title }))), more };
  }

  nothing() { return this.free ? this.form.dataset.tOwn : super.nothing(); }

  show(answer) {
    if (this.free && !answer.options.length && !this.input.value.trim()) this.open(false);
    else super.show(answer);
  }

  draw() {
    this.held.hide();
    this.chips.replaceChildren(...this.held.values().map(({ value, title }) => {
      const chip = document.createElement('li');
      chip.className = 'chip';
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = '×';
      button.setAttribute('aria-label', `${this.form.dataset.tRemove} ${title}`);
      button.addEventListener('click', () => { this.drop(value); this.input.focus(); });
      chip.append(title, button);
      return chip;
    }));
    this.chips.hidden = !this.chips.children.length;
  }

  told() {
    this.draw();
    for (const name of ['input', 'change']) this.source.dispatchEvent(new Event(name, { bubbles: true }));
  }

  choose(option) {
    this.held.add(option);
    this.input.value = '';
    this.told();
  }

  drop(value) {
    this.held.remove(value);
    this.told();
  }

  key(event) {
    const text = this.input.value.trim();
    const ends = event.key === 'Enter' || /^[,，、;；]$/.test(event.key);
    if (this.free && text && ends && this.at < 0) {
      event.preventDefault();
      event.stopPropagation();
      this.word(text);
    } else if (event.key === 'Backspace' && !this.input.value) {
      const last = this.held.values().at(-1);
      if (last) this.drop(last.value);
    } else if (event.key === 'Enter' && this.at < 0) event.preventDefault();
    else super.key(event);
  }

  async pasted(text) {
    if (this.free) this.word(text);
    else for (const piece of pieces(text)) await super.pasted(piece);
  }

  word(text) {
    this.asked += 1;
    this.open(false);
    for (const piece of pieces(text)) this.choose({ value: piece, title: piece });
  }

  leave() {
    if (this.free && this.input.value.trim()) this.word(this.input.value);
    this.input.value = '';
  }
}

/** Turns lists of a form or row into chips. values(): the body typed so far. */
export function wireChips(form, root, values) {
  for (const source of root.querySelectorAll('[data-chips]:not([data-live])')) {
    source.dataset.live = '';
    const still = source.tagName === 'INPUT' ? source.readOnly : source.querySelector('input[type="checkbox"]:disabled');
    if (!still) new Chips(form, source, values);
  }
}
