// The steps of a `do`: each with what it does in a line, its properties when it is opened, steps in
// it indented. Added from a list, put in another order, or into another list of the file, by dragging,
// keys or Move….
import { announce } from './canvas.jsx';
import { Raw, useKeys } from './inputs.jsx';
import { Issues, Keys, blankOf, change } from './keys.jsx';
import { Values } from './map_values.jsx';
import { listed, stepDetail, stepLabel, stepType } from './said.jsx';
import { Sortable } from './sortable.jsx';
import { accepts, beyond, dataOf, elsewhere, manager, useList } from './step_drag.js';
import { isOpen, moveStep, setOpen } from './step_moves.js';
import { adding, edit, issuesAt, tables, treeOf, valueAt } from './store.js';
import { t } from './words.js';

const GROUPS = [
  ['sRecords', ['set', 'create', 'update', 'upsert', 'delete', 'transition', 'assign']],
  ['sMessages', ['notify', 'email', 'webhook']],
  ['sFlow', ['when', 'for_each', 'stop']],
  ['sLook', ['find', 'query', 'let']],
];

const inner = (a) => a.shape === 'step';

/** What a new step of that type says at once. */
function blankStep(type) {
  const attr = tables.value.shapes.step.types[type].of[0];
  if (attr.kind === 'switch') return { [type]: true };
  const body = attr.of ? blankOf({ of: attr.of }) : {};
  return { [type]: body };
}

function Adder({ add, label }) {
  const { types } = tables.value.shapes.step;
  const known = new Set(GROUPS.flatMap(([, list]) => list));
  const rest = Object.keys(types).filter((k) => !known.has(k));
  const groups = [...GROUPS, ...(rest.length ? [['sMore', rest]] : [])];
  return <select class="step-add" aria-label={label} value="" onChange={(e) => { const type = e.currentTarget.value; e.currentTarget.value = ''; if (type) add(type); }}>
    <option value="">{label}</option>
    {groups.map(([name, list]) => <optgroup key={name} label={t(name)}>{list.filter((k) => types[k]).map((k) => <option key={k} value={k}>{types[k].label}</option>)}</optgroup>)}
  </select>;
}

/** The properties of one step; its inner steps are of the records it goes through. */
function Body({ step, where }) {
  const type = stepType(step);
  const known = tables.value.shapes.step.types[type];
  const body = step?.[type];
  const at = { ...where, at: [...where.at, type] };
  if (!known) return <Raw value={body} put={(v) => change(at, [], v ?? null)} />;
  const attr = known.of[0];
  if (!attr.of) return <Values attr={attr} where={at} value={body} />;
  if (attr.kind === 'switch') return <Keys of={known.of} where={where} value={step} />;
  const form = type === 'for_each' ? body?.form ?? where.form : where.form;
  return <><Keys of={attr.of.filter((a) => !inner(a))} where={at} value={body ?? {}} />
    {attr.of.filter(inner).map((a) => <section class="steps-inner" key={a.key}><h4>{type === 'when' ? t(a.key === 'do' ? 'whenHolds' : 'whenNot') : a.label}</h4>
      <Steps attr={a} where={{ ...at, at: [...at.at, a.key], form }} value={body?.[a.key]} /></section>)}</>;
}

function Step({ step, i, where, tools, remove, open, toggle }) {
  const type = stepType(step);
  const wrong = issuesAt(where.path, where.at).length;
  const own = `step-${where.at.join('-')}`;
  return <li class={`step ${wrong ? 'bad' : ''}`} data-item={String(i)} data-step={type} data-at={where.at.join('/')}>
    <div class="step-head">{tools.grip}<button type="button" class="plain step-name grow" aria-expanded={open ? 'true' : 'false'} aria-controls={own} onClick={toggle}>
      <span class="step-n">{i + 1}</span><span class="step-said"><b>{stepLabel(type)}</b> {stepDetail(where.form, step)}</span>{wrong ? <span class="chip bad">{t('issues', { n: wrong })}</span> : null}</button></div>
    {open ? <div class="step-body stack tight" id={own}><p class="help">{tables.value.shapes.step.types[type]?.help}</p><Body step={step} where={where} />
      <Issues where={where} /><div class="row tight">{tools.menu}<button type="button" class="small bad" onClick={remove}>{t('remove')}</button></div></div> : null}
    {!open && ['when', 'for_each'].includes(type) ? <Peek step={step} where={where} /> : null}
  </li>;
}

/** Steps inside one that is closed: to read. */
function Peek({ step, where }) {
  const type = stepType(step);
  const body = step[type] ?? {};
  const form = type === 'for_each' ? body.form ?? where.form : where.form;
  return ['do', 'else'].filter((k) => listed(body[k]).length).map((k) => <div class="steps-inner peek" key={k}>
    {k === 'else' ? <span class="muted small">{t('whenNot')}</span> : null}
    <ol>{listed(body[k]).map((s, i) => <li key={i}><b>{stepLabel(stepType(s))}</b> {stepDetail(form, s)}</li>)}</ol></div>);
}

export function Steps({ where, value }) {
  const list = listed(value);
  const alone = value !== undefined && value !== null && !Array.isArray(value);
  const path = where.at.map(String);
  const box = useList(where.path, path);
  const keys = useKeys(list);
  if (typeof value === 'string') return <Raw value={value} put={(v) => change(where, [], v)} />;
  const placeOf = (key) => (alone ? path : [...path, String(key)]);
  const opened = (i) => isOpen(where.path, [...path, String(i)]);
  const add = (type) => {
    const step = blankStep(type);
    let n = 0;
    edit(where.path, (now) => {
      const at = now(path);
      const there = at ? valueAt(treeOf(where.path), at) : null;
      n = listed(there).length;
      return !at ? [] : [n && !Array.isArray(there) ? { op: 'set', path: at, value: [there, step] } : adding(where.path, at, '-', step)];
    }).then(() => { setOpen(where.path, path, n); announce(t('added', { name: stepLabel(type) })); }, () => {});
  };
  const remove = (i) => {
    setOpen(where.path, path, null);
    edit(where.path, (now) => {
      const at = now(placeOf(i));
      const holder = at && (alone ? at : at.slice(0, -1));
      return !at ? [] : [listed(valueAt(treeOf(where.path), holder)).length === 1 ? { op: 'set', path: holder, value: [] } : { op: 'remove', path: at }];
    }).catch(() => {});
  };
  const move = (key, before) => moveStep(where.path, placeOf(key), path, before === null ? null : Number(before));
  const group = { id: `${where.path} ${path.join('/')}`, manager: manager(), accept: accepts(where.path, path), priority: path.length * 2 + 1,
    data: (key) => dataOf(where.path, placeOf(key), path, Number(key)) };
  const items = list.map((s, i) => ({ key: String(i), label: `${i + 1}. ${stepLabel(stepType(s))}`, step: s }));
  return <div class="steps stack tight" ref={box}>
    {list.length ? <Sortable items={items} move={move} label={t('steps')} group={group} elsewhere={(key) => elsewhere(where.path, placeOf(key))} beyond={(key, arrow) => beyond(where.path, placeOf(key), arrow)}
      draw={(item, i, tools) => <Step key={keys[i]} step={item.step} i={i} tools={tools} remove={() => remove(i)}
        where={alone ? where : { ...where, at: [...where.at, String(i)] }} open={opened(i)} toggle={() => setOpen(where.path, path, opened(i) ? null : i)} />} />
      : <p class="muted small">{t('noSteps')}</p>}
    <Adder add={add} label={t(list.length ? 'addStep' : 'addFirstStep')} /></div>;
}
