// A view's fields put in order on its own page: the heads of a table, the lines of one card of a board
// or a gallery. The page is the server's; these parts of it are drawn anew so that one can take them.
import { render } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { announce } from './canvas.jsx';
import { Adder, fieldsLeft, moved } from './field_lists.jsx';
import { useLatest } from './inputs.jsx';
import { change } from './keys.jsx';
import { formPath } from './names_of.js';
import { fieldLabel, listed } from './said.jsx';
import { Sortable } from './sortable.jsx';
import { tables, treeOf } from './store.js';
import { t } from './words.js';

// The cells follow the heads at once; what they say of a new column comes with the next page.
function follow(rows, keys) {
  for (const { row, cells, tail } of rows) {
    for (const [key, cell] of cells) if (!keys.includes(key)) cell.remove();
    for (const key of keys) {
      if (!cells.has(key)) cells.set(key, document.createElement('td'));
      row.insertBefore(cells.get(key), tail);
    }
  }
}

/** What one does to the fields of a view: the list as it is now, and another one. */
function useFields(form, name, attr, drawn) {
  const view = treeOf(formPath(form))?.views?.[name];
  const [given, put] = useLatest(view?.[attr], (next) => change({ path: formPath(form), at: ['views', name] }, [attr], next.length ? next : undefined, false));
  const keys = listed(given).length ? listed(given).map(String) : drawn;
  const move = (key, before) => put(moved(keys, key, before));
  const said = (key) => fieldLabel(form, key);
  const remove = (key) => put(keys.filter((k) => k !== key)).then(() => announce(t('wasRemoved', { name: said(key) }))).catch(() => {});
  const add = (key) => put([...keys, key]).then(() => announce(t('added', { name: said(key) })));
  return { view, keys, move, add, items: keys.map((key) => ({ key, label: said(key) })),
    gone: (key) => <button type="button" class="small plain" aria-label={t('removeOf', { name: said(key) })} onClick={() => remove(key)}>×</button> };
}

const Add = ({ form, fields, label }) => <Adder left={fieldsLeft(form, fields.keys)} add={fields.add} label={t('addTo', { name: label })} blank="＋" />;

function Heads({ form, name, label, drawn, looks, ticks, claims, rows }) {
  const fields = useFields(form, name, 'columns', drawn);
  const sort = listed(fields.view?.sort).map(String);
  const way = (key) => (sort.includes(key) ? 'ascending' : sort.includes(`-${key}`) ? 'descending' : undefined);
  useLayoutEffect(() => follow(rows, fields.keys), [fields.keys.join()]);
  return <Sortable tag="tr" along="x" label={label} items={fields.items} move={fields.move} word="⋯"
    first={ticks ? <td class="tick" /> : null} last={<>{claims ? <td /> : null}<td class="head-add"><Add form={form} fields={fields} label={label} /></td></>}
    draw={(item, i, tools) => <th scope="col" key={item.key} data-item={item.key} class={looks.get(item.key)} aria-sort={way(item.key)}><span class="head">{tools.grip}<span>{item.label}{{ ascending: ' ↑', descending: ' ↓' }[way(item.key)]}</span>{tools.menu}{fields.gone(item.key)}</span></th>} />;
}

/** A value as the server drew it. */
function Drawn({ node }) {
  const box = useRef(null);
  useEffect(() => { box.current.replaceChildren(...(node ? [node] : ['–'])); }, [node]);
  return <span class="grow" inert ref={box} />;
}

function Lines({ form, name, label, drawn, values }) {
  const fields = useFields(form, name, 'card', drawn);
  return <><Sortable tag="ul" cls="head-lines" label={label} items={fields.items} move={fields.move} word="⋯"
    draw={(item, i, tools) => <li key={item.key} data-item={item.key} class="head">{tools.grip}<span class="muted">{item.label}</span><Drawn node={values.get(item.key)} />{tools.menu}{fields.gone(item.key)}</li>} />
  <div class="head-add"><Add form={form} fields={fields} label={label} /></div></>;
}

/** Without records, heads as those of a table above the words that say so. */
function emptyOf(list) {
  const empty = list.querySelector('.empty[data-columns]');
  if (!empty) return null;
  const panel = document.createElement('div');
  const box = panel.appendChild(document.createElement('div'));
  const table = box.appendChild(document.createElement('table'));
  panel.className = 'panel flush';
  box.className = 'table-box';
  table.className = 'table';
  empty.before(panel);
  return { host: table.createTHead(), draw: (at) => <Heads {...at} drawn={empty.dataset.columns.split(' ').filter(Boolean)} looks={new Map()} ticks={false} claims={false} rows={[]} /> };
}

function tableOf(list) {
  const head = list.querySelector('thead');
  if (!head) return emptyOf(list);
  const columns = [...head.querySelectorAll('[data-column]')];
  const drawn = columns.map((th) => th.dataset.column);
  const ticks = Boolean(head.querySelector('.tick'));
  const rows = [...list.querySelectorAll('tbody tr')].map((row) => {
    const cells = [...row.children].slice(ticks ? 1 : 0);
    return { row, cells: new Map(drawn.map((key, i) => [key, cells[i]])), tail: cells[drawn.length] ?? null };
  });
  const claims = head.querySelectorAll('th').length > drawn.length;
  head.replaceChildren();
  return { host: head, draw: (at) => <Heads {...at} drawn={drawn} looks={new Map(columns.map((th) => [th.dataset.column, th.className]))} ticks={ticks} claims={claims} rows={rows} /> };
}

/** The first card stands for all: with lines for what it leaves blank, too. */
function cardOf(list) {
  const lists = [...list.querySelectorAll('.card dl, .picture-card dl')];
  const [first] = lists;
  if (!first) return null;
  const drawn = [...new Set(lists.flatMap((dl) => [...dl.children].map((x) => x.dataset.field)))];
  const values = new Map([...first.children].map((x) => {
    const value = document.createElement('span');
    value.append(...x.querySelector('dd').childNodes);
    return [x.dataset.field, value];
  }));
  const host = document.createElement('div');
  first.replaceWith(host);
  return { host, draw: (at) => <Lines {...at} drawn={drawn} values={values} /> };
}

const ON = { table: ['columns', tableOf], kanban: ['card', cardOf], gallery: ['card', cardOf] };

// All else is only to look at.
function still(node, host) {
  for (const child of node.children) {
    if (child === host) continue;
    if (child.contains(host)) still(child, host);
    else child.inert = true;
  }
}

/** What has the focus in there, as it is found again. */
export function heldIn(box) {
  const at = document.activeElement;
  if (!box.contains(at)) return null;
  const key = at.closest('[data-item]')?.dataset.item;
  return key === undefined ? '.head-add select' : `[data-item="${CSS.escape(key)}"] ${at.matches('select') ? 'select' : '.grip'}`;
}

/** Makes a page that is drawn such; gives what ends it, null: nothing on it has an order. */
export function dress(list, { form, name, type }) {
  const [key, find] = ON[type] ?? [];
  const attr = tables.value.shapes.view.types[type]?.of.find((a) => a.key === key);
  const found = name && attr ? find(list) : null;
  if (!found) return null;
  render(found.draw({ form, name, label: attr.label }), found.host);
  still(list, found.host);
  return () => render(null, found.host);
}
