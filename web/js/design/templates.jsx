// Apps to begin from: all of one in an app without forms, else those forms of it that one chooses,
// with what they need.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { announce } from './canvas.jsx';
import { brings, inTheWay, isThere, take, understood, wanted } from './template.js';
import { labelOf, t } from './words.js';

const names = (list) => list.join(t('comma'));

function useTemplates(shown) {
  const [list, setList] = useState(null);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    if (shown && !list) api('GET', '/definitions/templates').then((a) => setList(a.templates), (e) => setFailed(e.message));
  }, [shown]);
  return [list, failed];
}

const load = async (name) => understood(await api('GET', `/definitions/templates/${encodeURIComponent(name)}`));

/** What stands in the way or comes along, said before anything is done. */
function Outcome({ template, chosen, keys }) {
  const way = inTheWay(template, keys);
  const more = brings(template, keys);
  const label = (part) => names(more[part].map((key) => labelOf(template.app[part][key].label, key)));
  const along = keys.filter((key) => !chosen.has(key));
  return <div class="stack tight" role="status">
    {along.length ? <p class="help">{t('tplAlong', { names: names(along.map((key) => labelOf(template.forms.get(key).tree.label, key))) })}</p> : null}
    {more.roles.length ? <p class="help">{t('tplRoles', { names: label('roles') })}</p> : null}
    {more.calendars.length || more.channels.length ? <p class="help">{t('tplParts', { names: names([...more.calendars, ...more.channels]) })}</p> : null}
    {way.length ? <p class="note bad">{t('tplInTheWay', { names: names(way) })}</p> : null}
  </div>;
}

function Choice({ name, label, go }) {
  const [template, setTemplate] = useState(null);
  const [chosen, setChosen] = useState(new Set());
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState('');
  useEffect(() => { load(name).then(setTemplate, (e) => setFailed(e.message)); }, [name]);
  if (failed) return <p class="note bad">{failed}</p>;
  if (!template) return <p class="muted">…</p>;
  const keys = wanted(template, chosen);
  const tick = (key, on) => { const next = new Set(chosen); if (on) next.add(key); else next.delete(key); setChosen(next); };
  const add = async () => {
    setBusy(true);
    try { await take(template, keys); announce(t('tplTaken', { n: keys.length })); go(keys[0]); } catch { setBusy(false); }
  };
  return <div class="stack tight">
    <fieldset class="plain"><legend>{t('tplWhich', { name: label })}</legend>
      {[...template.forms.values()].map((f) => <label class="check" key={f.key}>
        <input type="checkbox" checked={keys.includes(f.key)} disabled={isThere(f.key) || (keys.includes(f.key) && !chosen.has(f.key))} onChange={(e) => tick(f.key, e.currentTarget.checked)} />
        {labelOf(f.tree.label, f.key)} <span class="muted small">{isThere(f.key) ? t('tplThere', { name: f.key }) : f.key}</span></label>)}</fieldset>
    <Outcome template={template} chosen={chosen} keys={keys} />
    <div><button type="button" class="main" disabled={!keys.length || busy || inTheWay(template, keys).length > 0} onClick={add}>{t('tplAdd')}</button></div>
  </div>;
}

/** In an app that has forms: below what makes a new one. */
export function FromTemplate({ go }) {
  const [shown, setShown] = useState(false);
  const [name, setName] = useState('');
  const [list, failed] = useTemplates(shown);
  return <details class="keys-more from-template" onToggle={(e) => setShown(e.currentTarget.open)}><summary>{t('tplFrom')}</summary>
    <div class="stack tight">{failed ? <p class="note bad">{failed}</p> : null}
      {list ? <label class="field"><span class="label">{t('template')}</span><select value={name} onChange={(e) => setName(e.currentTarget.value)}>
        <option value="">{t('tplChoose')}</option>{list.map((x) => <option key={x.name} value={x.name}>{x.label}</option>)}</select></label> : null}
      {name ? <p class="help">{list.find((x) => x.name === name).help}</p> : null}
      {name ? <Choice key={name} name={name} label={list.find((x) => x.name === name).label} go={go} /> : null}</div></details>;
}

/** In an app without forms: each template as a whole. */
export function Beginnings({ go }) {
  const [busy, setBusy] = useState('');
  const [list, failed] = useTemplates(true);
  const [said, setSaid] = useState('');
  const begin = async (name) => {
    setBusy(name);
    try {
      const template = await load(name);
      const keys = wanted(template, template.forms.keys());
      const way = inTheWay(template, keys);
      if (way.length) setSaid(t('tplInTheWay', { names: names(way) }));
      else { await take(template, keys); announce(t('tplTaken', { n: keys.length })); go(''); }
    } catch (e) { setSaid(e.message); }
    setBusy('');
  };
  if (failed) return <p class="note bad">{failed}</p>;
  return <section class="panel stack beginnings"><h2>{t('tplBegin')}</h2><p class="muted">{t('tplBeginHelp')}</p>
    {said ? <p class="note bad" role="alert">{said}</p> : null}
    <ul class="beginnings-list">{(list ?? []).map((x) => <li key={x.name} class="stack tight">
      <h3>{x.label}</h3><p>{x.help}</p>
      <p class="help">{t('tplHolds', { forms: names(x.forms), n: x.workflows.length })}</p>
      <div><button type="button" disabled={Boolean(busy)} aria-label={`${t('tplUse')}: ${x.label}`} onClick={() => begin(x.name)}>{busy === x.name ? '…' : t('tplUse')}</button></div></li>)}</ul></section>;
}
