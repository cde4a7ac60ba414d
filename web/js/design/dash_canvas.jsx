// The canvas of a dashboard: its page by the draft, on the records there are, as the server draws it for
// whom one looks as. Preact never owns these nodes; cards are made things one can take, select, move
// and widen.
import { useEffect, useRef, useState } from 'preact/hooks';
import { effect, signal } from '@preact/signals';
import { askedOf } from '../asked.js';
import { Draggable, Droppable, behind, landed } from '../lib/drag.js';
import { announce } from './canvas.jsx';
import { COLUMNS, cardsOf, chartLabel, duplicateCard, moveCard, removeCard, titleOf, widen } from './dashboard.js';
import { dashHandle, drawnWidth, putWidth } from './dash_width.js';
import { file, here, issues, issuesAt, placeNow, select, selected } from './store.js';
import { Taking } from './taking.js';
import { t } from './words.js';

const nodesOf = (box) => [...box.querySelectorAll('.dash-card')];
const make = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text ?? '' });

/** A card that cannot be drawn now. */
function plainCard(card, i) {
  const node = make('article', `dash-card plain-card w${card?.w >= 1 && card.w <= COLUMNS ? card.w : 6}`);
  Object.assign(node.dataset, { card: String(i), chart: String(card?.chart ?? '') });
  node.append(make('h2', '', titleOf(card, i)), make('p', 'muted small', chartLabel(card)));
  return node;
}

class DashCanvas extends Taking {
  constructor(box, name, path, say) {
    super(box, { side: (operation) => this.sideOf(operation), dropped: (event) => this.dropped(event) });
    Object.assign(this, { name, path, say, state: null, as: '', query: '', shown: [], drawn: signal(0), drawnOf: here(), busy: 0, turn: Promise.resolve() });
    box.addEventListener('click', (e) => this.clicked(e));
    box.addEventListener('keydown', (e) => this.key(e));
    box.addEventListener('submit', (e) => e.preventDefault());
    box.addEventListener('change', (e) => this.filter(e));
    this.stop = [effect(() => { this.refresh(file(path)?.text, issues.value.length > 0); }), effect(() => { this.mark(); })];
  }

  lookAs(as) {
    this.as = as;
    this.refresh(file(this.path)?.text, issues.value.length > 0);
  }

  /** What is chosen above the cards is only to look with. */
  filter(event) {
    const form = event.target.form;
    if (!form || !this.box.contains(form)) return;
    const said = askedOf(form);
    if (said.some(([name, value]) => name.includes('.') && !value)) return;          // a period without an end yet
    this.query = new URLSearchParams(said).toString();
    this.refresh(file(this.path)?.text, issues.value.length > 0);
  }

  async ask() {
    const query = new URLSearchParams(this.query);
    if (this.as) query.set('as', this.as);
    const answer = await fetch(`/design/app/dashboards/${this.name}/preview?${query}`, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const live = answer.ok ? page.querySelector('#live-dash') : null;
    return { live, message: live ? '' : page.querySelector('#main .note, #main p')?.textContent ?? t('viewLater') };
  }

  async refresh(text, wrong) {
    const state = `${wrong}\n${this.as}\n${this.query}\n${text}\n${wrong ? JSON.stringify(issues.value) : ''}`;
    if (state === this.state || text === undefined) return;          // it went
    this.state = state;
    const drawnOf = here();
    const { live, message } = await (wrong ? { live: null, message: t('mendFirst') } : this.ask().catch((e) => ({ live: null, message: e.message })));
    await landed(this.manager);                // nothing is drawn anew under somebody's hand
    if (state !== this.state) return;
    this.say(message);
    const held = this.box.contains(document.activeElement) ? { card: this.held(drawnOf), name: document.activeElement.name } : null;
    this.unwire();
    this.drawnOf = drawnOf;
    if (live) this.take(live);
    else this.outline(wrong);
    this.wire();
    this.mark();
    this.drawn.value += 1;
    if (held?.card !== undefined) (nodesOf(this.box).find((n) => n.dataset.card === held.card && !selected.value) ?? this.box.querySelector('.dash-card.chosen') ?? nodesOf(this.box)[0])?.focus({ preventScroll: true });
    else if (held?.name) this.box.querySelector(`[name="${CSS.escape(held.name)}"]`)?.focus();
  }

  /** The card that has the focus, as it is called on what is drawn next. */
  held(next) {
    const node = document.activeElement.closest('.dash-card');
    return node ? placeNow(this.drawnOf, this.path, ['cards', node.dataset.card], next)?.[1] ?? '' : undefined;
  }

  /** The number of a card by now; it was drawn a while ago. null: it is gone. */
  placeOf(node) {
    const at = placeNow(this.drawnOf, this.path, ['cards', node.dataset.card]);
    return at && Number(at[1]);
  }

  nodeOf(i) { return nodesOf(this.box).find((n) => this.placeOf(n) === i); }

  /** The page as it was drawn. */
  take(live) {
    live.removeAttribute('id');
    live.removeAttribute('data-follows');
    live.querySelector('.page-head')?.remove();
    if (!live.querySelector('.dash-grid')) {
      live.querySelector('.panel.empty')?.remove();
      live.append(make('div', 'dash-grid'));
    }
    for (const x of live.querySelectorAll('[id]:not(input, select)')) x.removeAttribute('id');
    this.box.replaceChildren(document.adoptNode(live));
    const cards = cardsOf(this.path);
    this.shown = nodesOf(this.box).map((node) => ({ card: JSON.stringify(cards[this.placeOf(node)]), node }));
    import('../charts.js').then(({ drawCharts }) => { if (this.box.contains(live)) drawCharts(this.box); }, (e) => this.say(e.message));
  }

  /** While it cannot be drawn: with mistakes each card as it was, a plain box where it is another one. */
  outline(wrong) {
    const grid = make('div', 'dash-grid');
    cardsOf(this.path).forEach((card, i) => {
      const was = !wrong || issuesAt(this.path, ['cards', String(i)]).length ? null : this.shown.find((s) => s.card === JSON.stringify(card));
      const node = was ? was.node.cloneNode(true) : plainCard(card, i);
      node.querySelector(':scope > .dash-handle')?.remove();
      node.dataset.card = String(i);
      grid.append(node);
    });
    this.box.replaceChildren(grid);
  }

  /** What one can do with a card; its own links and buttons only show how they look. */
  wire() {
    const cards = cardsOf(this.path);
    const grid = this.box.querySelector('.dash-grid');
    if (!grid) return;
    for (const node of nodesOf(grid)) {
      const i = this.placeOf(node);
      node.tabIndex = -1;
      node.setAttribute('aria-label', t('cardIs', { name: titleOf(cards[i], i), chart: chartLabel(cards[i]), n: i + 1, of: cards.length }));
      for (const child of node.children) child.inert = true;
      const wrong = issuesAt(this.path, ['cards', String(i)]);
      node.classList.toggle('bad', wrong.length > 0);
      if (wrong.length) node.append(make('ul', 'issue'));
      for (const issue of wrong) node.lastChild.append(make('li', '', issue.message));
      node.append(dashHandle(grid, node, (to, was) => this.widen(this.placeOf(node), to, was)));
      this.wired.push(new Draggable({ id: `card:${i}`, element: node, data: { card: node } }, this.manager), new Droppable({ id: `at:${i}`, element: node, data: { at: node } }, this.manager));
    }
    this.wired.push(new Droppable({ id: 'grid', element: grid, data: { at: null }, collisionPriority: 0 }, this.manager));
    if (nodesOf(grid)[0]) nodesOf(grid)[0].tabIndex = 0;
    else grid.append(make('p', 'empty grow', t('emptyDash')));
  }

  /** What the palette offers can be dragged in. */
  offer(element, chart) {
    const wired = new Draggable({ id: `chart:${chart}`, element, data: { chart } }, this.manager);
    return () => wired.destroy();
  }

  /** Is it below it, where the card is as wide as the page, else right of it? */
  behind(operation) {
    const { element } = operation.target;
    return behind(operation, element.getBoundingClientRect().width > element.parentElement.clientWidth * 0.7 ? 'y' : 'x');
  }

  sideOf(operation) {
    const { at } = operation.target.data;
    if (at === null) return operation.source.data.chart ? 'in' : null;
    return at === operation.source.data.card ? null : this.behind(operation) ? 'after' : 'before';
  }

  dropped({ operation, canceled }) {
    const from = operation.source?.data;
    if (canceled || !from || !operation.target) return;
    const at = operation.target.data.at && this.placeOf(operation.target.data.at);
    const next = at === null ? null : at + (this.behind(operation) ? 1 : 0);
    const before = next === null || next >= cardsOf(this.path).length ? null : next;
    const card = from.card && this.placeOf(from.card);
    if (from.chart) landed(this.manager).then(() => this.put(from.chart, before));
    else if (at !== card && at !== null && card !== null) landed(this.manager).then(() => this.moved(card, before));
  }

  async moved(i, before) {
    const name = titleOf(cardsOf(this.path)[i], i);
    const to = await moveCard(this.path, i, before).catch(() => null);
    if (to !== null) announce(t('cardMoved', { name, n: to + 1, of: cardsOf(this.path).length }));
  }

  widthAt(i) {
    const node = this.nodeOf(i);
    return node ? drawnWidth(node) : null;
  }

  /** was: how wide it was drawn. It is so at once, and told. */
  async widen(i, to, was) {
    const node = this.nodeOf(i);
    if (!node) return;
    const w = Math.min(COLUMNS, Math.max(1, to));
    putWidth(node, w);
    announce(t('widthOf', { n: w, of: COLUMNS }));
    if (w !== was) await widen(this.path, i, w).catch(() => putWidth(node, was));
  }

  clicked(event) {
    const node = event.target.closest('.dash-card');
    if (node) { this.select(this.placeOf(node)); node.focus({ preventScroll: true }); }
    else if (!event.target.closest('form')) selected.value = null;
  }

  select(i) { if (i !== null && this.chosen() !== i) select(this.path, ['cards', String(i)]); }

  chosen() {
    const now = selected.value;
    return now?.path === this.path && now.at[0] === 'cards' ? Number(now.at[1]) : null;
  }

  mark() {
    const i = this.chosen();
    for (const node of nodesOf(this.box)) {
      node.classList.toggle('chosen', this.placeOf(node) === i);
      if (i !== null) node.tabIndex = this.placeOf(node) === i ? 0 : -1;
      if (this.placeOf(node) === i) node.scrollIntoView({ block: 'nearest' });
    }
  }

  /** What keys do to a card, one after the other, each to where the one before left it. */
  inTurn(i, act) {
    if (!this.busy) this.select(i);
    this.busy += 1;
    this.turn = this.turn.then(() => (this.chosen() === null ? null : act(this.chosen()))).catch(() => {}).finally(() => { this.busy -= 1; });
  }

  shift(i, step) {
    const n = cardsOf(this.path).length;
    if (i + step < 0 || i + step >= n) return null;
    return this.moved(i, step < 0 ? i - 1 : i + 2 < n ? i + 2 : null);
  }

  stretch(i, step) {
    const now = cardsOf(this.path)[i].w ?? this.widthAt(i);
    return this.widen(i, now + step, now);
  }

  /** The act of a key; null: it is none. */
  actOf(event) {
    const sideways = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const step = sideways ?? { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const name = (i) => titleOf(cardsOf(this.path)[i], i);
    if (step && event.altKey) return (i) => this.shift(i, step);
    if (sideways && event.shiftKey) return (i) => this.stretch(i, sideways);
    if (event.key === 'Delete') return (i) => { const gone = name(i); return removeCard(this.path, i).then(() => announce(t('wasRemoved', { name: gone }))); };
    if (event.key === 'd' && (event.ctrlKey || event.metaKey)) return (i) => duplicateCard(this.path, i).then(() => announce(t('added', { name: name(i) })));
    return null;
  }

  key(event) {
    const node = event.target.closest('.dash-card');
    if (!node || event.target !== node) return;
    const act = this.actOf(event);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (act && this.placeOf(node) !== null) this.inTurn(this.placeOf(node), act);
    else if (step) {
      const all = nodesOf(this.box);
      const next = all[all.indexOf(node) + step];
      if (next) { this.select(this.placeOf(next)); next.focus(); }
    } else if (event.key === 'Enter') {
      this.select(this.placeOf(node));
      document.querySelector('.properties input, .properties textarea, .properties select')?.focus();
    } else return;
    event.preventDefault();
  }
}

/** ready(canvas): the canvas, or null when it goes. put(chart, before): makes a card. */
export function DashCanvasBox({ name, path, as, ready, put }) {
  const box = useRef(null);
  const canvas = useRef(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    canvas.current = new DashCanvas(box.current, name, path, setSaid);
    ready(canvas.current);
    return () => { ready(null); canvas.current.end(); };
  }, [path]);
  useEffect(() => { canvas.current.put = put; });
  useEffect(() => { canvas.current.lookAs(as); }, [as]);
  return <>{said ? <p class="note" role="status">{said}</p> : null}<div class="dash-canvas" ref={box} /></>;
}
