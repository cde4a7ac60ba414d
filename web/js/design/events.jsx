// What sets an automation off: one event or several, each chosen from a list with what it is about.
import { useState } from 'preact/hooks';
import { Expression } from './expression.jsx';
import { Choice, Line, Several, useKeys, useLatest } from './inputs.jsx';
import { Issues, change } from './keys.jsx';
import { fieldsOf, stagesOf } from './names_of.js';
import { SCHEDULES, eventOf, listed, unquoted } from './said.jsx';
import { t } from './words.js';

const KINDS = ['created', 'updated', 'deleted', 'restored', 'entered', 'left', 'at', 'schedule', 'button', 'webhook'];
const ALONE = new Set(['schedule', 'webhook']);
const said = (kind, arg) => (arg ? `${kind}(${arg})` : kind);

/** What it is about at first, so that it says something at once. */
function firstArg(kind, form) {
  if (kind === 'entered' || kind === 'left') return stagesOf(form)[0]?.value ?? 'stage';
  return { at: 'created_at + 1d', schedule: '"0 9 * * 1-5"', button: 'press' }[kind] ?? '';
}

function Schedule({ arg, put }) {
  const cron = unquoted(arg);
  const known = SCHEDULES.some(([, c]) => c === cron);
  const [own, setOwn] = useState(!known);
  const write = (c) => put(`"${c}"`);
  return <span class="row tight"><Choice aria-label={t('schedule')} blank={null} value={own ? 'own' : cron} options={[...SCHEDULES.map(([k, c]) => ({ value: c, label: t(k) })), { value: 'own', label: t('cronOwn') }]}
    put={(v) => { setOwn(v === 'own'); if (v !== 'own') write(v); }} />
    {own ? <Line aria-label={t('cronFields')} title={t('cronFields')} class="code-line" value={cron} put={(text) => text && write(text)} /> : null}</span>;
}

function Argument({ kind, arg, put, form, where }) {
  if (kind === 'updated') return <Several value={arg ? arg.split(',').map((x) => x.trim()) : undefined} put={(v) => put((v ?? []).join(', '))} options={fieldsOf(form)} label={t('whichFields')} />;
  if (kind === 'entered' || kind === 'left') return <Choice aria-label={t('stage')} value={arg} blank={null} options={stagesOf(form)} put={put} />;
  if (kind === 'at') return <Expression label={t('whichTime')} value={arg} put={(v) => put(v === undefined ? '' : String(v))} read={(x) => x} use={{ form, use: 'time', sure: false }} where={where} />;
  if (kind === 'schedule') return <Schedule arg={arg} put={put} />;
  if (kind === 'button') return <Line aria-label={t('buttonName')} value={arg} put={(text) => text && put(text)} />;
  return null;
}

/** where: of the automation. */
export function Events({ where, value: given }) {
  const [value, put] = useLatest(given, (next) => change(where, ['event'], next, false));
  const list = listed(value).map(String);
  const keys = useKeys(list);
  const at = { ...where, at: [...where.at, 'event'] };
  const write = (next) => put(next.length === 1 ? next[0] : next);
  const set = (i, text) => write(list.map((x, n) => (n === i ? text : x)));
  const alone = list.some((x) => ALONE.has(eventOf(x).kind));
  const kinds = (others) => KINDS.filter((k) => !others || !ALONE.has(k)).map((k) => ({ value: k, label: t(`ev_${k}`) }));
  return <div class="stack tight events">{list.map((text, i) => {
    const { kind, arg } = eventOf(text);
    return <div class="event-row row tight" key={keys[i]}>
      <Choice aria-label={t('event')} value={kind} blank={null} options={kinds(list.length > 1)} put={(k) => set(i, said(k, firstArg(k, where.form))).catch(() => {})} />
      <span class="grow"><Argument kind={kind} arg={arg} form={where.form} where={at} put={(a) => set(i, said(kind, a))} /></span>
      {list.length > 1 ? <button type="button" class="small plain" aria-label={t('removeOf', { name: t(`ev_${KINDS.includes(kind) ? kind : 'updated'}`) })} onClick={() => write(list.filter((x, n) => n !== i)).catch(() => {})}>×</button> : null}</div>;
  })}
  {alone ? null : <Choice aria-label={t('orAlso')} key={list.length} value={undefined} blank={list.length ? t('orAlso') : t('event')} options={kinds(list.length > 0)} put={(k) => k && write([...list, said(k, firstArg(k, where.form))]).catch(() => {})} />}
  <Issues where={at} /></div>;
}
