// The menu: its groups, and the forms and dashboards in them, in the order people see.
import { useState } from 'preact/hooks';
import { announce } from './canvas.jsx';
import { Head } from './app_parts.jsx';
import { NewPart } from './cards.jsx';
import { moved } from './field_lists.jsx';
import { Choice, Label, useKeys } from './inputs.jsx';
import { Issues, change } from './keys.jsx';
import { dashboards, forms } from './names_of.js';
import { BUILT_IN, entryLabel, formLabel, listed } from './said.jsx';
import { Sortable } from './sortable.jsx';
import { adding, edit, removing, treeOf, valueAt } from './store.js';
import { labelOf, t } from './words.js';

const APP = 'app.yaml';
const menuOf = () => { const menu = treeOf(APP)?.menu; return Array.isArray(menu) ? menu : []; };
const set = (at, items) => ({ op: 'set', path: [...at, 'items'], value: items });
const itemsAt = (at) => listed(valueAt(treeOf(APP), at)?.items).map(String);
const itemsOf = (i) => listed(menuOf()[i]?.items).map(String);
const labelAt = (i) => labelOf(menuOf()[i]?.section, t('groupN', { n: i + 1 }));

/** What a group holds, made of what it holds by then. */
const holds = (i, next) => edit(APP, (now) => { const at = now(['menu', i]); return at ? [set(at, next(itemsAt(at)))] : []; });
const without = (list, key) => list.filter((k) => k !== key);

const move = (key, from, to) => edit(APP, (now) => {
  const [a, b] = [from, to].map((i) => now(['menu', i]));
  return a && b && itemsAt(a).includes(key) ? [set(a, without(itemsAt(a), key)), set(b, [...itemsAt(b), key])] : [];
});

function Entry({ name, i, tools }) {
  const others = menuOf().map((m, n) => n).filter((n) => n !== i);
  const label = entryLabel(name);
  return <li class="menu-entry" data-item={name}>{tools.grip}<span class="grow">{label} <span class="muted small">{name}</span></span>
    <span class="row tight">{tools.menu}
      {others.length ? <Choice aria-label={t('groupOf', { name: label })} value={undefined} blank={t('otherGroup')} options={others.map((n) => ({ value: String(n), label: labelAt(n) }))}
        put={(to) => to && move(name, i, Number(to)).then(() => announce(t('moved', { name: label }))).catch(() => {})} /> : null}
      <button type="button" class="small plain" aria-label={t('removeOf', { name: label })} onClick={() => holds(i, (list) => without(list, name)).catch(() => {})}>×</button></span></li>;
}

function Section({ i, tools }) {
  const where = { path: APP, at: ['menu', String(i)] };
  const items = itemsOf(i);
  const everywhere = new Set(menuOf().flatMap((m, n) => itemsOf(n)));
  const all = [...forms(), ...BUILT_IN.filter((k) => !forms().some((f) => f.value === k)).map((k) => ({ value: k, label: formLabel(k) })),
    ...dashboards().map((d) => ({ value: `dashboard.${d.value}`, label: entryLabel(`dashboard.${d.value}`) }))];
  const left = all.filter((f) => !everywhere.has(f.value));
  return <li class="card-part panel" data-item={String(i)}><div class="card-head">{tools.grip}<div class="grow"><Label label={t('groupN', { n: i + 1 })} value={menuOf()[i]?.section} put={(v) => change(where, ['section'], v)} /></div>
    <span class="row tight">{tools.menu}<button type="button" class="small bad" onClick={() => edit(APP, (now) => { const at = now(['menu', i]); return at ? [removing(APP, at)] : []; }).catch(() => {})}>{t('remove')}</button></span></div>
  <Sortable cls="menu-items" label={labelAt(i)} items={items.map((key) => ({ key, label: entryLabel(key) }))} move={(key, before) => holds(i, (list) => (list.includes(key) ? moved(list, key, before) : list))} draw={(item, n, own) => <Entry key={item.key} name={item.key} i={i} tools={own} />} />
  {left.length ? <Choice aria-label={t('addForm')} key={items.length} value={undefined} blank={t('addForm')} options={left} put={(v) => v && holds(i, (list) => [...without(list, v), v]).catch(() => {})} /> : null}
  <Issues where={where} /></li>;
}

export function Menu() {
  const list = menuOf();
  const [busy, setBusy] = useState(false);
  const begin = () => { setBusy(true); return edit(APP, [{ op: 'set', path: ['menu'], value: [{ section: t('firstGroup'), items: [...forms().map((f) => f.value), ...dashboards().map((d) => `dashboard.${d.value}`)] }] }]).catch(() => {}).finally(() => setBusy(false)); };
  const keys = useKeys(list);
  const add = (label) => edit(APP, () => [adding(APP, ['menu'], '-', { section: label, items: [] })]);
  const order = (key, before) => edit(APP, [{ op: 'move', path: ['menu', key], ...(before === null ? {} : { before }) }]);
  if (!list.length) return <><Head part="menu" help={t('menuIs')} /><div class="panel empty"><p>{t('noMenu')}</p><p><button type="button" class="main" disabled={busy} onClick={begin}>{t('beginMenu')}</button></p></div></>;
  return <><Head part="menu" help={t('menuIs')}><NewPart label={t('newGroup')} action={t('add')} make={add} /></Head>
    <Sortable cls="cards-parts" label={t('app_menu')} items={list.map((m, i) => ({ key: String(i), label: labelAt(i) }))} move={order} draw={(item, i, tools) => <Section key={keys[i]} i={i} tools={tools} />} /></>;
}
