// One dashboard being built: left the charts there are, in the middle its page on real records, right
// the properties of the card that is chosen, or of the dashboard.
import { useState } from 'preact/hooks';
import { announce } from './canvas.jsx';
import { DashCanvasBox } from './dash_canvas.jsx';
import { ChartPalette } from './dash_palette.jsx';
import { COLUMNS, addCard, cardsOf, chartLabel, duplicateCard, fitted, moveCard, removeCard, renameDashboard, titleOf } from './dashboard.js';
import { Choice, NameLine, useLatest } from './inputs.jsx';
import { Issues, Keys, Typed } from './keys.jsx';
import { Later } from './later.jsx';
import { dashPath, dashboards, forms } from './names_of.js';
import { file, selected, tables, treeOf } from './store.js';
import { labelOf, t } from './words.js';
import { Chooser } from './view_as.jsx';

const FIRST = ['label', 'form', 'text', 'by', 'across', 'value', 'target', 'workflow', 'show', 'view', 'filter', 'compare', 'period'];

function Width({ i, canvas, card }) {
  const [now, put] = useLatest(card.w ?? (canvas?.drawn.value ? canvas.widthAt(i) : null) ?? 6, (to) => canvas?.widen(i, to, now));
  const one = (step, label) => <button type="button" class="small" aria-label={label} disabled={now + step < 1 || now + step > COLUMNS} onClick={() => put(now + step)}>{step < 0 ? '−' : '+'}</button>;
  return <div class="field" data-key="w"><span class="label">{t('cardWidth')}</span><span class="row tight">{one(-1, t('narrower'))}<output>{t('widthOf', { n: now, of: COLUMNS })}</output>{one(1, t('wider'))}</span></div>;
}

function MoveCard({ path, i, list, moved }) {
  const options = [...list.map((card, n) => ({ value: String(n), label: t('before', { name: titleOf(card, n) }) })).filter((o, n) => n !== i && n !== i + 1), ...(i < list.length - 1 ? [{ value: 'end', label: t('toTheEnd') }] : [])];
  const go = (v) => moveCard(path, i, v === 'end' ? null : Number(v)).then((to) => { if (to !== null) moved(to); }, () => {});
  return list.length < 2 ? null : <Choice aria-label={t('moveOf', { name: titleOf(list[i], i) })} key={`${i} ${list.length}`} value={undefined} blank={t('moveMenu')} options={options} put={(v) => v && go(v)} />;
}

function CardProperties({ path, i, canvas }) {
  const list = cardsOf(path);
  const card = list[i];
  const title = titleOf(card, i);
  const where = { path, at: ['cards', String(i)] };
  const gone = () => announce(t('wasRemoved', { name: title }));
  return <><h2>{title} <span class="chip">{chartLabel(card)}</span></h2>
    <div class="row"><button type="button" class="small" onClick={() => duplicateCard(path, i).then(() => announce(t('added', { name: title })), () => {})}>{t('duplicate')}</button>
      <button type="button" class="small bad" onClick={() => removeCard(path, i).then(gone, () => {})}>{t('remove')}</button>
      <MoveCard path={path} i={i} list={list} moved={(to) => announce(t('cardMoved', { name: title, n: to + 1, of: list.length }))} /></div>
    <Width key={`${selected.value.id} w`} i={i} canvas={canvas} card={card} />
    <Typed key={selected.value.id} attr={{ shape: 'card' }} where={where} value={card} first={FIRST} except={['w']} fit={(chart, now) => fitted(now, chart)} />
    <Issues where={where} /></>;
}

function Whole({ name, path, open }) {
  const of = tables.value.kinds.dashboard.filter((a) => !['dashboard', 'cards'].includes(a.key));
  return <><h2>{t('theDash')}</h2><p class="muted small">{t('pickCard')}</p>
    <Keys of={of} where={{ path, at: [] }} value={treeOf(path)} first={['label', 'help', 'filters', 'roles']} />
    <details class="keys-more"><summary>{t('nameInFile')}</summary><div class="stack tight"><NameLine key={name} name={name} taken={() => dashboards().map((d) => d.value)} put={(to) => renameDashboard(name, to).then(() => open(to))} />
      <p class="help">{t('dashRenamed')}</p></div></details></>;
}

/** The last form that a card was made of. */
let lastForm = null;

function Build({ name, path, open }) {
  const [canvas, setCanvas] = useState(null);
  const [as, setAs] = useState('');
  const cards = cardsOf(path);
  const chosen = selected.value?.path === path && selected.value.at[0] === 'cards' ? Number(selected.value.at[1]) : -1;
  const near = cards[chosen]?.form ?? cards.findLast((c) => c?.form)?.form;
  const [own, setOwn] = useState(lastForm);
  const form = [own, near].find((f) => forms().some((x) => x.value === f)) ?? forms()[0]?.value;
  const add = (chart, before) => addCard(path, chart, form, before ?? (chosen >= 0 && chosen + 1 < cards.length && before === undefined ? chosen + 1 : null))
    .then(() => announce(t('added', { name: chartLabel({ chart }) })), () => {});
  return <div class="design-three design-dash"><ChartPalette canvas={canvas} form={form} setForm={(f) => { lastForm = f; setOwn(f); }} add={(chart) => add(chart)} />
    <div class="canvas-frame" role="region" aria-label={t('dashSeen')}><Chooser as={as} put={setAs} /><DashCanvasBox name={name} path={path} as={as} ready={setCanvas} put={(chart, before) => add(chart, before)} /></div>
    <aside class="properties stack tight" aria-label={t('properties')}>{cards[chosen] ? <CardProperties path={path} i={chosen} canvas={canvas} /> : <Whole name={name} path={path} open={open} />}</aside></div>;
}

/** open(name): the address of another one; '' is the list. */
export function Builder({ name, open }) {
  const path = dashPath(name);
  const [text, setText] = useState(!treeOf(path));
  const now = file(path);
  const label = labelOf(treeOf(path)?.label, name);
  const lead = (e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); open(''); } };
  return <div class="dash-page"><div class="row dash-head"><a href="/design/app/dashboards" onClick={lead}>‹ {t('allDashes')}</a><h2 class="grow">{label}</h2>
    {now?.version ? <a href={`/dashboards/${name}`}>{t('openDash')}</a> : null}
    <nav class="tabs" aria-label={t('buildOrText')}>{[false, true].map((x) => <button type="button" key={String(x)} class="tab plain" aria-current={x === text ? 'page' : undefined} onClick={() => setText(x)}>{t(x ? 'part_text' : 'dashBuild')}</button>)}</nav></div>
    {!now ? <p class="note bad">{t('noDash')}</p> : text ? <div class="design-one stack"><Later what="Text" path={path} /></div>
      : treeOf(path) ? <Build name={name} path={path} open={open} /> : <p class="note bad">{t('brokenDash')}</p>}</div>;
}
