// The menu: its groups, and the forms and dashboards in them, in the order people see.
import { useState } from 'preact/hooks';
import { announce } from './canvas.jsx';
import { Head } from './app_parts.jsx';
import { NewPart } from './cards.jsx';
import { Choice, Label } from './inputs.jsx';
import { Issues, change } from './keys.jsx';
import { dashboards, forms } from './names_of.js';
import { BUILT_IN, entryLabel, formLabel, listed } from './said.jsx';
import { Sortable } from './sortable.jsx';
import { edit, treeOf } from './store.js';
import { labelOf, t } from './words.js';

const APP = 'app.yaml';
const menuOf = () => { const menu = treeOf(APP)?.menu; return Array.isArray(menu) ? menu : []; };
const set = (i, items) => ({ op: 'set', path: ['menu', String(i), 'items'], value: items });
const itemsOf = (i) => listed(menuOf()[i]?.items).map(String);
const labelAt = (i) => labelOf(menuOf()[i]?.section, t('groupN', { n: i + 1 }));

const put = (key, from, to, before) => edit(APP, () => {
  const rest = itemsOf(from).filter((k) => k !== key);
  if (from !== to) return [set(from, rest), set(to, [...itemsOf(to), key])];
  const at = before === null ? rest.length : rest.indexOf(before);
  return [set(from, [...rest.slice(0, at), key, ...rest.slice(at)])];
});

function Entry({ name, i, tools }) {
  const others = menuOf().map((m, n) => n).filter((n) => n !== i);
  const label = entryLabel(name);
  return <li class="menu-entry" data-item={name}>{tools.grip}<span class="grow">{label} <span class="muted small">{name}</span></span>
    <span class="row tight">{tools.menu}
      {others.length ? <Choice aria-label={t('groupOf', { name: label })} value={undefined} blank={t('otherGroup')} options={others.map((n) => ({ value: String(n), label: labelAt(n) }))}
        put={(to) => to && put(name, i, Number(to), null).then(() => announce(t('moved', { name: label }))).catch(() => {})} /> : null}
      <button type="button" class="small plain" aria-label={t('removeOf', { name: label })} onClick={() => edit(APP, () => [set(i, itemsOf(i).filter((k) => k !== name))]).catch(() => {})}>×</button></span></li>;
}

function Section({ i, tools }) {
  const where = { path: APP, at: ['menu', String(i)] };
  const items = itemsOf(i);
  const everywhere = new Set(menuOf().flatMap((m, n) => itemsOf(n)));
  const all = [...forms(), ...BUILT_IN.filter((k) => !forms().some((f) => f.value === k)).map((k) => ({ value: k, label: formLabel(k) })),
    ...dashboards().map((d) => ({ value: `dashboard.${d.value}`, label: entryLabel(`dashboard.${d.value}`) }))];
  const left = all.filter((f) => !everywhere.has(f.value));
  return <li class="card-part panel" data-item={String(i)}><div class="card-head">{tools.grip}<div class="grow"><Label label={t('groupN', { n: i + 1 })} value={menuOf()[i]?.section} put={(v) => change(where, ['section'], v)} /></div>
    <span class="row tight">{tools.menu}<button type="button" class="small bad" onClick={() => edit(APP, [{ op: 'remove', path: menuOf().length === 1 ? ['menu'] : ['menu', String(i)] }]).catch(() => {})}>{t('remove')}</button></span></div>
  <Sortable cls="menu-items" label={labelAt(i)} items={items.map((key) => ({ key, label: entryLabel(key) }))} move={(key, before) => put(key, i, i, before)} draw={(item, n, own) => <Entry key={item.key} name={item.key} i={i} tools={own} />} />
  {left.length ? <Choice aria-label={t('addForm')} key={items.length} value={undefined} blank={t('addForm')} options={left} put={(v) => v && edit(APP, () => [set(i, [...itemsOf(i), v])]).catch(() => {})} /> : null}
  <Issues where={where} /></li>;
}

export function Menu() {
  const list = menuOf();
  const [busy, setBusy] = useState(false);
  const begin = () => { setBusy(true); return edit(APP, [{ op: 'set', path: ['menu'], value: [{ section: t('firstGroup'), items: [...forms().map((f) => f.value), ...dashboards().map((d) => `dashboard.${d.value}`)] }] }]).catch(() => {}).finally(() => setBusy(false)); };
  const add = (label) => edit(APP, [{ op: 'add', path: ['menu', '-'], value: { section: label, items: [] } }]);
  const move = (key, before) => edit(APP, [before === null ? { op: 'move', path: ['menu', key], after: String(list.length - 1) } : { op: 'move', path: ['menu', key], before }]);
  if (!list.length) return <><Head part="menu" help={t('menuIs')} /><div class="panel empty"><p>{t('noMenu')}</p><p><button type="button" class="main" disabled={busy} onClick={begin}>{t('beginMenu')}</button></p></div></>;
  return <><Head part="menu" help={t('menuIs')}><NewPart label={t('newGroup')} action={t('add')} make={add} /></Head>
    <Sortable cls="cards-parts" label={t('app_menu')} items={list.map((m, i) => ({ key: String(i), label: labelAt(i) }))} move={move} draw={(item, i, tools) => <Section key={i} i={i} tools={tools} />} /></>;
}
