// A form that lives while one types: conditions, formulas and totals by the same expressions
// the server uses; what the browser cannot know is asked of the server. Without this script
// the form works all the same.
import { evaluate } from './expr.js';
import { api } from './lib/api.js';
import { wireDraft } from './form_draft.js';
import { wireChips } from './form_chips.js';
import { wireFiles } from './form_file.js';
import { wireLinks } from './form_link.js';
import { wireLocate } from './form_locate.js';
import { addRow, wireRows } from './form_rows.js';
import { letGo, narrowAll } from './form_within.js';
import { body, control, fill, number, raw, read, rowsOf, show, typed, wireNumbers } from './form_values.js';

const ASK_AFTER = 250;

class Live {
  constructor(form) {
    this.form = form;
    this.rules = { fields: [], sections: [], order: [], server: false, ...JSON.parse(form.dataset.rules || '{}') };
    const start = JSON.parse(form.dataset.record || '{}');
    this.start = start;
    this.record = start.record ?? {};
    this.how = { yes: form.dataset.tYes, no: form.dataset.tNo, zone: start.zone };
    this.fields = new Map(this.rules.fields.map((f) => [f.name, f]));
    this.asked = 0;
    this.timer = 0;
    this.server = {};
    this.before = this.stored();
  }

  // ---- values ----
  plain(field, value) {
    if (value && field?.parts) return Object.fromEntries(field.parts.map((p) => [p.name, typed(p, value[p.name])]));
    if (value && typeof value === 'object' && !Array.isArray(value)) return value.id ?? null;
    return Array.isArray(value) && !field?.rows ? value.map((v) => this.plain(field, v)) : typed(field ?? {}, value);
  }

  /** The record as it was loaded, in the form that expressions read. */
  stored() {
    const out = {};
    for (const [name, value] of Object.entries(this.record)) {
      const field = this.fields.get(name);
      if (!field?.rows) out[name] = this.plain(field, value);
    }
    for (const field of this.rules.fields)
      if (field.rows && Array.isArray(this.record[field.name]))
        out[field.name] = this.record[field.name].map((row) => Object.fromEntries(field.rows.map((f) => [f.name, this.plain(f, row[f.name])])));
    return out;
  }

  values() {
    return { ...this.before, ...this.server, ...read(this.form, this.rules.fields, '', this.how.zone) };
  }

  env(values, row) {
    const { start } = this;
    const get = (from, path) => {
      if (path[0] === 'stage' && path[1] === 'status') return start.status ?? null;
      if (row && path[0] === 'record' && path.length > 1) return get(values, path.slice(1));
      const value = from[path[0]] ?? null;
      return path.length > 1 && value !== null && typeof value === 'object' ? value[path[1]] ?? null : value;
    };
    return {
      get: (path) => get(row ?? values, path), old: this.form.dataset.id ? (path) => get(this.before, path) : undefined,
      me: start.me, department: start.department ?? null, departments: start.departments ?? [],
      roles: start.roles ?? [], now: Date.now(), zone: start.zone, calendar: start.calendar,
    };
  }

  test(tree, values, row) {
    try { return evaluate(tree, this.env(values, row)); } catch { return undefined; }
  }

  // ---- formulas ----
  compute(values) {
    for (const path of this.rules.order) {
      const [name, inner] = path.split('.');
      const field = this.fields.get(name);
      if (!field) continue;
      if (!inner) {
        if (field.formula) this.put(field, '', values, this.test(field.formula, values));
        continue;
      }
      const cell = field.rows?.find((f) => f.name === inner);
      if (!cell?.formula) continue;
      const rows = rowsOf(this.form, name);
      (values[name] ?? []).forEach((row, i) => {
        if (rows[i]) this.put(cell, `${name}.${rows[i].dataset.row}.`, row, this.test(cell.formula, values, row));
      });
    }
  }

  put(field, prefix, into, value) {
    if (value === undefined) return;
    into[field.name] = value;
    this.output(field, prefix, value);
  }

  output(field, prefix, value) {
    const id = `f-${(prefix + field.name).replaceAll('.', '-')}`;
    const box = document.getElementById(id);
    if (box?.tagName !== 'OUTPUT') return;
    const text = show(field, value, this.how);
    if (box.textContent !== text) box.textContent = text;
  }

  // ---- conditions ----
  flag(rule, values, otherwise, row) {
    if (rule === undefined || rule === null) return undefined;
    if (typeof rule === 'boolean') return rule;
    const value = this.test(rule, values, row);
    return value === undefined ? otherwise : Boolean(value);
  }

  conditions(values) {
    for (const field of this.rules.fields) {
      this.visible(field.name, this.flag(field.visible, values));
      this.required(field.name, this.flag(field.required, values));
      this.readonly(field.name, this.flag(field.readonly, values));
    }
    this.rules.sections.forEach((tree, i) => { if (tree) this.section(i, this.flag(tree, values)); });
  }

  wrap(name) {
    return this.form.querySelector(`.field[data-field="${CSS.escape(name)}"]`);
  }

  visible(name, on) {
    const wrap = this.wrap(name);
    if (wrap && on !== undefined) wrap.hidden = !on;
  }

  required(name, on) {
    const wrap = this.wrap(name);
    if (!wrap || on === undefined || wrap.querySelector(':scope > output')) return;
    const label = wrap.querySelector(':scope > label, :scope > .label');
    const mark = label?.querySelector('.must');
    if (on && label && !mark) label.insertAdjacentHTML('beforeend', '<span class="must" aria-hidden="true"> *</span>');
    if (!on) mark?.remove();
    const box = control(this.form, name);
    if (box && box.type !== 'checkbox' && box.type !== 'radio') box.required = on;
  }

  readonly(name, on) {
    if (on === undefined) return;
    const field = this.fields.get(name);
    for (const one of field?.parts ?? []) this.fix(control(this.form, `${name}.${one.name}`), on);
    if (field?.type === 'rating')
      for (const box of this.form.querySelectorAll(`input[type="radio"][name="${CSS.escape(name)}"]:not(:checked)`)) box.disabled = on;
    else this.fix(control(this.form, name), on);
  }

  fix(box, on) {
    if (!box) return;
    if (box.tagName === 'SELECT' || box.type === 'checkbox' || box.type === 'file') box.disabled = on;
    else box.readOnly = on;
  }

  section(i, on) {
    const box = this.form.querySelector(`[data-section="${i}"]`);
    if (box && on !== undefined) box.hidden = !on;
  }

  // ---- what the server knows ----
  async ask() {
    const mine = this.asked += 1;
    const values = body(this.form, this.rules.fields);
    const ask = { values, ...(this.form.dataset.id ? { id: Number(this.form.dataset.id) } : {}) };
    const answer = await api('POST', `/forms/${this.form.dataset.form}/preview`, ask).catch(() => null);
    if (!answer || mine !== this.asked) return;
    this.take(answer);
    this.update();
  }

  take({ values, flags, sections }) {
    for (const field of this.rules.fields) {
      if (!(field.name in values)) continue;
      if (field.rows) this.takeRows(field, values[field.name] ?? []);
      else this.takeValue(field, '', values[field.name], this.server);
    }
    for (const field of this.rules.fields) {
      const flag = flags?.[field.name];
      if (!flag) continue;
      if (field.visible === null) this.visible(field.name, flag.visible);
      if (field.required === null) this.required(field.name, flag.required);
      if (field.readonly === null) this.readonly(field.name, flag.readonly);
    }
    sections?.forEach((on, i) => { if (!this.rules.sections[i]) this.section(i, on); });
  }

  takeRows(field, answered) {
    rowsOf(this.form, field.name).forEach((row, i) => {
      if (!answered[i]) return;
      for (const cell of field.rows)
        if (cell.name in answered[i]) this.takeValue(cell, `${field.name}.${row.dataset.row}.`, answered[i][cell.name], {});
    });
  }

  takeValue(field, prefix, value, into) {
    into[field.name] = this.plain(field, value);
    if (!field.formula) this.output(field, prefix, value);
    const box = field.follows ? control(this.form, prefix + field.name) : null;
    if (!box || (this.form.dataset.id && !prefix && box.dataset.follows !== 'true')) return;
    if (box.dataset.touched || (box.value !== '' && box.dataset.follows !== 'true') || document.activeElement === box) return;
    fill(this.form, field, prefix, value);
    box.dataset.follows = 'true';
  }

  // ---- life ----
  update() {
    const values = this.values();
    this.compute(values);
    this.conditions(values);
  }

  changed(event) {
    const box = event?.target;
    if (box?.name) {
      box.dataset.touched = 'true';
      delete box.dataset.follows;
    }
    this.update();
    if (!this.rules.server) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ASK_AFTER);
  }

  /** What hangs on the field that was changed: what was chosen under its former value goes,
      what it fills is filled anew. */
  hang({ target }) {
    const name = target.closest?.('[data-field]')?.dataset.field;
    const row = target.closest?.('tr[data-row]');
    const key = row?.closest('[data-rows]').dataset.rows;
    const prefix = row ? `${key}.${row.dataset.row}.` : '';
    const fields = row ? this.fields.get(key)?.rows ?? [] : this.rules.fields;
    letGo(this.form, fields, name, prefix);
    for (const filled of fields.find((f) => f.name === name)?.fills ?? []) {
      const box = control(this.form, prefix + filled);
      if (!box) continue;
      delete box.dataset.touched;
      box.dataset.follows = 'true';
    }
    narrowAll(row ?? this.form, (other, at) => this.value(other, at));
  }

  /** What stands in a control now; prefix: "items.0." of a row. */
  value(name, prefix) {
    const [key] = prefix.split('.');
    const fields = key ? this.fields.get(key)?.rows ?? [] : this.rules.fields;
    const field = fields.find((f) => f.name === name);
    return field ? raw(this.form, field, prefix) : undefined;
  }

  begin() {
    const { form } = this;
    const typedSoFar = () => body(form, this.rules.fields);
    wireNumbers(form);
    wireLocate(form);
    const fileChanged = (box) => box.dispatchEvent(new Event('input', { bubbles: true }));
    const wire = (root) => {
      wireLinks(form, root, typedSoFar);
      wireChips(form, root, typedSoFar);
      wireFiles(form, root, fileChanged);
      narrowAll(root, (name, prefix) => this.value(name, prefix));
    };
    const rows = { wire, changed: () => form.dispatchEvent(new Event('input')) };
    wire(form);
    wireRows(form, rows);
    form.addEventListener('change', (event) => this.hang(event));
    form.addEventListener('input', (event) => this.changed(event));
    form.addEventListener('change', (event) => { if (event.target.tagName === 'SELECT') this.changed(event); });
    form.addEventListener('submit', (event) => {
      for (const box of form.querySelectorAll('input[data-number]')) {
        const value = number(box.value);
        if (value !== null) box.value = box.value.normalize('NFKC').replaceAll(',', '');
      }
      const button = event.submitter;
      if (button && !form.closest('dialog')) setTimeout(() => { button.disabled = true; }, 0);
    });
    if (this.rules.fields.length && !form.closest('dialog'))
      wireDraft(form, { addRow: (key) => addRow(form.querySelector(`[data-rows="${CSS.escape(key)}"]`), rows), changed: () => this.changed() });
    if (this.rules.fields.length) this.update();
    form.querySelector('[data-summary]')?.focus();
    form.dataset.live = '';
  }
}

/** Makes every form[data-rules] below root live. */
export function start(root) {
  for (const form of root.querySelectorAll('form[data-rules]')) new Live(form).begin();
}
