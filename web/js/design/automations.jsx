// The automations of a form: when — if — do, each as a card one reads, opens, changes and tries.
import { useState } from 'preact/hooks';
import { Cards, NewPart, PartName, partsAt } from './cards.jsx';
import { Events } from './events.jsx';
import { Expression } from './expression.jsx';
import { exprUse } from './expr_use.js';
import { Help } from './inputs.jsx';
import { Issues, Keys, change } from './keys.jsx';
import { formPath } from './names_of.js';
import { EventSaid, Said, StepsSaid, eventOf, listed } from './said.jsx';
import { Steps } from './steps.jsx';
import { file, tables, treeOf } from './store.js';
import { TryAutomation } from './trial.jsx';
import { labelOf, t } from './words.js';

const attrs = () => tables.value.kinds.form.find((k) => k.key === 'automations').of;
const OWN = ['event', 'if', 'do', 'active', 'label'];

function Sentence({ form, item }) {
  const events = listed(item?.event);
  return <div class="sentence"><p><span class="word">{t('when_')}</span> {events.length ? events.map((e, i) => <span key={i}>{i ? ` ${t('word_or')} ` : ''}<EventSaid form={form} event={e} /></span>) : '…'}</p>
    {item?.if !== undefined ? <p><span class="word">{t('if_')}</span> <Said text={item.if} form={form} /></p> : null}
    <div class="row tight said-do"><span class="word">{t('do_')}</span> {listed(item?.do).length ? <StepsSaid form={form} steps={item.do} /> : '…'}</div></div>;
}

function Properties({ form, name, item, parts, then }) {
  const where = { path: formPath(form), at: ['automations', name], form };
  const of = attrs();
  const kinds = listed(item.event).map((e) => eventOf(e).kind);
  const fits = (a) => item[a.key] !== undefined || ({ by: kinds.includes('button'), given: kinds.some((k) => k === 'button' || k === 'webhook'), secret: kinds.includes('webhook') }[a.key] ?? true);
  const hook = kinds.includes('webhook');
  return <><Keys of={of.filter((a) => a.key === 'label')} where={where} value={item} />
    <section class="block"><h3><span class="word">{t('when_')}</span></h3><Events where={where} value={item.event} />
      {hook ? <p class="help">{t('hookAt')} <code>POST /hooks/{form}/{name}</code></p> : null}</section>
    <section class="block" data-key="if"><h3><span class="word">{t('if_')}</span></h3>
      <Expression label={t('if_')} value={item.if} put={(v) => change(where, ['if'], v)} use={kinds.includes('schedule') ? { form, use: 'filter', sure: true } : exprUse(where, 'if')} where={{ ...where, at: [...where.at, 'if'] }} />
      <Help text={of.find((a) => a.key === 'if').help} /><Issues where={{ ...where, at: [...where.at, 'if'] }} /></section>
    <section class="block"><h3><span class="word">{t('do_')}</span></h3><Steps where={{ ...where, at: [...where.at, 'do'] }} value={item.do} />
      {item.do?.length ? null : <Issues where={{ ...where, at: [...where.at, 'do'] }} />}</section>
    <Keys key={kinds.join()} of={of.filter((a) => !OWN.includes(a.key) && fits(a))} where={where} value={item} first={kinds.includes('button') ? ['by', 'given'] : hook ? ['secret', 'given'] : []} />
    <PartName parts={parts} name={name} then={then} />
    <TryAutomation form={form} name={name} item={item} /></>;
}

export function Automations({ form }) {
  const path = formPath(form);
  const [open, setOpen] = useState(null);
  const parts = partsAt(path, ['automations']);
  const add = (label) => parts.add(label, 'automation', (text) => ({ label: text, event: 'created', do: [] })).then(setOpen);
  const published = Boolean(file(path)?.version);
  const extra = (item, key) => <><button type="button" class="small" onClick={() => change({ path, at: ['automations', key] }, ['active'], item.active === false ? undefined : false, false).catch(() => {})}>{item.active === false ? t('switchOn') : t('switchOff')}</button>
    {published ? <a class="button small" href={`/admin/runs?form=${form}&automation=${key}`}>{t('runLog')}</a> : null}</>;
  const none = !Object.keys(treeOf(path).automations ?? {}).length;
  return <div class="design-one design-flows stack"><div class="row"><h2 class="grow">{t('part_automations')}</h2><NewPart label={t('newAutomation')} action={t('add')} make={add} /></div>
    <p class="muted small">{t('automationsAre')}</p>
    {none ? <p class="panel empty">{t('noAutomations')}</p> : <Cards path={path} at={['automations']} open={open} setOpen={setOpen} label={t('part_automations')} otherwise="automation" off={(item) => item?.active === false} extra={extra}
      title={(item, key) => labelOf(item?.label, key)} said={(item) => <Sentence form={form} item={item} />}
      draw={(item, key) => <Properties form={form} name={key} item={item ?? {}} parts={parts} then={setOpen} />} />}</div>;
}
