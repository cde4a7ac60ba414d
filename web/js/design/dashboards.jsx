// The dashboards of the app: a list of them with a new one, and the one that is built.
import { useState } from 'preact/hooks';
import { Head } from './app_parts.jsx';
import { announce } from './canvas.jsx';
import { cardsOf, duplicateDashboard, newDashboard, removeDashboard } from './dashboard.js';
import { Builder } from './dash_builder.jsx';
import { ChartIcon } from './dash_palette.jsx';
import { Choice } from './inputs.jsx';
import { dashboards, forms } from './names_of.js';
import { file, issues } from './store.js';
import { t } from './words.js';

function New({ open }) {
  const [label, setLabel] = useState('');
  const [form, setForm] = useState(undefined);
  const [busy, setBusy] = useState(false);
  const make = async (e) => {
    e.preventDefault();
    const said = label.trim();
    if (!said || busy) return;
    setBusy(true);
    await newDashboard(said, form).then((name) => { announce(t('added', { name: said })); open(name); }, () => setBusy(false));
  };
  return <section class="panel stack"><h3>{t('newDash')}</h3><form class="row dash-new" onSubmit={make}>
    <label class="field"><span class="label">{t('dashCalled')}</span><input type="text" maxlength="60" value={label} onInput={(e) => setLabel(e.currentTarget.value)} /></label>
    <label class="field"><span class="label">{t('dashFrom')}</span><Choice value={form} put={setForm} blank={t('dashEmpty')} options={forms()} /></label>
    <button class="main" disabled={!label.trim() || busy}>{t('create')}</button></form>
    <p class="help">{t('dashFromIs')}</p></section>;
}

function Entry({ d, open }) {
  const wrong = issues.value.filter((i) => i.file === d.path).length;
  const lead = (e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); open(d.value); } };
  const charts = [...new Set(cardsOf(d.path).map((c) => c?.chart))];
  return <li data-dash={d.value}><a href={`/design/app/dashboards/${d.value}`} onClick={lead}>{d.label}</a> <span class="muted small">{d.value}</span>
    <span class="row tight dash-icons" aria-hidden="true">{charts.map((c) => <ChartIcon key={c} chart={c} />)}</span><span class="muted small">{t('nCards', { n: cardsOf(d.path).length })}</span>
    {file(d.path)?.draft ? <span class="chip c-amber">{t('draft')}</span> : null}{wrong ? <span class="chip bad">{t('issues', { n: wrong })}</span> : null}
    <span class="grow" />
    <button type="button" class="small" aria-label={t('duplicateOf', { name: d.label })} onClick={() => duplicateDashboard(d.value).then(() => announce(t('added', { name: d.label })), () => {})}>{t('duplicate')}</button>
    <button type="button" class="small bad" aria-label={t('removeWhat', { name: d.label })} onClick={() => removeDashboard(d.value, d.label).then((gone) => { if (gone) announce(t('wasRemoved', { name: d.label })); }).catch(() => {})}>{t('remove')}</button></li>;
}

/** name: of the one that is built; open(name): the address of another one, or of the list. */
export function Dashboards({ name, open }) {
  if (name) return <Builder key={name} name={name} open={open} />;
  const all = dashboards();
  return <div class="design-one design-flows stack"><Head part="dashboards" help={t('dashAre')} />
    <New open={open} />
    {all.length ? <section class="panel stack"><ul class="design-list">{all.map((d) => <Entry key={d.path} d={d} open={open} />)}</ul></section> : <p class="panel empty">{t('noDashes')}</p>}</div>;
}
