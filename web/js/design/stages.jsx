// The stages of a form: its workflows, each as a diagram one can draw and as a list that says the
// same, and the properties of what is selected.
import { useState } from 'preact/hooks';
import { addFlow, addStage, leaves, stagesIn, waysIn } from './flow.js';
import { stageNote, wayNote } from './flow_drawn.js';
import { FlowMap, focusProperties, removeSelected } from './flow_map.jsx';
import { NewPart } from './cards.jsx';
import { flowsOf } from './names_of.js';
import { FlowProperties } from './stage_properties.jsx';
import { files, issuesAt, select, selected } from './store.js';
import { labelOf, t } from './words.js';

function Wrong({ path, at }) {
  const n = issuesAt(path, at).length;
  return n ? <span class="chip bad">{t('issues', { n })}</span> : null;
}

/** Each stage with what leads out of it: the diagram for those who do not see it. */
function FlowList({ path, tree }) {
  const at = selected.value?.path === path ? selected.value.at : [];
  const pick = (list, key) => (e) => { select(path, [list, key]); if (e.detail === 0) focusProperties(); };
  const keys = (list, key) => (e) => {
    if (e.key !== 'Delete') return;
    select(path, [list, key]);
    removeSelected(path, tree);
  };
  const one = (list, key, text, note) => <span class="row tight"><button type="button" class="plain small" aria-current={at[0] === list && at[1] === key ? 'true' : undefined}
    onClick={pick(list, key)} onKeyDown={keys(list, key)}>{text}</button><span class="muted small">{note}</span><Wrong path={path} at={[list, key]} /></span>;
  const stage = (key) => labelOf(tree.stages?.[key]?.label, key);
  const ways = (key) => waysIn(tree).filter(([, way]) => leaves(way).includes(key));
  const stray = waysIn(tree).filter(([, way]) => !leaves(way).some((s) => s in (tree.stages ?? {})));
  const listed = (list) => <ul>{list.map(([name, way]) => <li key={name}>{one('transitions', name, `${labelOf(way?.label, name)} → ${stage(way?.to ?? '?')}`, wayNote(way))}</li>)}</ul>;
  return <section class="flow-list" aria-label={t('asList')}><h2>{t('asList')}</h2>
    <ol>{stagesIn(tree).map(([key, s]) => <li key={key}>{one('stages', key, stage(key), stageNote(s))}{ways(key).length ? listed(ways(key)) : null}</li>)}</ol>
    {stray.length ? <><h3>{t('strayWays')}</h3>{listed(stray)}</> : null}</section>;
}

function Flow({ file, form }) {
  const { path, tree } = file;
  const chosen = selected.value?.path === path && selected.value.at[0] === 'stages' ? selected.value.at[1] : null;
  return <><div class="row"><NewPart label={t('newStage')} action={t('addStage')} make={(label) => addStage(path, label, chosen)} />
    <span class="muted small grow">{t('howToDraw')}</span></div>
  <FlowMap key={path} path={path} form={form} tree={tree} /><FlowList path={path} tree={tree} /></>;
}

/** Workflows whose text cannot be read; whose they are it does not say. */
function Broken() {
  const list = [...files.value.values()].filter((f) => f.kind === 'workflow' && !f.tree);
  return list.map((f) => <p class="note bad" key={f.path}>{t('brokenFlow', { file: f.path })}</p>);
}

export function Stages({ form }) {
  const flows = flowsOf(form).sort((a, b) => (a.tree.order ?? 0) - (b.tree.order ?? 0) || (a.path < b.path ? -1 : 1));
  const [shown, setShown] = useState(null);
  const [asked, setAsked] = useState(false);
  if (!flows.length) return <div class="design-one empty"><Broken /><strong>{t('noStages')}</strong><p>{t('stagesAre')}</p><p><button type="button" class="main" onClick={() => addFlow(form).catch(() => {})}>{t('addStages')}</button></p></div>;
  const wanted = selected.value?.path ?? shown;
  const file = flows.find((f) => f.path === wanted) ?? flows.find((f) => f.path === shown) ?? flows[0];
  const turn = (path) => { setShown(path); select(path, []); };
  const make = (label) => addFlow(form, label).then((path) => { setAsked(false); setShown(path); });
  return <div class="design-two"><div class="stages-frame stack tight"><Broken />
    <div class="row"><nav class="tabs" aria-label={t('pipelines')}>{flows.map((f) => <button type="button" key={f.path} class="tab plain" aria-current={f === file ? 'page' : undefined}
      onClick={() => turn(f.path)}>{labelOf(f.tree.label, f.tree.workflow)} <Wrong path={f.path} at={[]} /></button>)}</nav>
    {asked ? <NewPart label={t('whatCalled')} action={t('add')} make={make} /> : <button type="button" class="small" onClick={() => setAsked(true)}>{t('anotherFlow')}</button>}</div>
    <Flow file={file} form={form} /></div>
  <FlowProperties file={file} form={form} several={flows.length > 1} /></div>;
}
