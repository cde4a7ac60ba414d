// Where one begins: the forms there are, and a new one.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { announce } from './canvas.jsx';
import { Taken } from './inputs.jsx';
import { nameFor } from './names.js';
import { formNames, forms, flowsOf, formPath } from './names_of.js';
import { APP_PARTS } from './app_parts.jsx';
import { outOfMenu, writeForm } from './new_form.js';
import { removal } from './remove.jsx';
import { SheetStart } from './sheet_start.jsx';
import { file } from './store.js';
import { Beginnings, FromTemplate } from './templates.jsx';
import { lang, labelOf, t } from './words.js';

const quoted = (text) => JSON.stringify(text);

/** A form to go on from: a name, notes, an owner; whoever may design may use it. */
export async function newForm(label, typical) {
  const name = await nameFor(label, formNames(), 'form');
  const owner = typical ? '  owner: {type: user, default: "=me()"}\n  phone: {type: phone}\n  notes: {type: longtext}\n' : '';
  const labels = lang === 'zh' ? { name: '名称', owner: '负责人', phone: '电话', notes: '备注' } : { name: 'Name', owner: 'Owner', phone: 'Phone', notes: 'Notes' };
  const withLabels = `  name: {type: text, required: true}\n${owner}`.replace(/^( {2})(\w+): \{type/gm, (all, gap, key) => `${gap}${key}: {label: ${quoted(labels[key])}, type`);
  await writeForm(name, label, '{name}', withLabels, typical ? 'owner: owner\n' : '');
  return name;
}

/** With its workflows and its entry in the menu. */
const removeForm = (f) => {
  const flows = flowsOf(f.value);
  return removal({ name: f.label, along: flows.map((w) => labelOf(w.tree.label, w.tree.workflow)),
    list: () => [{ path: formPath(f.value), text: null }, ...flows.map((w) => ({ path: w.path, text: null })), ...outOfMenu(f.value)] })
    .then((gone) => { if (gone) announce(t('removed', { name: f.label })); }).catch(() => {});
};

export function Index({ go, goApp }) {
  const [label, setLabel] = useState('');
  const [typical, setTypical] = useState(true);
  const [busy, setBusy] = useState(false);
  const [sheet, setSheet] = useState(null);
  const [imports, setImports] = useState([]);
  useEffect(() => { api('GET', '/imports?state=waiting').then((x) => setImports(x.imports), () => {}); }, []);
  const taken = forms().some((f) => f.label === label.trim());
  const make = async (e) => {
    e.preventDefault();
    if (!label.trim() || busy || taken) return;
    setBusy(true);
    try { go(await newForm(label.trim(), typical)); } catch { setBusy(false); }
  };
  if (sheet) return <sheet.Sheet file={sheet.file} first={sheet.seen} done={go} dismiss={() => setSheet(null)} />;
  return <div class="design-index stack">
    <section class="panel stack"><h2>{t('newForm')}</h2><form class="stack tight" onSubmit={make}>
      <label class="field"><span class="label">{t('whatCalled')}</span><input type="text" maxlength="60" value={label} onInput={(e) => setLabel(e.currentTarget.value)} /></label>
      <Taken name={taken && label.trim()} />
      <label class="check"><input type="checkbox" checked={typical} onChange={(e) => setTypical(e.currentTarget.checked)} /> {t('typical')}</label>
      <div><button class="main" disabled={!label.trim() || busy || taken}>{t('create')}</button></div></form>
      {forms().length ? <FromTemplate go={go} /> : null}</section>
    {forms().length ? null : <Beginnings go={go} />}
    <SheetStart found={setSheet} />
    <section class="panel stack"><h2>{t('forms')}</h2><ul class="design-list">{forms().map((f) => <li key={f.value}>
      <a href={`/design/${f.value}`} onClick={(e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); go(f.value); } }}>{f.label}</a>
      <span class="muted small">{f.value}</span>
      {flowsOf(f.value).map((w) => <span class="chip" key={w.path}>{labelOf(w.tree.label, w.tree.workflow)}</span>)}
      {file(formPath(f.value))?.draft ? <span class="chip c-amber">{t('draft')}</span> : null}
      {imports.filter((x) => x.form === f.value).map((x) => <a class="chip c-blue" key={x.id} href={`/admin/imports/${x.id}`}>{t('rowsWait', { n: x.rows })}</a>)}
      <span class="grow" /><button type="button" class="small" aria-label={t('removeWhat', { name: f.label })} onClick={() => removeForm(f)}>{t('remove')}</button></li>)}</ul></section>
    <section class="panel stack"><h2>{t('theApp')}</h2><ul class="design-list">{APP_PARTS.map((p) => <li key={p}><a href={`/design/app/${p}`} onClick={(e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); goApp(p); } }}>{t(`app_${p}`)}</a>
      <span class="muted small">{t(`is_${p}`)}</span></li>)}</ul></section>
  </div>;
}
