// Where one begins: the forms there are, and a new one.
import { useState } from 'preact/hooks';
import { announce } from './canvas.jsx';
import { nameFor } from './names.js';
import { forms, flowsOf, formPath, roles } from './names_of.js';
import { APP_PARTS } from './app_parts.jsx';
import { removal } from './remove.jsx';
import { editAll, file, treeOf } from './store.js';
import { Beginnings, FromTemplate } from './templates.jsx';
import { lang, labelOf, t } from './words.js';

const quoted = (text) => JSON.stringify(text);

/** A form to go on from: a name, notes, an owner; whoever may design may use it. */
export async function newForm(label, typical) {
  const taken = new Set(forms().map((f) => f.value));
  const name = await nameFor(label, taken, 'form');
  const owner = typical ? '  owner: {type: user, default: "=me()"}\n  phone: {type: phone}\n  notes: {type: longtext}\n' : '';
  const labels = lang === 'zh' ? { name: '名称', owner: '负责人', phone: '电话', notes: '备注' } : { name: 'Name', owner: 'Owner', phone: 'Phone', notes: 'Notes' };
  const withLabels = `  name: {type: text, required: true}\n${owner}`.replace(/^( {2})(\w+): \{type/gm, (all, gap, key) => `${gap}${key}: {label: ${quoted(labels[key])}, type`);
  const all = roles().map((r) => r.value);
  const rights = all.length ? `permissions:\n${all.map((r) => `  ${r}: {create: true, read: all, update: all}\n`).join('')}` : '';
  await editAll([{ path: formPath(name), text: `form: ${name}\nlabel: ${quoted(label)}\ntitle: "{name}"\n${typical ? 'owner: owner\n' : ''}fields:\n${withLabels}${rights}` }, ...intoMenu(name)]);
  return name;
}

// Where the menu is written out a new form gets its entry; otherwise it has one by itself.
function intoMenu(name) {
  const menu = treeOf('app.yaml')?.menu;
  if (!Array.isArray(menu)) return [];
  const section = menu.findIndex((m) => Array.isArray(m?.items));
  const op = section >= 0 ? { op: 'add', path: ['menu', String(section), 'items', '-'], value: name } : { op: 'add', path: ['menu', '-'], value: { items: [name] } };
  return [{ path: 'app.yaml', ops: [op] }];
}

// From the last on, so that positions stay what they were.
function outOfMenu(name) {
  const menu = treeOf('app.yaml')?.menu;
  if (!Array.isArray(menu)) return [];
  const ops = menu.flatMap((m, i) => {
    const items = [m?.items ?? []].flat();
    if (!items.includes(name)) return [];
    return [items.length > 1 ? ['menu', String(i), 'items', String(items.indexOf(name))] : ['menu', String(i)]];
  }).reverse().map((path) => ({ op: 'remove', path }));
  return ops.length ? [{ path: 'app.yaml', ops }] : [];
}

/** With its workflows and its entry in the menu. */
const removeForm = (f) => {
  const flows = flowsOf(f.value);
  return removal({ name: f.label, along: flows.map((w) => labelOf(w.tree.label, w.tree.workflow)),
    list: [{ path: formPath(f.value), text: null }, ...flows.map((w) => ({ path: w.path, text: null })), ...outOfMenu(f.value)] })
    .then((gone) => { if (gone) announce(t('removed', { name: f.label })); }).catch(() => {});
};

export function Index({ go, goApp }) {
  const [label, setLabel] = useState('');
  const [typical, setTypical] = useState(true);
  const [busy, setBusy] = useState(false);
  const make = async (e) => {
    e.preventDefault();
    if (!label.trim() || busy) return;
    setBusy(true);
    try { go(await newForm(label.trim(), typical)); } catch { setBusy(false); }
  };
  return <div class="design-index stack">
    <section class="panel stack"><h2>{t('newForm')}</h2><form class="stack tight" onSubmit={make}>
      <label class="field"><span class="label">{t('whatCalled')}</span><input type="text" maxlength="60" value={label} onInput={(e) => setLabel(e.currentTarget.value)} /></label>
      <label class="check"><input type="checkbox" checked={typical} onChange={(e) => setTypical(e.currentTarget.checked)} /> {t('typical')}</label>
      <div><button class="main" disabled={!label.trim() || busy}>{t('create')}</button></div></form>
      {forms().length ? <FromTemplate go={go} /> : null}</section>
    {forms().length ? null : <Beginnings go={go} />}
    <section class="panel stack"><h2>{t('forms')}</h2><ul class="design-list">{forms().map((f) => <li key={f.value}>
      <a href={`/design/${f.value}`} onClick={(e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); go(f.value); } }}>{f.label}</a>
      <span class="muted small">{f.value}</span>
      {flowsOf(f.value).map((w) => <span class="chip" key={w.path}>{labelOf(w.tree.label, w.tree.workflow)}</span>)}
      {file(formPath(f.value))?.draft ? <span class="chip c-amber">{t('draft')}</span> : null}
      <span class="grow" /><button type="button" class="small" aria-label={t('removeWhat', { name: f.label })} onClick={() => removeForm(f)}>{t('remove')}</button></li>)}</ul></section>
    <section class="panel stack"><h2>{t('theApp')}</h2><ul class="design-list">{APP_PARTS.map((p) => <li key={p}><a href={`/design/app/${p}`} onClick={(e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); goApp(p); } }}>{t(`app_${p}`)}</a>
      <span class="muted small">{t(`is_${p}`)}</span></li>)}</ul></section>
  </div>;
}
