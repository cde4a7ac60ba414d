// Working calendars: the hours of the week, and the year with its holidays and worked weekends to press.
import { useState } from 'preact/hooks';
import { Head } from './app_parts.jsx';
import { announce } from './canvas.jsx';
import { Cards, NewPart, PartName, partsAt } from './cards.jsx';
import { WEEK, after, daysOf, hoursOf, monthOf, rangesOf, weekOf, weekday } from './days.js';
import { Line, useLatest } from './inputs.jsx';
import { Issues, Keys, change } from './keys.jsx';
import { many } from './said.jsx';
import { adding, edit, removing, tables, treeOf, valueAt } from './store.js';
import { lang, t } from './words.js';

const APP = 'app.yaml';
const attrs = () => tables.value.kinds.app.find((a) => a.key === 'calendars').of;
const dayName = (d, style = 'long') => new Intl.DateTimeFormat(lang, { weekday: style, timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + d)));
const dayTitle = (day) => new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
const monthName = (year, m) => new Intl.DateTimeFormat(lang, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(Date.UTC(year, m, 1)));

/* ---- the week ---- */

const CLOCK = /^ *(\d{1,2}:\d\d) *- *(\d{1,2}:\d\d) *$/;

function Span({ span, put, remove, day }) {
  const found = CLOCK.exec(span);
  const two = (x) => x.padStart(5, '0');
  if (!found || found[2] === '24:00') return <span class="affix"><Line aria-label={t('hoursOfDay', { day })} value={span} put={(v) => put(v ?? '')} /><button type="button" class="small" aria-label={t('removeOf', { name: span })} onClick={remove}>×</button></span>;
  const time = (i, label) => <input type="time" aria-label={`${day}: ${label}`} value={two(found[i])} onChange={(e) => e.currentTarget.value && put(i === 1 ? `${e.currentTarget.value}-${two(found[2])}` : `${two(found[1])}-${e.currentTarget.value}`)} />;
  return <span class="span row tight">{time(1, t('from'))}–{time(2, t('until'))}<button type="button" class="small plain" aria-label={t('removeOf', { name: span })} onClick={remove}>×</button></span>;
}

function Week({ where, hours: given }) {
  const [hours, put] = useLatest(given, (next) => change(where, ['hours'], next, false));
  const week = weekOf(hours);
  if (!week) return <Keys of={attrs().filter((a) => a.key === 'hours')} where={where} value={{ hours }} />;
  const write = (d, spans) => put(hoursOf(week.map((x, i) => (i === d ? spans : x)))).catch(() => {});
  const next = (spans) => { const last = CLOCK.exec(spans.at(-1) ?? ''); return !last ? '09:00-18:00' : last[2] < '23:00' ? `${last[2]}-${last[2] < '18:00' ? '18:00' : '23:59'}` : null; };
  return <table class="week"><caption class="sr">{t('workingHours')}</caption><tbody>{WEEK.map((key, d) => {
    const spans = week[d];
    const name = dayName(d);
    return <tr key={key} data-day={key}><th scope="row">{name}</th><td><div class="row">{spans.map((s, i) => <Span key={i} span={s} day={name} put={(v) => write(d, spans.map((x, n) => (n === i ? v : x)))} remove={() => write(d, spans.filter((x, n) => n !== i))} />)}
      {spans.length ? null : <span class="muted">{t('freeDay')}</span>}
      {next(spans) ? <button type="button" class="small" aria-label={t('addHours', { day: name })} onClick={() => write(d, [...spans, next(spans)])}>+</button> : null}
      {d && week[d - 1].join() !== spans.join() ? <button type="button" class="small" onClick={() => write(d, week[d - 1])}>{t('asBefore', { day: dayName(d - 1) })}</button> : null}</div></td></tr>;
  })}</tbody></table>;
}

/* ---- the year ---- */

function calOf(item) {
  const own = {};
  for (const [key, spans] of Object.entries(item.days ?? {})) for (const day of daysOf(key) ?? []) own[day] = Array.isArray(spans) ? spans : [spans];
  return { holidays: daysOf(item.holidays), workdays: daysOf(item.workdays), week: weekOf(item.hours), own };
}

function stateOf(cal, day) {
  if (day in cal.own) return cal.own[day].length ? 'own' : 'holiday';
  if (cal.workdays.has(day)) return 'workday';
  if (cal.holidays.has(day)) return 'holiday';
  return cal.week[WEEK.indexOf(weekday(day))].length ? 'work' : 'free';
}

/** Pressing a day turns it: worked, off, and as its weekday says. */
function turned(cal, day) {
  const state = stateOf(cal, day);
  const set = state === 'workday' || state === 'free' ? 'workdays' : 'holidays';
  const next = new Set(cal[set]);
  if (next.has(day)) next.delete(day);
  else next.add(day);
  return [set, rangesOf(next)];
}

function Month({ year, m, cal, press, focus, setFocus }) {
  return <table class="month"><caption>{monthName(year, m)}</caption><thead><tr>{WEEK.map((d, i) => <th key={d} scope="col"><span aria-hidden="true">{dayName(i, 'narrow')}</span><span class="sr">{dayName(i)}</span></th>)}</tr></thead>
    <tbody>{monthOf(year, m).map((row, r) => <tr key={r}>{row.map((day, i) => {
      const state = day && stateOf(cal, day);
      return <td key={i}>{day ? <button type="button" class={`day plain d-${state}`} data-day={day} tabIndex={day === focus ? 0 : -1} title={t(`day_${state}`)} aria-label={`${dayTitle(day)}: ${t(`day_${state}`)}`}
        onFocus={() => setFocus(day)} onClick={() => press(day)}>{Number(day.slice(8))}</button> : null}</td>;
    })}</tr>)}</tbody></table>;
}

function Year({ where, cal }) {
  const [year, setYear] = useState(new Date().getFullYear());
  const [focus, setFocus] = useState(`${year}-01-01`);
  const at = focus.startsWith(String(year)) ? focus : `${year}-01-01`;
  const keys = (e) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
    if (!step || !e.target.dataset.day) return;
    e.preventDefault();
    const to = after(e.target.dataset.day, step);
    setYear(Number(to.slice(0, 4)));
    setFocus(to);
    const box = e.currentTarget;
    requestAnimationFrame(() => box.querySelector(`button[data-day="${to}"]`)?.focus());
  };
  const press = (day) => {
    if (day in cal.own) return;
    edit(APP, () => {
      const [key, value] = turned(calOf(valueAt(treeOf(APP), where.at) ?? {}), day);
      const path = [...where.at, key];
      return value !== undefined ? [{ op: 'set', path, value }] : valueAt(treeOf(APP), path) === undefined ? [] : [{ op: 'remove', path }];
    }).then(() => announce(dayTitle(day)), () => {});
  };
  return <div class="year stack tight" onKeyDown={keys}><div class="row"><button type="button" class="small" onClick={() => setYear(year - 1)}>‹ {year - 1}</button><strong>{year}</strong><button type="button" class="small" onClick={() => setYear(year + 1)}>{year + 1} ›</button>
    <span class="grow" />{['work', 'free', 'holiday', 'workday', 'own'].map((s) => <span class="legend small" key={s}><span class={`day d-${s}`} aria-hidden="true" /> {t(`day_${s}`)}</span>)}</div>
    <div class="months">{Array.from({ length: 12 }, (x, m) => <Month key={m} year={year} m={m} cal={cal} press={press} focus={at} setFocus={setFocus} />)}</div></div>;
}

/** Days with hours of their own: a day or days, and spans. */
function OwnDays({ where, days }) {
  const [day, setDay] = useState('');
  const put = (key, text) => change(where, ['days', key], (text ?? '').split(/[,，、]/).map((x) => x.trim()).filter(Boolean), false);
  const entries = Object.entries(days ?? {});
  const add = (e) => {
    e.preventDefault();
    setDay('');
    if (day) edit(APP, () => [adding(APP, [...where.at, 'days'], day, ['09:00-12:00'])]).catch(() => setDay(day));
  };
  return <section class="stack tight"><h3>{t('ownDays')}</h3>
    {entries.map(([key, spans]) => <div class="row tight own-day" key={key}><strong>{key}</strong><Line aria-label={t('hoursOfDay', { day: key })} placeholder={t('freeDay')} value={(Array.isArray(spans) ? spans : [spans]).join(', ')} put={(v) => put(key, v)} />
      <button type="button" class="small plain" aria-label={t('removeOf', { name: key })} onClick={() => edit(APP, () => (key in (valueAt(treeOf(APP), [...where.at, 'days']) ?? {}) ? [removing(APP, [...where.at, 'days', key])] : [])).catch(() => {})}>×</button><Issues where={{ ...where, at: [...where.at, 'days', key] }} /></div>)}
    <form class="row tight" onSubmit={add}><input type="date" aria-label={t('ownDay')} value={day} onInput={(e) => setDay(e.currentTarget.value)} /><button class="small" disabled={!day}>{t('add')}</button></form></section>;
}

function Properties({ name, item, parts, then }) {
  const where = { path: APP, at: ['calendars', name] };
  const cal = calOf(item);
  return <><h3>{t('workingHours')}</h3><Week where={where} hours={item.hours} />
    {cal.holidays && cal.workdays && cal.week ? <><h3>{t('theYear')}</h3><p class="help">{t('pressDays')}</p><Year where={where} cal={cal} /></>
      : <Keys of={attrs().filter((a) => ['holidays', 'workdays'].includes(a.key))} where={where} value={item} />}
    <OwnDays where={where} days={item.days} />
    <Keys of={attrs().filter((a) => a.key === 'time_zone')} where={where} value={item} />
    <PartName parts={parts} name={name} then={then} /></>;
}

function said(item) {
  const week = weekOf(item?.hours);
  if (!week) return '…';
  const days = Object.entries(hoursOf(week)).map(([key, spans]) => `${key.split('-').map((d) => dayName(WEEK.indexOf(d), 'short')).join('–')} ${spans.join(', ')}`);
  return `${many(days)} · ${t('daysOff', { n: daysOf(item?.holidays)?.size ?? 0 })}`;
}

export function Calendars() {
  const [open, setOpen] = useState(Object.keys(treeOf(APP).calendars ?? {})[0] ?? null);
  const parts = partsAt(APP, ['calendars']);
  const add = (label) => parts.add(label, 'calendar', () => ({ hours: { 'mon-fri': ['09:00-18:00'] } })).then(setOpen);
  return <><Head part="calendars" help={t('calendarsAre')}><NewPart label={t('newCalendar')} action={t('add')} make={add} /></Head>
    {parts.now().length ? <Cards path={APP} at={['calendars']} open={open} setOpen={setOpen} label={t('app_calendars')} otherwise="calendar"
      title={(item, key) => key} said={(item) => <p class="sentence">{said(item)}</p>} draw={(item, key) => <Properties name={key} item={item ?? {}} parts={parts} then={setOpen} />} /> : <p class="panel empty">{t('noCalendars')}</p>}</>;
}
