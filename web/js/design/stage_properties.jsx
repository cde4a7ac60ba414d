// What is selected in the diagram: a stage, a transition, or else the workflow itself.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { addWay, goals, leaves, removeFlow, renameStage, renameWay, sendOn, shift, stagesIn, waysIn } from './flow.js';
import { attrsOf } from './flow_drawn.js';
import { removeSelected } from './flow_map.jsx';
import { announce } from './canvas.jsx';
import { Choice, NameLine, Several } from './inputs.jsx';
import { Issues, Keys, change } from './keys.jsx';
import { select, selected, tables } from './store.js';
import { labelOf, t } from './words.js';

const STAGE_FIRST = ['label', 'status', 'within', 'guide', 'late', 'edit', 'lock', 'hide'];
const WAY_FIRST = ['label', 'by', 'require', 'if', 'message', 'approve', 'do', 'after'];
const FLOW_FIRST = ['label', 'when', 'order'];

/** The workflow as it is published: its stages may have records. null: it is new. */
function usePublished({ path, version, draft, tree }) {
  const [was, setWas] = useState(null);
  useEffect(() => {
    let stale = false;
    if (!version) setWas(null);
    else if (!draft) setWas(tree);
    else api('GET', `/definitions/${path}?version=${version}`).then((f) => { if (!stale) setWas(f.tree); }, () => {});
    return () => { stale = true; };
  }, [path, version, draft ? null : tree]);
  return was;
}

function Buttons({ path, list, name, tree }) {
  const keys = Object.keys(tree[list]);
  const i = keys.indexOf(name);
  const move = (by) => () => shift(path, list, name, by).then(() => announce(t('moved', { name: labelOf(tree[list][name]?.label, name) }))).catch(() => {});
  const last = list === 'stages' && keys.length === 1;
  return <div class="row"><button type="button" class="small" disabled={!i} onClick={move(-1)}>{t('up')}</button>
    <button type="button" class="small" disabled={i === keys.length - 1} onClick={move(1)}>{t('down')}</button>
    <button type="button" class="small bad" disabled={last} title={last ? t('lastStage') : undefined} onClick={() => removeSelected(path, tree)}>{t('remove')}</button></div>;
}

function Leads({ path, form, tree, name }) {
  const out = waysIn(tree).filter(([, way]) => leaves(way).includes(name));
  const options = goals(path, form);
  const [to, setTo] = useState(undefined);
  const label = (key) => options.find((o) => o.value === key)?.label ?? key;
  const draw = (e) => {
    e.preventDefault();
    setTo(undefined);
    if (to) addWay(path, form, name, to).then(() => announce(t('wayAdded', { from: label(name), to: label(to) }))).catch(() => {});
  };
  return <div class="stack tight"><form class="field" onSubmit={draw}><label for="way-to">{t('newWay')}</label>
    <span class="row tight"><Choice id="way-to" value={to} blank={t('wayTo')} options={options} put={setTo} /><button class="small" disabled={!to}>{t('add')}</button></span></form>
    {out.length ? <ul class="flow-out">{out.map(([key, way]) => <li key={key}><button type="button" class="plain small" onClick={() => select(path, ['transitions', key])}>{labelOf(way?.label, key)} → {label(way?.to)}</button></li>)}</ul> : null}</div>;
}

function StageProperties({ path, form, tree, name, was }) {
  const stage = tree.stages[name];
  const published = Boolean(was?.stages && name in was.stages);
  const [along, setAlong] = useState(true);
  const rename = (to) => renameStage(path, form, name, to, published && along);
  return <><h2>{labelOf(stage?.label, name)} <span class="chip">{t('stage')}</span></h2>
    <Buttons path={path} list="stages" name={name} tree={tree} />
    <Issues where={{ path, at: ['stages', name] }} />
    <Leads path={path} form={form} tree={tree} name={name} />
    <Keys key={name} of={attrsOf('stages')} where={{ path, at: ['stages', name], form }} value={stage} first={STAGE_FIRST} />
    <details class="keys-more"><summary>{t('name')}</summary><div class="stack tight">
      <NameLine key={name} name={name} taken={() => stagesIn(tree).map(([key]) => key)} put={rename} />
      {published ? <><label class="check"><input type="checkbox" checked={along} onChange={(e) => setAlong(e.currentTarget.checked)} />{t('takeAlong')}</label>
        <p class="help small muted">{t('stageRenamed')}</p></> : null}</div></details>
  </>;
}

function WayProperties({ path, form, tree, name }) {
  const way = tree.transitions[name];
  const where = { path, at: ['transitions', name], form };
  const attrs = attrsOf('transitions');
  const stages = stagesIn(tree).map(([key, s]) => ({ value: key, label: labelOf(s?.label, key) }));
  const put = (key) => (value) => change(where, [key], value, false).catch(() => {});
  const label = (key) => attrs.find((a) => a.key === key).label;
  const below = (key) => <Issues where={{ path, at: [...where.at, key] }} />;
  return <><h2>{labelOf(way?.label, name)} <span class="chip">{t('transition')}</span></h2>
    <Buttons path={path} list="transitions" name={name} tree={tree} />
    <div class="field" data-key="from"><span class="label">{label('from')}</span><Several value={way?.from} put={put('from')} options={stages} label={label('from')} />{below('from')}</div>
    <label class="field" data-key="to"><span class="label">{label('to')}</span><Choice value={way?.to} blank={null} put={put('to')} options={goals(path, form)} />{below('to')}</label>
    <Keys key={name} of={attrs.filter((a) => !['from', 'to'].includes(a.key))} where={where} value={way} first={WAY_FIRST} />
    <details class="keys-more"><summary>{t('name')}</summary><div class="stack tight">
      <NameLine key={name} name={name} taken={() => waysIn(tree).map(([key]) => key)} put={(to) => renameWay(path, name, to)} /></div></details>
  </>;
}

/** Published stages that the draft does not have: what becomes of their records. */
function Gone({ path, tree, was }) {
  const gone = stagesIn(was).filter(([key]) => !(key in (tree.stages ?? {})));
  if (!gone.length) return null;
  const options = stagesIn(tree).map(([key, s]) => ({ value: key, label: t('goOnIn', { name: labelOf(s?.label, key) }) }));
  return <section class="stack tight"><h3>{t('goneStages')}</h3><p class="help small muted">{t('goneAre')}</p>
    {gone.map(([key, s]) => <label class="field" key={key}><span class="label">{labelOf(s?.label, key)} ({key})</span>
      <Choice value={tree.migrate?.[key]} blank={t('finishAsBegun')} options={options} put={(to) => sendOn(path, key, to).catch(() => {})} /></label>)}</section>;
}

function WholeFlow({ path, form, tree, was, several }) {
  const of = tables.value.kinds.workflow.filter((k) => !['workflow', 'form', 'stages', 'transitions'].includes(k.key));
  return <><h2>{labelOf(tree.label, tree.workflow)} <span class="chip">{t('pipeline')}</span></h2>
    <p class="muted small">{t('pickStage')}</p>
    <div class="row"><button type="button" class="small bad" onClick={() => removeFlow(path).catch(() => {})}>{t('removeFlow')}</button></div>
    <Issues where={{ path, at: [] }} />
    <Gone path={path} tree={tree} was={was} />
    <Keys key={path} of={of} where={{ path, at: [], form }} value={tree} first={several ? FLOW_FIRST : ['label']} /></>;
}

export function FlowProperties({ file, form, several }) {
  const { path, tree } = file;
  const was = usePublished(file);
  const [list, name] = selected.value?.path === path ? selected.value.at : [];
  const has = (key) => list === key && tree[key] && name in tree[key];
  const Part = has('stages') ? StageProperties : has('transitions') ? WayProperties : WholeFlow;
  return <aside class="properties stack tight" aria-label={t('properties')}><Part key={`${path} ${list} ${name}`} path={path} form={form} tree={tree} name={name} was={was} several={several} /></aside>;
}
