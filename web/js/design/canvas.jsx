// The canvas: the form as the server draws it from the draft. Preact never owns these nodes; what
// is drawn anew is morphed in, and fields are made things one can take, select and move by keys.
import { useEffect, useRef } from 'preact/hooks';
import { effect } from '@preact/signals';
import { morph } from '../live_morph.js';
import { Draggable, Droppable, behind, landed } from '../lib/drag.js';
import { Taking } from './taking.js';
import { addField, duplicateField, moveField, moveSection, placeOf, removeField, sectionName, sectionsOf, shiftField } from './form.js';
import { formPath, fieldsOf } from './names_of.js';
import { file, here, issues, placeNow, select, selected, tables, treeOf, valueAt } from './store.js';
import { outline } from './outline.js';
import { labelOf, t } from './words.js';

async function drawn(form) {
  const answer = await fetch(`/design/${form}/canvas`, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (!answer.ok) return null;                 // a draft with mistakes
  return new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#canvas');
}

/** What assistive technology hears of a move. */
export function announce(text) {
  const box = document.querySelector('#design-said');
  if (box) box.textContent = text;
}

const fieldNodes = (box) => [...box.querySelectorAll('.fields > .field[data-field]')];
const keyOf = (node) => node.dataset.field;
const isSection = (source) => source.type === 'section';

class Canvas extends Taking {
  constructor(box, form) {
    super(box, { side: (operation) => this.side(operation), dropped: (event) => this.dropped(event) });
    Object.assign(this, { form, path: formPath(form), state: null, drawnOf: here(), turn: Promise.resolve() });
    box.addEventListener('click', (e) => this.clicked(e));
    box.addEventListener('keydown', (e) => this.key(e));
    this.stop = [effect(() => { this.refresh(file(this.path)?.text, issues.value.length > 0); }), effect(() => { this.mark(selected.value); })];
  }

  async refresh(text, wrong) {
    const state = `${wrong} ${text}`;
    if (state === this.state) return;
    this.state = state;
    const drawnOf = here();
    const answer = wrong ? null : await drawn(this.form);
    await landed(this.manager);                // nothing is drawn anew under somebody's hand
    const tree = treeOf(this.path);
    if (state !== this.state || (!answer && !tree)) return;
    const old = this.box.querySelector('#canvas');
    const now = answer ?? outline(tree, old);
    const held = this.held(drawnOf);
    this.drawnOf = drawnOf;
    this.prepare(now);
    this.unwire();
    if (old) morph(old, now);
    else this.box.replaceChildren(document.adoptNode(now));
    this.wire();
    this.mark(selected.value);
    if (held) this.box.querySelector(held)?.focus();      // a node that moves loses it
  }

  // What has the focus, whatever node stands for it on what is drawn next.
  held(next) {
    const at = document.activeElement;
    if (!this.box.contains(at)) return null;
    if (!at.closest('.section-grip')) return keyOf(at) ? `.field[data-field="${CSS.escape(keyOf(at))}"]` : null;
    const now = placeNow(this.drawnOf, this.path, ['layout', at.closest('[data-section]').dataset.section], next);
    return now ? `[data-section="${now[1]}"] > .section-grip` : null;
  }

  /** The number by now of a section that was drawn as n; -1: it is gone, or what comes below all. */
  numberOf(n) {
    if (n >= (valueAt(this.drawnOf.files.get(this.path)?.tree, ['layout'])?.length ?? 0)) return -1;
    return Number(placeNow(this.drawnOf, this.path, ['layout', n])?.[1] ?? -1);
  }

  // Controls show how they look, and take nothing.
  prepare(canvas) {
    const labels = new Map(fieldsOf(this.form).map((f) => [f.value, f.label]));
    for (const node of fieldNodes(canvas)) {
      node.classList.toggle('maybe', node.hidden);
      node.hidden = false;
      node.tabIndex = -1;
      node.setAttribute('role', 'group');
      node.setAttribute('aria-label', labels.get(keyOf(node)) ?? keyOf(node));
      for (const child of node.children) child.inert = true;
    }
    for (const section of canvas.querySelectorAll('[data-section]')) {
      section.hidden = false;
      if (this.numberOf(Number(section.dataset.section)) >= 0) section.prepend(this.grip(Number(section.dataset.section)));
    }
    const first = fieldNodes(canvas)[0];
    if (first) first.tabIndex = 0;
    if (!fieldNodes(canvas).length) canvas.append(Object.assign(document.createElement('p'), { className: 'empty', textContent: t('emptyForm') }));
  }

  // A section is taken by it: all else of it is its fields'.
  grip(i) {
    const grip = Object.assign(document.createElement('button'), { type: 'button', className: 'grip plain section-grip', textContent: '⠿', title: t('gripHow') });
    grip.setAttribute('aria-label', t('gripOf', { name: sectionName(treeOf(this.path), i) }));
    return grip;
  }

  wire() {
    const accept = (source) => !isSection(source);
    for (const element of fieldNodes(this.box)) {
      const key = keyOf(element);
      this.wired.push(new Draggable({ id: `field:${key}`, element, data: { key } }, this.manager),
        new Droppable({ id: `at:${key}`, element, data: { before: key }, accept }, this.manager));
    }
    for (const part of this.box.querySelectorAll('[data-section]')) {
      const section = Number(part.dataset.section);
      this.wired.push(new Droppable({ id: `in:${section}`, element: part.querySelector('.fields'), data: { section }, accept, collisionPriority: 0 }, this.manager));
      const handle = part.querySelector('.section-grip');
      if (handle) this.wired.push(new Draggable({ id: `section:${section}`, type: 'section', element: part, handle, data: { section } }, this.manager),
        new Droppable({ id: `beside:${section}`, element: part, data: { section }, accept: isSection }, this.manager));
    }
  }

  /** What the palette offers can be dragged in. */
  offer(element, type) {
    const wired = new Draggable({ id: `type:${type}`, element, data: { type } }, this.manager);
    return () => wired.destroy();
  }

  layout() { return treeOf(this.path)?.layout?.length ?? 0; }

  side(operation) {
    const to = operation.target.data;
    const from = operation.source.data;
    if (isSection(operation.source) ? to.section === from.section : to.before && to.before === from.key) return null;
    return to.before || isSection(operation.source) ? (behind(operation) ? 'after' : 'before') : 'in';
  }

  dropped({ operation, canceled }) {
    const to = operation.target?.data;
    const from = operation.source?.data;
    if (canceled || !to || !from) return;
    if (isSection(operation.source)) { this.section(this.numberOf(from.section), this.numberOf(to.section) + (behind(operation) ? 1 : 0)); return; }
    if (to.before === from.key) return;
    const tree = treeOf(this.path);
    const below = to.before ? behind(operation) : false;
    const section = to.before ? placeOf(tree, to.before).section : this.numberOf(to.section);
    const list = sectionsOf(tree).at(section);
    const before = to.before && below ? list[list.indexOf(to.before) + 1] ?? null : to.before ?? null;
    if (before === from.key) return;
    if (from.type) landed(this.manager).then(() => this.add(from.type, section, before));   // its label takes text
    else moveField(this.form, from.key, section, before).catch(() => {});
  }

  // Before what stands there now; at: their number is behind them all.
  section(from, at) {
    const to = at > from ? at - 1 : at;
    if (from < 0 || to === from || to < 0 || to >= this.layout()) return Promise.resolve();
    const name = sectionName(treeOf(this.path), from);
    return moveSection(this.form, from, to).then(() => announce(t('moved', { name })), () => {});
  }

  add(type, section, before) {
    const label = tables.value.shapes.field.types[type]?.label ?? type;
    const at = section ?? this.place();
    return addField(this.form, type, label, at, before ?? null).then((key) => {
      announce(t('added', { name: label }));
      return key;
    }).catch(() => {});
  }

  // A click in the palette adds after what is selected, or at the end.
  place() {
    const key = selected.value?.at[1];
    const tree = treeOf(this.path);
    if (key && tree.fields?.[key]) return placeOf(tree, key).section;
    return this.layout() && !sectionsOf(tree).at(-1).length ? this.layout() - 1 : -1;
  }

  clicked(event) {
    const node = event.target.closest('.fields > .field[data-field]');
    const section = event.target.closest('[data-section]');
    if (node) { this.select(keyOf(node)); node.focus(); }
    else if (section && this.numberOf(Number(section.dataset.section)) >= 0)
      select(this.path, ['layout', String(this.numberOf(Number(section.dataset.section)))]);
    else selected.value = null;
  }

  select(key) { if (selected.value?.at[1] !== key) select(this.path, ['fields', key]); }

  mark(at) {
    const key = at?.path === this.path && at.at[0] === 'fields' ? at.at[1] : null;
    for (const node of fieldNodes(this.box)) {
      node.classList.toggle('chosen', keyOf(node) === key);
      if (key) node.tabIndex = keyOf(node) === key ? 0 : -1;
      if (key && keyOf(node) === key) node.scrollIntoView({ block: 'nearest' });
    }
    for (const node of this.box.querySelectorAll('[data-section]'))
      node.classList.toggle('chosen', at?.path === this.path && at.at[0] === 'layout' && Number(at.at[1]) === this.numberOf(Number(node.dataset.section)));
  }

  // Each to where the one before left it.
  sectionKey(event) {
    const n = Number(event.target.closest('[data-section]').dataset.section);
    const then = this.drawnOf;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.turn = this.turn.then(() => {
      const at = placeNow(then, this.path, ['layout', n]);
      return at && this.section(Number(at[1]), step > 0 ? Number(at[1]) + 2 : Number(at[1]) - 1);
    });
  }

  async key(event) {
    if (event.target.closest('.section-grip')) { this.sectionKey(event); return; }
    const node = event.target.closest('.fields > .field[data-field]');
    if (!node || event.target !== node) return;
    const all = fieldNodes(this.box);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step && event.altKey) { event.preventDefault(); await this.shift(keyOf(node), step); }
    else if (step) { event.preventDefault(); const next = all[all.indexOf(node) + step]; if (next) { this.select(keyOf(next)); next.focus(); } }
    else if (event.key === 'Enter') { event.preventDefault(); this.select(keyOf(node)); document.querySelector('.properties input, .properties textarea, .properties select')?.focus(); }
    else if (event.key === 'Delete') { event.preventDefault(); removeField(this.form, keyOf(node)).catch(() => {}); }
    else if (event.key === 'd' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); duplicateField(this.form, keyOf(node)).catch(() => {}); }
  }

  /** One place on or back, over the borders of sections. */
  shift(key, step) {
    const name = labelOf(treeOf(this.path).fields?.[key]?.label, key);
    return shiftField(this.form, key, step).then((now) => { if (now) announce(t('moved', { name })); }, () => {});
  }
}

/** ready(canvas): the canvas, or null when it goes. */
export function CanvasBox({ form, ready }) {
  const box = useRef(null);
  useEffect(() => {
    const canvas = new Canvas(box.current, form);
    ready(canvas);
    return () => { ready(null); canvas.end(); };
  }, [form]);
  return <div class="canvas-box" ref={box} />;
}
