// The views of a form: left the list of them, in the middle the real page by the draft, right the
// properties of the one that is chosen.
import { useEffect, useRef, useState } from 'preact/hooks';
import { NewPart, PartName, partsAt } from './cards.jsx';
import { announce } from './canvas.jsx';
import { Choice } from './inputs.jsx';
import { Issues, Typed } from './keys.jsx';
import { fieldsOf, flowsOf, formPath } from './names_of.js';
import { Sortable } from './sortable.jsx';
import { dress, heldIn } from './view_heads.jsx';
import { file, issues, issuesAt, tables, treeOf, waiting } from './store.js';
import { labelOf, t } from './words.js';

const types = () => tables.value.shapes.view.types;
const kindOf = (view) => (view?.type in types() ? view.type : 'table');

/** What a new one of a kind needs, by the first field that fits. */
function blankView(form, type, label) {
  const first = (...kinds) => fieldsOf(form).find((f) => kinds.includes(f.type))?.value;
  if (type === 'kanban') return { type, label, by: flowsOf(form).length ? 'stage' : first('choice') };
  if (type === 'calendar') return { type, label, date: first('date', 'datetime') ?? 'created_at' };
  if (type === 'gallery') return { type, label, ...(first('image') ? { image: first('image') } : {}) };
  return { type, label, columns: fieldsOf(form).filter((f) => !['heading', 'note', 'subform', 'longtext', 'markdown', 'button'].includes(f.type)).slice(0, 6).map((f) => f.value) };
}

/** The page as the server draws it; what has an order on it can be put in another. */
function Canvas({ form, name, type }) {
  const box = useRef(null);
  const end = useRef(null);
  const put = (list) => {
    const held = heldIn(box.current);
    end.current?.();
    box.current.replaceChildren(...(list ? [list] : []));
    end.current = list ? dress(list, { form, name, type }) : null;
    box.current.inert = !end.current;
    if (held) (box.current.querySelector(held) ?? box.current.querySelector('.head-add select'))?.focus();
  };
  useEffect(() => () => end.current?.(), []);
  const [said, setSaid] = useState('');
  const text = `${file(formPath(form))?.text}\n${flowsOf(form).map((f) => f.text).join()}`;
  const wrong = issues.value.length > 0;
  const ready = waiting.value === 0;
  useEffect(() => {
    if (!ready) return undefined;
    if (wrong) { setSaid(t('mendFirst')); return undefined; }
    let live = true;
    fetch(`/design/${form}/preview?page=list${name ? `&view=${encodeURIComponent(name)}` : ''}`, { credentials: 'same-origin', headers: { Accept: 'text/html' } }).then(async (answer) => {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (!live) return;
      const list = answer.ok ? page.querySelector('#live-list') : null;
      if (!list) { put(null); setSaid(t('viewLater')); return; }
      list.removeAttribute('id');
      for (const x of list.querySelectorAll('[id]')) x.removeAttribute('id');
      put(document.adoptNode(list));
      setSaid('');
    }, (e) => setSaid(e.message));
    return () => { live = false; };
  }, [form, name, type, text, wrong, ready]);
  return <div class="view-canvas" role="region" aria-label={t('viewSeen')}>{said ? <p class="note" role="status">{said}</p> : <p class="muted small">{t('viewIs')}</p>}<div ref={box} data-view={name} /></div>;
}

function Names({ form, parts, name, pick }) {
  const path = formPath(form);
  const [type, setType] = useState('table');
  const add = (label) => parts.add(label, 'view', (text) => blankView(form, type, text)).then(pick);
  const items = parts.now().map(([key, view]) => ({ key, view, label: labelOf(view?.label, key) }));
  const draw = ({ key, view, label }, i, tools) => {
    const wrong = issuesAt(path, ['views', key]).length;
    return <li key={key} data-item={key} class={`view-name ${key === name ? 'chosen' : ''}`}>{tools.grip}<button type="button" class="plain grow" aria-current={key === name ? 'true' : undefined} onClick={() => pick(key)}>{label}</button>
      <span class="muted small">{types()[kindOf(view)].label}</span>{wrong ? <span class="chip bad">{wrong}</span> : null}</li>;
  };
  return <aside class="palette stack tight" aria-label={t('part_views')}><h2>{t('part_views')}</h2>
    {items.length ? <Sortable items={items} move={parts.move} draw={draw} label={t('part_views')} /> : <p class="muted small">{t('noViews')}</p>}
    <h2>{t('newView')}</h2><Choice aria-label={t('what')} blank={null} value={type} put={setType} options={Object.entries(types()).map(([key, v]) => ({ value: key, label: v.label }))} />
    <NewPart label={t('viewCalled')} action={t('add')} make={add} /></aside>;
}

function Properties({ form, parts, name, view, pick }) {
  const path = formPath(form);
  const where = { path, at: ['views', name], form };
  const label = labelOf(view?.label, name);
  const list = parts.now().map(([key]) => key);
  const i = list.indexOf(name);
  const others = list.filter((key) => key !== name && key !== list[i + 1]);
  const said = (key) => labelOf(treeOf(path).views[key]?.label, key);
  return <aside class="properties stack tight" aria-label={t('properties')}><h2>{label} <span class="chip">{types()[kindOf(view)].label}</span></h2>
    <div class="row"><button type="button" class="small" onClick={() => parts.duplicate(name, 'view').then(pick).catch(() => {})}>{t('duplicate')}</button>
      <button type="button" class="small bad" onClick={() => parts.remove(name, label).then((gone) => { if (gone) { pick(null); announce(t('wasRemoved', { name: label })); } }).catch(() => {})}>{t('remove')}</button>
      {list.length > 1 ? <Choice aria-label={t('moveOf', { name: label })} key={i} value={undefined} blank={t('moveMenu')} options={[...others.map((key) => ({ value: key, label: t('before', { name: said(key) }) })), ...(i < list.length - 1 ? [{ value: '\n', label: t('toTheEnd') }] : [])]}
        put={(v) => v && parts.move(name, v === '\n' ? null : v).catch(() => {})} /> : null}</div>
    <Issues where={where} />
    <Typed key={name} attr={{ shape: 'view' }} where={where} value={view?.type ? view : { ...view, type: 'table' }} />
    <PartName parts={parts} name={name} then={pick} /></aside>;
}

export function Views({ form }) {
  const path = formPath(form);
  const parts = partsAt(path, ['views']);
  const [chosen, pick] = useState(null);
  const views = treeOf(path).views ?? {};
  const name = chosen in views ? chosen : Object.keys(views)[0] ?? '';
  return <div class="design-three design-views"><Names form={form} parts={parts} name={name} pick={pick} />
    <Canvas form={form} name={name} type={kindOf(views[name])} />
    {name ? <Properties form={form} parts={parts} name={name} view={views[name]} pick={pick} /> : <aside class="properties stack tight" aria-label={t('properties')}><p class="muted">{t('noViews')}</p></aside>}</div>;
}
