// The designer's frame: what is designed, undo and redo, the issues, publishing.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, toast } from '../lib/api.js';
import { CanvasBox } from './canvas.jsx';
import { Help } from './inputs.jsx';
import { Each, Keys } from './keys.jsx';
import { Later } from './later.jsx';
import { follow, news } from './follow.js';
import { dashPath, flowsOf, forms, formPath } from './names_of.js';
import { Palette } from './palette.jsx';
import { Properties, rememberPublished } from './properties.jsx';
import { issueText, issueWords, leadBy, showPlace } from './places.js';
import { begin as bePresent, present, showing } from './present.js';
import { Removal } from './remove.jsx';
import { Settle, Sides } from './settle.jsx';
import { changed, clashes, dropDraft, file, files, issues, mayRedo, mayUndo, open, others, redo, refused, selected, tables, treeOf, undo, waiting } from './store.js';
import { Preview } from './preview.jsx';
import { Chooser } from './view_as.jsx';
import { lang, openWords, t } from './words.js';

const PARTS = ['form', 'stages', 'permissions', 'automations', 'reminders', 'views', 'assign', 'rules', 'text'];

// These stand while the form's text cannot be read: it is repaired there.
const AS_TEXT = new Set(['rules', 'text']);

function FormPart({ form }) {
  const [canvas, setCanvas] = useState(null);
  const [as, setAs] = useState('');
  return <div class="design-three"><Palette form={form} canvas={canvas} />
    <div class="canvas-frame" aria-label={t('canvas')} role="region"><Chooser as={as} put={setAs} />
      {as ? <Preview form={form} as={as} /> : <CanvasBox form={form} ready={setCanvas} />}</div>
    <Properties form={form} /></div>;
}

/** A key of the form's file whole, drawn from its table. */
function KeyPart({ form, name }) {
  const path = formPath(form);
  const attr = tables.value.kinds.form.find((k) => k.key === name);
  const value = treeOf(path)[name];
  return <div class="design-one stack"><h2>{attr.label}</h2><Help tag="p" text={attr.help} />
    {attr.kind === 'each' ? <Each attr={attr} where={{ path, at: [name], form }} value={value} bare /> : <Keys of={[attr]} where={{ path, at: [], form }} value={treeOf(path)} />}</div>;
}

// What a part of its own draws; the others are keys of the form's file.
const OWN = { stages: 'Stages', permissions: 'Permissions', rules: 'Rules', automations: 'Automations', reminders: 'Reminders', views: 'Views', text: 'TextPart' };

function Part({ form, part }) {
  if (part === 'form') return <FormPart form={form} />;
  if (OWN[part]) return <Later what={OWN[part]} form={form} key={`${part} ${form}`} />;
  return <KeyPart form={form} name={part} key={part} />;
}

function Refusal() {
  const now = refused.value;
  if (!now) return null;
  const end = () => { refused.value = null; };
  return <div class="note bad row" role="alert"><span class="grow">{now.message}{now.clashes ? <Sides list={now.clashes} /> : null}</span>
    {now.insist ? <button type="button" class="small" onClick={() => { end(); now.insist().catch(() => {}); }}>{t('mineAllTheSame')}</button> : null}
    <button type="button" class="small" onClick={end}>{t('ok')}</button></div>;
}

/** What somebody else published just now. */
function News({ history: show }) {
  const now = news.value;
  if (!now) return null;
  return <p class="note row" role="status"><span class="grow">{t('newsIs', { who: now.authors.join(', ') || '–', n: now.version })}{now.note ? ` „${now.note}“` : ''} <span class="muted small">{now.files.join(', ')}</span></span>
    <button type="button" class="small" onClick={() => { news.value = null; show(now.before); }}>{t('compareIt')}</button>
    <button type="button" class="small" onClick={() => { news.value = null; }}>{t('ok')}</button></p>;
}

/** Who else has what stands here open, and who has a draft of it. */
function Presence({ form, app, name }) {
  const paths = new Set(name ? [dashPath(name)] : form ? [formPath(form), ...flowsOf(form).map((f) => f.path)] : app ? ['app.yaml'] : []);
  const [first] = paths;
  useEffect(() => showing(first ?? null), [first]);
  const list = others.value.filter((o) => paths.has(o.path));
  const here = present.value.filter((p) => paths.has(p.path));
  if (!list.length && !here.length) return null;
  const when = (at) => new Intl.DateTimeFormat(lang, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(at));
  const one = [...new Map(list.map((o) => [o.name, o])).values()];
  return <span class="muted small" role="status">{here.length ? <span class="chip s-open">{t('alsoOpen', { name: here.map((p) => p.name).join(t('listComma')) })}</span> : null} {one.map((o) => t('alsoEdits', { name: o.name, at: when(o.at) })).join(' · ')}</span>;
}

function IssueList() {
  const list = issues.value;
  if (!list.length) return <span class="muted small" role="status">{waiting.value ? t('saving') : t('allWell')}</span>;
  return <details class="menu issues"><summary class="button small bad">{t('issues', { n: list.length })}</summary>
    <div class="menu-box">{list.slice(0, 50).map((i, n) => <button type="button" key={n} title={`${i.file}:${i.line}`} onClick={(e) => { e.currentTarget.closest('details').open = false; showPlace(i.file, i.path); }}><span><strong>{issueWords(i)}</strong><br />{issueText(i)}</span></button>)}</div></details>;
}

function Top({ form, app, name, go, publish }) {
  const run = (what) => () => what().catch(() => {});
  const drop = async () => {
    if (!confirm(t('dropSure'))) return;
    await dropDraft().catch((e) => toast(e.message));
  };
  const settling = clashes.value.length > 0;
  return <header class="design-top">
    <h1><a href="/admin">{t('designer')}</a></h1>
    <select aria-label={t('whichForm')} value={form} onChange={(e) => go(e.currentTarget.value)}><option value="">{t('allForms')}</option>{form && !treeOf(formPath(form)) ? <option value={form}>{form}</option> : null}{forms().map((f) => <option key={f.value} value={f.value}>{f.label}</option>)}</select>
    <span class="grow" />
    <Presence form={form} app={app} name={name} />
    {settling ? null : <IssueList />}
    <button type="button" class="small" disabled={!mayUndo.value || settling} title="Ctrl+Z" onClick={run(undo)}>↶ {t('undo')}</button>
    <button type="button" class="small" disabled={!mayRedo.value || settling} title="Ctrl+Shift+Z" onClick={run(redo)}>↷ {t('redo')}</button>
    <button type="button" class="small" disabled={!changed.value} onClick={drop}>{t('drop')}</button>
    <button type="button" class="small" disabled={settling} onClick={() => publish('history')}>{t('history')}</button>
    <button type="button" class="main small" disabled={!changed.value || settling} onClick={() => publish('publish')}>{t('publish')}</button>
  </header>;
}

function keys(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z' || event.target.closest('input, textarea, [contenteditable]')) return;
  event.preventDefault();
  (event.shiftKey ? redo() : undo()).catch(() => {});
}

/** What the address names: a form, or a part of what belongs to the app. */
const placeNow = () => {
  const [, app = '', name = ''] = /^\/design\/app\/(\w+)(?:\/(\w+))?/.exec(location.pathname) ?? [];
  return { app, name, form: app ? '' : /^\/design\/(\w+)/.exec(location.pathname)?.[1] ?? '' };
};

function App() {
  const [{ form, app, name }, setPlace] = useState(placeNow);
  const [part, setPart] = useState('form');
  const [publishing, setPublishing] = useState(null);
  const settling = clashes.value.length > 0;
  const turn = (url) => { selected.value = null; history.pushState(null, '', url); setPlace(placeNow()); };
  const go = (to, at) => { if (at) setPart(at); turn(to ? `/design/${to}` : '/design'); };
  const goApp = (to, of) => turn(`/design/app/${to}${of ? `/${of}` : ''}`);
  useEffect(() => {
    addEventListener('keydown', keys);
    const back = () => { selected.value = null; setPlace(placeNow()); };
    addEventListener('popstate', back);
    return () => { removeEventListener('keydown', keys); removeEventListener('popstate', back); };
  }, []);
  leadBy(go, goApp);
  const tree = form && treeOf(formPath(form));
  const fresh = form && !file(formPath(form))?.version;
  const after = async (done) => {
    setPublishing(null);
    if (!done) return;
    if (await toLoad(form, fresh)) return;
    await published();
    if (form && !Object.keys(treeOf(formPath(form))?.permissions ?? {}).length) {
      toast(`${t('published', { n: done.version ?? '' })} ${t('onlyAdmins')}`, { label: t('part_permissions'), run: () => setPart('permissions') });
      return;
    }
    const [label, href] = form ? ['firstRecord', `/f/${form}/new`] : app === 'dashboards' && name ? ['openDash', `/dashboards/${name}`] : [];
    toast(t('published', { n: done.version ?? '' }), label ? { label: t(label), run: () => { location.href = href; } } : undefined);
  };
  return <>
    <Top form={form ?? ''} app={app} name={app === 'dashboards' ? name : ''} go={go} publish={(at) => setPublishing({ at })} />
    <div class="design-notes"><Refusal /><News history={(from) => setPublishing({ at: 'history', from })} /></div>
    {settling ? <Settle after={() => published()} /> : app ? <Later what="AppSettings" part={app} name={name} go={go} goApp={goApp} /> : !form ? <Later what="Index" go={go} goApp={goApp} /> : !file(formPath(form)) ? <p class="note bad">{t('noForm')}</p> : <>
      <nav class="tabs design-parts" aria-label={t('parts')}>{PARTS.map((p) => <button type="button" key={p} data-part={p} class="tab plain" aria-current={p === part ? 'page' : undefined} onClick={() => setPart(p)}>{t(`part_${p}`)}</button>)}</nav>
      {tree || AS_TEXT.has(part) ? <Part form={form} part={part} /> : <p class="note bad">{t('brokenText')}</p>}</>}
    {publishing ? <Later what="Publish" {...publishing} close={after} /> : null}
    <Removal />
    <datalist id="time-zones">{Intl.supportedValuesOf('timeZone').map((z) => <option key={z} value={z} />)}</datalist>
    <p id="design-said" class="sr" role="status" />
  </>;
}

// A form that was made of a spreadsheet, published for the first time: on to its rows.
async function toLoad(form, fresh) {
  const all = form ? (await api('GET', `/imports?state=waiting&form=${form}`).catch(() => null))?.imports ?? [] : [];
  if (!all.length) return false;
  const href = `/admin/imports/${all[0].id}`;
  if (fresh) location.href = href;
  else toast(t('rowsWait', { n: all[0].rows }), { label: t('loadRows'), run: () => { location.href = href; } });
  return fresh;
}

// What is published, for what may be renamed freely.
async function published() {
  const all = [...files.value.values()].filter((f) => f.kind === 'form');
  for (const f of all) rememberPublished(f.path, f.draft ? null : f.tree);
  for (const f of all.filter((x) => x.draft && x.version)) {
    const was = await api('GET', `/definitions/${f.path}?version=${f.version}`).catch(() => null);
    rememberPublished(f.path, was?.tree);
  }
}

export async function start(host) {
  try {
    await Promise.all([open(), openWords()]);
    await published();
    follow(published);
    bePresent();
  } catch (e) {
    host.replaceChildren(Object.assign(document.createElement('p'), { className: 'note bad', textContent: e.status ? e.message : host.dataset.failed }));
    return;
  }
  host.replaceChildren();
  render(<App />, host);
  host.dataset.live = '';
}
