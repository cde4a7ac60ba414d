// A list in an order one can change: by dragging its handle, by the arrow keys on it, by Move….
import { useEffect, useRef } from 'preact/hooks';
import { Draggable, Droppable, behind, landed, newManager, showTarget } from '../lib/drag.js';
import { announce } from './canvas.jsx';
import { Choice } from './inputs.jsx';
import { t } from './words.js';

/** The one behind it among the others; null: none. */
const next = (items, key) => items[items.findIndex((x) => x.key === key) + 1]?.key ?? null;

function useDrag(items, move, group, along) {
  const box = useRef(null);
  const now = useRef({});
  Object.assign(now.current, { items, move });
  const keys = JSON.stringify(items.map((x) => x.key));
  useEffect(() => {
    const manager = group?.manager ?? newManager(document.querySelector('meta[name="nonce"]')?.content, { keys: false });
    if (!group) showTarget(manager, (operation) => (operation.source.data.key === operation.target.data.key ? null : behind(operation, along) ? 'after' : 'before'));
    if (!group) manager.monitor.addEventListener('dragend', ({ operation, canceled }) => {
      const from = operation.source?.data.key;
      const to = operation.target?.data.key;
      if (canceled || from === undefined || to === undefined || from === to) return;
      const before = behind(operation, along) ? next(now.current.items, to) : to;
      if (before === from || next(now.current.items, from) === before) return;
      landed(manager).then(() => now.current.move(from, before));       // what stands in for it is gone by then
    });
    const wired = [...box.current.children].filter((x) => x.dataset.item !== undefined).flatMap((element) => {
      const data = group?.data(element.dataset.item) ?? { key: element.dataset.item };
      const id = `${group?.id ?? ''}:${element.dataset.item}`;
      return [new Draggable({ id: `item:${id}`, element, handle: element.querySelector('.grip'), data }, manager), new Droppable({ id: `to:${id}`, element, data, accept: group?.accept, collisionPriority: group?.priority }, manager)];
    });
    return () => { wired.forEach((w) => w.destroy()); if (!group) manager.destroy(); };
  }, [keys, group?.id]);
  return box;
}

/**
 * items: [{key, label}]; move(key, before): before null is the end; draw(item, i, tools): what stands in
 * one, tools: its handle and its menu, which says `word`. along: x, from left to right. first, last: what
 * stands before and behind them. Where things go from list to list: group {id, manager, data(key),
 * accept, priority} is what the lists drag with, which says itself what a drop does; elsewhere(key):
 * [{label, go}] further places of the menu; beyond(key, arrow): goes where the arrow leads out of the list.
 */
export function Sortable({ items, move, draw, tag: Tag = 'ol', cls = '', label, along = 'y', first, last, word = t('moveMenu'), group, elsewhere, beyond }) {
  const latest = useRef({});
  Object.assign(latest.current, { items, move, beyond });
  const queue = useRef({ waits: 0, turn: Promise.resolve(null) });
  const held = queue.current;
  /** What comes next waits for it; its promise says where what was moved is then, null: find it. */
  const turn = (job) => {
    held.waits += 1;
    held.turn = job.catch(() => null).finally(() => { held.waits -= 1; });
    return job;
  };
  const put = (key, before) => Promise.resolve(latest.current.move(key, before))
    .then(() => announce(t('moved', { name: items.find((x) => x.key === key)?.label ?? key })), () => {});
  const go = (key, before) => turn(Promise.all([put(key, before), held.turn]).then(() => null));
  const box = useDrag(items, go, group, along);
  const steps = along === 'x' ? { ArrowLeft: -1, ArrowRight: 1 } : { ArrowUp: -1, ArrowDown: 1 };
  /** What the key does to the one at n, as they stand now; null: nothing. The promise says where it is then. */
  const act = (n, name) => {
    const list = latest.current.items;
    const to = n + (steps[name] ?? NaN);
    if (!list[n]) return null;
    if (!list[to]) { const out = latest.current.beyond?.(list[n].key, name); return out && (() => out().then(() => null)); }
    return async () => {
      const { key } = list[n];
      await put(key, to < n ? list[to].key : list[to + 1]?.key ?? null);
      await new Promise((drawn) => { setTimeout(drawn); });
      const at = Number.isInteger(Number(key)) ? to : latest.current.items.findIndex((x) => x.key === key);
      box.current?.querySelector(`:scope > [data-item="${CSS.escape(latest.current.items[at]?.key ?? '')}"] .grip`)?.focus();
      return at;
    };
  };
  // Each goes on from where the one before left it.
  const press = (i) => (e) => {
    const { key } = items[i];
    const first = !held.waits;
    if (first ? !act(i, e.key) : !e.key.startsWith('Arrow')) return;
    e.preventDefault();
    turn(held.turn.then((at) => act(first ? i : at ?? latest.current.items.findIndex((x) => x.key === key), e.key)?.() ?? null));
  };
  const places = (item, i) => [...items.filter((x, n) => n !== i && n !== i + 1).map((x) => ({ value: x.key, label: t('before', { name: x.label }) })), ...(i < items.length - 1 ? [{ value: '\n', label: t('toTheEnd') }] : []),
    ...(elsewhere?.(item.key) ?? []).map((x, n) => ({ value: `\n${n}`, ...x }))];
  const choose = (item, all, v) => { const there = all.find((x) => x.value === v)?.go; return there ? there() : go(item.key, v === '\n' ? null : v); };
  const menu = (item, i) => {
    const all = places(item, i);
    return all.length ? <Choice aria-label={t('moveOf', { name: item.label })} key={`${i} ${items.length}`} value={undefined} blank={word} options={all} put={(v) => v && choose(item, all, v)} /> : null;
  };
  const tools = (item, i) => ({
    grip: <button type="button" class="grip plain" aria-label={t('gripOf', { name: item.label })} title={t('gripHow')} onKeyDown={press(i)}>⠿</button>,
    get menu() { return menu(item, i); },
  });
  return <Tag class={`sortable ${cls}`} ref={box} aria-label={label}>{first}{items.map((item, i) => draw(item, i, tools(item, i)))}{last}</Tag>;
}
