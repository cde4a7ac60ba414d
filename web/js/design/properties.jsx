// What is selected on the canvas: a field, a section, or else the form itself.
import { useEffect, useRef, useState } from 'preact/hooks';
import { duplicateField, moveField, moveSection, placeOf, removeField, removeSection, renameField, sectionName, sectionsOf } from './form.js';
import { announce } from './canvas.jsx';
import { Choice, NameLine } from './inputs.jsx';
import { Keys } from './keys.jsx';
import { formPath } from './names_of.js';
import { nameFor } from './names.js';
import { issueText } from './places.js';
import { issuesAt, selected, settled, tables, treeOf } from './store.js';
import { labelOf, t } from './words.js';

const FIRST = ['label', 'options', 'to', 'formula', 'of', 'decimals', 'pattern', 'via', 'field', 'from', 'do', 'run', 'text', 'required', 'help', 'default', 'fields'];

/** Was this field published? Then its data is in the database under its name. */
const publishedFields = new Map();
export function rememberPublished(path, tree) { publishedFields.set(path, new Set(Object.keys(tree?.fields ?? {}))); }
const isPublished = (path, key) => publishedFields.get(path)?.has(key) ?? false;

function MoveMenu({ form, name }) {
  const tree = treeOf(formPath(form));
  const lists = sectionsOf(tree);
  const label = (i) => labelOf(tree.layout?.[i]?.section ?? tree.layout?.[i]?.tab, t('below'));
  const place = placeOf(tree, name);
  const options = lists.flatMap((list, i) => [
    ...list.filter((k) => k !== name).map((k) => ({ value: `${i}:${k}`, label: t('before', { name: labelOf(tree.fields[k]?.label, k) }) })),
    ...(i < lists.length - 1 || list.length ? [{ value: `${i}:`, label: t('endOf', { name: label(i) }) }] : []),
  ]);
  const go = (value) => {
    const [i, before] = value.split(':');
    moveField(form, name, Number(i) === lists.length - 1 ? -1 : Number(i), before || null).catch(() => {});
  };
  return <label class="field"><span class="label">{t('moveMenu')}</span>
    <Choice key={`${place.section} ${place.at}`} value={undefined} blank={t('moveTo')} options={options} put={(v) => v && go(v)} /></label>;
}

/** Gives a field the name that its label proposes, once what was typed has arrived. */
async function nameAsCalled(form, name) {
  await settled();
  const { fields } = treeOf(formPath(form)) ?? {};
  if (!fields?.[name]) return;
  const taken = new Set(Object.keys(fields).filter((k) => k !== name));
  const next = await nameFor(labelOf(fields[name].label, name), taken, fields[name].type);
  if (next.replace(/_\d+$/, '') !== name.replace(/_\d+$/, '')) await renameField(form, name, next, false).catch(() => {});
}

function FieldProperties({ form, name, fresh, id }) {
  const box = useRef(null);
  const path = formPath(form);
  const tree = treeOf(path);
  const field = tree.fields[name];
  const types = tables.value.shapes.field.types;
  const type = types[field.type];
  const published = isPublished(path, name);
  const [named, setNamed] = useState(false);
  const label = labelOf(field.label, name);
  useEffect(() => { if (fresh) box.current.querySelector('[data-key="label"] input')?.select(); }, [id]);
  // As long as it was not published its name follows what people call it, also when one goes on at once.
  const follows = fresh && !published && !named;
  const latest = useRef(null);
  latest.current = { follows, name };
  useEffect(() => {
    if (!follows) return undefined;
    const timer = setTimeout(() => nameAsCalled(form, name), 900);
    return () => clearTimeout(timer);
  }, [label, name, named]);
  useEffect(() => () => { if (latest.current.follows) setTimeout(() => nameAsCalled(form, latest.current.name)); }, []);
  // What is wrong with the field as a whole stands at none of its keys.
  const wrong = issuesAt(path, ['fields', name]).filter((i) => !type?.of.some((a) => a.key === i.path[2]));
  return <div class="stack tight" ref={box}>
    <h2>{label} <span class="chip">{type?.label ?? field.type}</span></h2>
    <div class="row"><button type="button" class="small" onClick={() => duplicateField(form, name).catch(() => {})}>{t('duplicate')}</button>
      <button type="button" class="small bad" onClick={() => removeField(form, name).catch(() => {})}>{t('remove')}</button></div>
    {wrong.length ? <ul class="issue">{wrong.map((i) => <li key={i.message}>{issueText(i)}</li>)}</ul> : null}
    <Keys key={`${id} ${field.type}`} of={type?.of ?? []} where={{ path, at: ['fields', name], form }} value={field} first={FIRST} />
    <details class="keys-more"><summary>{t('nameAndPlace')}</summary><div class="stack tight">
      <NameLine name={name} taken={() => Object.keys(tree.fields)} put={(to) => { setNamed(true); return renameField(form, name, to, published); }} />
      {published ? <p class="help">{t('renameKeeps')}</p> : null}
      <MoveMenu form={form} name={name} /></div></details>
  </div>;
}

/** Before another one, or to the end; what comes with it as text is its number afterwards. */
function SectionMove({ form, i, layout }) {
  const tree = treeOf(formPath(form));
  const options = layout.flatMap((_, n) => (n === i || n === i + 1 ? [] : [{ value: String(n > i ? n - 1 : n), label: t('before', { name: sectionName(tree, n) }) }]));
  if (i < layout.length - 1) options.push({ value: String(layout.length - 1), label: t('toTheEnd') });
  return options.length ? <Choice key={i} aria-label={t('moveOf', { name: sectionName(tree, i) })} value={undefined} blank={t('moveMenu')} options={options} put={(to) => to && moveSection(form, i, Number(to)).then(() => announce(t('moved', { name: sectionName(tree, i) }))).catch(() => {})} /> : null;
}

function SectionProperties({ form, i }) {
  const path = formPath(form);
  const layout = treeOf(path).layout;
  const attr = tables.value.kinds.form.find((k) => k.key === 'layout');
  return <>
    <h2>{labelOf(layout[i].section ?? layout[i].tab, t('section'))}</h2>
    <div class="row"><SectionMove form={form} i={i} layout={layout} />
      <button type="button" class="small bad" onClick={() => removeSection(form, i).catch(() => {})}>{t('remove')}</button></div>
    <Keys key={i} of={attr.of} where={{ path, at: ['layout', String(i)], form }} value={layout[i]} first={['section', 'tab', 'columns', 'visible']} />
  </>;
}

const FORM_KEYS = ['label', 'title', 'icon', 'owner', 'unique', 'checks', 'duplicates'];

export function Properties({ form }) {
  const path = formPath(form);
  const tree = treeOf(path);
  const at = selected.value?.path === path ? selected.value.at : [];
  const field = at[0] === 'fields' && tree.fields?.[at[1]];
  const section = at[0] === 'layout' && tree.layout?.[Number(at[1])];
  const whole = tables.value.kinds.form.filter((k) => FORM_KEYS.includes(k.key));
  return <aside class="properties stack tight" aria-label={t('properties')}>
    {field ? <FieldProperties key={selected.value.id} form={form} name={at[1]} fresh={selected.value.fresh} id={selected.value.id} />
      : section ? <SectionProperties form={form} i={Number(at[1])} />
        : <><h2>{t('theForm')}</h2><p class="muted small">{t('pickOne')}</p><Keys of={whole} where={{ path, at: [], form }} value={tree} first={['label', 'title', 'owner']} /></>}
    {issuesAt(path, []).length && !field ? <p class="small issue">{t('issuesHere', { n: issuesAt(path, []).length })}</p> : null}
  </aside>;
}
