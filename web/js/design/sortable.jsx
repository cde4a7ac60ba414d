// A list in an order one can change: by dragging its handle, by the arrow keys on it, by Move….
import { useEffect, useRef } from 'preact/hooks';
import { Draggable, Droppable, behind, landed, newManager, showTarget } from '../lib/drag.js';
import { announce } from './canvas.jsx';
import { Choice } from './inputs.jsx';
import { t } from './words.js';

/** The one behind it among the others; null: none. */
const next = (items, key) => items[items.findIndex((x) => x.key === key) + 1]?.key ?? null;

function useDrag(items, move) {
  const box = useRef(null);
  const now = useRef({});
  Object.assign(now.current, { items, move });
  const keys = JSON.stringify(items.map((x) => x.key));
  useEffect(() => {
    const manager = newManager(document.querySelector('meta[name="nonce"]')?.content, { keys: false });
    showTarget(manager, (operation) => (operation.source.data.key === operation.target.data.key ? null : behind(operation) ? 'after' : 'before'));
    manager.monitor.addEventListener('dragend', ({ operation, canceled }) => {
      const from = operation.source?.data.key;
      const to = operation.target?.data.key;
      if (canceled || from === undefined || to === undefined || from === to) return;
      const before = behind(operation) ? next(now.current.items, to) : to;
      if (before === from || next(now.current.items, from) === before) return;
      landed(manager).then(() => now.current.move(from, before));       // what stands in for it is gone by then
    });
    const wired = [...box.current.children].filter((x) => x.dataset.item !== undefined).flatMap((element) => {
      const data = { key: element.dataset.item };
      return [new Draggable({ id: `item:${data.key}`, element, handle: element.querySelector('.grip'), data }, manager), new Droppable({ id: `to:${data.key}`, element, data }, manager)];
    });
    return () => { wired.forEach((w) => w.destroy()); manager.destroy(); };
  }, [keys]);
  return box;
}

/**
 * items: [{key, label}]; move(key, before): before null is the end; draw(item, i, tools): what stands in
 * one, tools: its handle and its menu.
 */
export function Sortable({ items, move, draw, tag: Tag = 'ol', cls = '', label }) {
  const busy = useRef(false);                  // places are counted anew when the one before is done
  const go = (key, before) => {
    if (busy.current) return Promise.resolve();
    busy.current = true;
    return Promise.resolve(move(key, before)).finally(() => { busy.current = false; }).then(() => announce(t('moved', { name: items.find((x) => x.key === key)?.label ?? key })), () => {});
  };
  const box = useDrag(items, go);
  const press = (i) => (e) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (!step || !items[i + step]) return;
    e.preventDefault();
    const { key } = items[i];
    go(key, step < 0 ? items[i - 1].key : items[i + 2]?.key ?? null)
      .then(() => requestAnimationFrame(() => [...box.current?.children ?? []].find((x) => x.dataset.item === (Number.isInteger(Number(key)) ? String(i + step) : key))?.querySelector('.grip')?.focus()));
  };
  const tools = (item, i) => ({
    grip: <button type="button" class="grip plain" aria-label={t('gripOf', { name: item.label })} title={t('gripHow')} onKeyDown={press(i)}>⠿</button>,
    menu: items.length < 2 ? null : <Choice aria-label={t('moveOf', { name: item.label })} key={`${i} ${items.length}`} value={undefined} blank={t('moveMenu')}
      options={[...items.filter((x, n) => n !== i && n !== i + 1).map((x) => ({ value: x.key, label: t('before', { name: x.label }) })), ...(i < items.length - 1 ? [{ value: '\n', label: t('toTheEnd') }] : [])]}
      put={(v) => v && go(item.key, v === '\n' ? null : v)} />,
  });
  return <Tag class={`sortable ${cls}`} ref={box} aria-label={label}>{items.map((item, i) => draw(item, i, tools(item, i)))}</Tag>;
}
