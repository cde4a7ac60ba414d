// Fields in an order: columns of a table, lines of a card, what a list is sorted by.
import { Choice, useList } from './inputs.jsx';
import { fieldsOf } from './names_of.js';
import { fieldLabel } from './said.jsx';
import { Sortable } from './sortable.jsx';
import { t } from './words.js';

const NONE = new Set(['heading', 'note', 'subform', 'button']);
/** The list with one of it elsewhere; before null: at the end. */
export const moved = (list, key, before) => {
  const rest = list.filter((k) => k !== key);
  const at = rest.includes(before) ? rest.indexOf(before) : rest.length;
  return [...rest.slice(0, at), key, ...rest.slice(at)];
};

function Lined({ list, label, draw, put }) {
  return <Sortable cls="menu-items" label={label} items={list.map((key) => ({ key, label: draw.label(key) }))} move={(key, before) => put(moved(list, key, before))}
    draw={(item, i, tools) => <li class="menu-entry" key={item.key} data-item={item.key}>{tools.grip}<span class="grow">{item.label}</span><span class="row tight">{draw.more?.(item.key, i)}{tools.menu}
      <button type="button" class="small plain" aria-label={t('removeOf', { name: item.label })} onClick={() => Promise.resolve(put(list.filter((k) => k !== item.key))).catch(() => {})}>×</button></span></li>} />;
}

/** Adds one of those that are left. */
export function Adder({ left, add, label, blank = t('addField') }) {
  return left.length ? <Choice aria-label={label} key={left.length} value={undefined} blank={blank} options={left} put={(v) => v && Promise.resolve(add(v)).catch(() => {})} /> : null;
}

/** Fields that can be shown and are not in the list. */
export const fieldsLeft = (form, list) => fieldsOf(form, true).filter((f) => !list.includes(f.value) && !NONE.has(f.type));

/** Fields in order; without any the server takes the first. */
export function FieldList({ value, put, form, label }) {
  const [list, write] = useList(value, (next) => put(next.length ? next : undefined));
  const left = fieldsLeft(form, list);
  return <div class="stack tight field-list">{list.length ? <Lined list={list} label={label} put={write} draw={{ label: (k) => fieldLabel(form, k) }} /> : <p class="muted small">{t('firstFields')}</p>}
    <Adder left={left} add={(v) => write([...list, v])} label={t('addTo', { name: label })} /></div>;
}

/** The same with a direction: -field is downwards. */
export function SortList({ value, put, form, label }) {
  const [list, write] = useList(value, (next) => put(!next.length ? undefined : next.length === 1 ? next[0] : next));
  const bare = (k) => k.replace(/^-/, '');
  const turn = (key) => Promise.resolve(write(list.map((k) => (k === key ? (k.startsWith('-') ? bare(k) : `-${k}`) : k)))).catch(() => {});
  const left = fieldsLeft(form, list.map(bare));
  const more = (key) => <button type="button" class="small" onClick={() => turn(key)} aria-label={`${fieldLabel(form, bare(key))}: ${t(key.startsWith('-') ? 'down_' : 'up_')}`}>{key.startsWith('-') ? `↓ ${t('down_')}` : `↑ ${t('up_')}`}</button>;
  return <div class="stack tight field-list">{list.length ? <Lined list={list} label={label} put={write} draw={{ label: (k) => fieldLabel(form, bare(k)), more }} /> : null}
    <Adder left={left} add={(v) => write([...list, v])} label={t('addTo', { name: label })} /></div>;
}
