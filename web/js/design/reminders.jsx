// The reminders of a form, in words: how long before or after what, whom, by which way.
import { useState } from 'preact/hooks';
import { Cards, NewPart, PartName, partsAt } from './cards.jsx';
import { Choice, Line, useLatest } from './inputs.jsx';
import { Issues, Keys, change } from './keys.jsx';
import { fieldsOf, formPath } from './names_of.js';
import { MomentSaid, Said, durationSaid, listed, many, offsetOf, peopleSaid } from './said.jsx';
import { edit, tables, treeOf } from './store.js';
import { TryReminder } from './trial.jsx';
import { labelOf, t } from './words.js';

const attrs = () => tables.value.kinds.form.find((k) => k.key === 'reminders').of;
const moments = (form) => fieldsOf(form, true).filter((f) => ['date', 'datetime'].includes(f.type));
const modeOf = (item) => (item.every !== undefined ? 'every' : item.yearly !== undefined ? 'yearly' : 'at');

function Sentence({ form, item }) {
  const at = listed(item?.at);
  const via = listed(item?.via);
  return <div class="sentence"><p>
    {item?.every !== undefined ? <>{t('everyTime', { time: durationSaid(item.every) })}{item.time ? ` ${item.time}` : ''}</>
      : item?.yearly !== undefined ? <>{t('everyYear')} <Said text={item.yearly} form={form} /></>
        : at.length ? at.map((x, i) => <span key={i}>{i ? ` ${t('word_and')} ` : ''}<MomentSaid text={x} form={form} /></span>) : '…'}
    {item?.if !== undefined ? <>, {t('if_')} <Said text={item.if} form={form} /></> : null}</p>
  <p>→ {item?.to === undefined ? '…' : peopleSaid(form, item.to)}{via.length ? `, ${many(via.map((v) => (v === 'inbox' ? t('inbox') : v)))}` : `, ${t('inbox')}`}{item?.text ? <span class="muted"> “{labelOf(item.text, '')}”</span> : null}</p></div>;
}

/** Days before or after a date of the record. */
function Offset({ form, value: given, put: send }) {
  const [value, put] = useLatest(given, send);
  const at = offsetOf(value) ?? { field: moments(form)[0]?.value ?? 'created_at', n: '', unit: 'd', after: true };
  const write = (next) => {
    const now = { ...at, ...next };
    return put(now.n && Number(now.n) > 0 ? `${now.field} ${now.after ? '+' : '-'} ${now.n}${now.unit}` : now.field);
  };
  const side = !at.n ? 'on' : at.after ? 'after' : 'before';
  return <span class="row tight offset">
    {side === 'on' ? null : <Line aria-label={t('howMuch')} inputmode="numeric" value={at.n} put={(n) => (/^\d+$/.test(n ?? '') ? write({ n }) : undefined)} />}
    {side === 'on' ? null : <Choice aria-label={t('unitOf', { name: t('howMuch') })} blank={null} value={at.unit} options={['m', 'h', 'd', 'w', 'bh', 'bd'].map((u) => ({ value: u, label: t(`unit_${u}`) }))} put={(unit) => write({ unit }).catch(() => {})} />}
    <Choice aria-label={t('beforeAfter')} blank={null} value={side} options={['on', 'before', 'after'].map((v) => ({ value: v, label: t(`side_${v}`) }))} put={(v) => write(v === 'on' ? { n: '' } : { n: at.n || '1', after: v === 'after' }).catch(() => {})} />
    <Choice aria-label={t('whichTime')} blank={null} value={at.field} options={moments(form)} put={(field) => write({ field }).catch(() => {})} /></span>;
}

function When({ form, name, item }) {
  const where = { path: formPath(form), at: ['reminders', name], form };
  const mode = modeOf(item);
  const [own, setOwn] = useState(false);
  const list = listed(item.at);
  const plain = mode === 'at' && !own && list.length <= 1 && (!list.length || offsetOf(list[0]));
  const turn = (to) => {
    setOwn(to === 'own');
    if (to === 'own' || to === (plain ? 'at' : mode)) return;
    const value = { at: moments(form)[0]?.value ?? 'created_at', every: '1d', yearly: moments(form)[0]?.value ?? 'created_at' }[to];
    const path = (key) => [...where.at, key].map(String);
    const gone = ['at', 'every', 'yearly', 'on'].filter((k) => k !== to).map((k) => ({ op: 'remove', path: path(k) }));
    edit(where.path, [{ op: 'set', path: path(to), value }, ...gone]).catch(() => {});
  };
  const shown = mode === 'at' ? (plain ? 'at' : 'own') : mode;
  return <section class="block"><h3><span class="word">{t('when_')}</span></h3><div class="row tight"><Choice aria-label={t('when_')} blank={null} value={shown} put={turn}
    options={['at', 'every', 'yearly', 'own'].map((v) => ({ value: v, label: t(`remind_${v}`) }))} />
    {plain ? <Offset form={form} value={list[0]} put={(v) => change(where, ['at'], v)} /> : null}</div>
    {plain ? <Issues where={{ ...where, at: [...where.at, 'at'] }} /> : <Keys of={attrs().filter((a) => a.key === mode)} where={where} value={item} />}
    <Keys of={attrs().filter((a) => a.key === 'time' || (a.key === 'on' && mode === 'every'))} where={where} value={item} /></section>;
}

function Properties({ form, name, item, parts, then }) {
  const where = { path: formPath(form), at: ['reminders', name], form };
  const rest = attrs().filter((a) => !['at', 'every', 'yearly', 'on', 'time'].includes(a.key));
  return <><When form={form} name={name} item={item} />
    <Keys of={rest} where={where} value={item} first={['if', 'to', 'text', 'via']} />
    <PartName parts={parts} name={name} then={then} />
    <TryReminder form={form} name={name} item={item} /></>;
}

/** Whom a new one tells: the owner where there is one. */
function first(form, text) {
  const tree = treeOf(formPath(form));
  const field = moments(form).find((f) => tree.fields?.[f.value])?.value;
  return { at: field ?? 'created_at + 3d', to: tree.owner ? 'owner' : 'created_by', text };
}

export function Reminders({ form }) {
  const path = formPath(form);
  const [open, setOpen] = useState(null);
  const parts = partsAt(path, ['reminders']);
  const add = (label) => parts.add(label, 'reminder', (text) => first(form, text)).then(setOpen);
  const none = !Object.keys(treeOf(path).reminders ?? {}).length;
  return <div class="design-one design-flows stack"><div class="row"><h2 class="grow">{t('part_reminders')}</h2><NewPart label={t('newReminder')} action={t('add')} make={add} /></div>
    <p class="muted small">{t('remindersAre')}</p>
    {none ? <p class="panel empty">{t('noReminders')}</p> : <Cards path={path} at={['reminders']} open={open} setOpen={setOpen} label={t('part_reminders')} otherwise="reminder"
      title={(item, key) => labelOf(item?.text, key)} said={(item) => <Sentence form={form} item={item} />}
      draw={(item, key) => <Properties form={form} name={key} item={item ?? {}} parts={parts} then={setOpen} />} />}</div>;
}
