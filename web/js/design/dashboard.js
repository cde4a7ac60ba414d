// What one does to a dashboard: each gives the operations of one act. Cards are a list in its file; a
// card is known by its place there, so what is selected goes along with what moves.
import { adding, edit, editAll, file, removing, select, selected, tables, treeOf } from './store.js';
import { dashPath, dashboards, fieldsOf, filtersOf, flowsOf, forms, workflows } from './names_of.js';
import { intoMenu, inMenu, outOfMenu } from './new_form.js';
import { nameFor } from './names.js';
import { removal } from './remove.jsx';
import { labelOf, t } from './words.js';

export const COLUMNS = 12;
const NUMBERS = ['money', 'number', 'percent', 'duration', 'rating'];
const COUNT = 'count()';

export const cardsOf = (path) => { const list = treeOf(path)?.cards; return Array.isArray(list) ? list : []; };

/* ---- what a new card says at once, so that it stands and is then made what it shall be ---- */

/** What a chart of a form goes by, most telling first. */
function groupsOf(form) {
  const own = fieldsOf(form);
  const at = (...kinds) => own.filter((f) => kinds.includes(f.type));
  return [...(flowsOf(form).length ? [{ value: 'stage', label: t('sys_stage') }] : []), ...at('choice'), ...at('user', 'department'), ...at('boolean'), ...at('link')];
}

/** What there is to add up: money that is computed, such as a total, before what one types. */
const numberOfForm = (form) => fieldsOf(form).find((f) => f.type === 'formula' && f.of === 'money') ?? fieldsOf(form).find((f) => NUMBERS.includes(f.type));
const MONTH = "start_of(created_at, 'month')";
const said = (form) => forms().find((f) => f.value === form)?.label ?? form;
const by = (form, group) => t('cardBy', { form: said(form), by: group?.label ?? t('month') });

const BLANK = {
  metric: (form) => ({ label: said(form), value: COUNT }),
  gauge: (form) => ({ label: said(form), value: COUNT, target: 100 }),
  line: (form) => ({ label: by(form), by: MONTH, value: COUNT }),
  area: (form) => ({ label: by(form), by: MONTH, value: COUNT }),
  heatmap: (form, [one, two]) => ({ label: by(form, one), by: [one?.value ?? 'created_by', two?.value ?? MONTH], value: COUNT }),
  pivot: (form, [one, two]) => ({ label: by(form, one), by: one?.value ?? MONTH, ...(one ? { across: two?.value ?? MONTH } : {}), value: COUNT }),
  leaderboard: (form, groups) => {
    const who = fieldsOf(form).find((f) => f.type === 'user') ?? groups[0] ?? { value: 'created_by', label: t('sys_created_by') };
    const sum = numberOfForm(form);
    return { label: sum ? t('cardBy', { form: sum.label, by: who.label }) : by(form, who), by: who.value, value: sum ? `sum(${sum.value})` : COUNT };
  },
};
const ONE = new Set(['pie', 'leaderboard']);
const grouped = (form, [one]) => ({ label: by(form, one), by: one?.value ?? MONTH, value: COUNT });

/** A card of that chart over a form. */
export function blankCard(chart, form) {
  if (chart === 'text') return { chart, text: t('cardText') };
  if (chart === 'table') return { chart, label: said(form), form };
  if (chart === 'funnel') return { chart, label: said(form), form, workflow: flowsOf(form)[0]?.tree.workflow ?? '' };
  const { label, ...rest } = (BLANK[chart] ?? grouped)(form, groupsOf(form));
  return { chart, label, form, ...rest };
}

/** The same in the period that the dashboard is set to, where there is one of them. */
function within(path, card) {
  const [period, more] = filtersOf(path, 'date_range');
  if (!card.form || !period || more || fieldsOf(card.form).some((f) => f.value === period.value)) return card;
  return card.chart === 'funnel' ? { ...card, period: period.value } : { ...card, filter: `created_at in ${period.value}` };
}

/** What a card needs to be drawn by another chart, of what it says: keys with their values. */
export function fitted(card, chart) {
  const blank = blankCard(chart, card.form ?? forms()[0]?.value);
  const of = tables.value.shapes.card.types[chart].of;
  const next = {};
  for (const { key, kind, needed } of of) {
    const has = card[key];
    if (has === undefined && needed && key !== 'chart') next[key] = blank[key];
    else if (kind === 'expr' && Array.isArray(has)) [next[key]] = has;
    else if (key === 'by' && Array.isArray(has) && ONE.has(chart)) [next[key]] = has;
    else if (key === 'by' && chart === 'heatmap' && !Array.isArray(has)) next[key] = [has, blank.by.find((x) => x !== has)];
  }
  return next;
}

/* ---- cards ---- */

/** where(place): [the card, the number it gets, null: the last], or null. It is selected. */
function putCard(path, where) {
  let to;
  return edit(path, (place) => {
    const put = where((i) => numberOf(place, i));
    if (!put) return [];
    to = put[1] ?? cardsOf(path).length;
    return [adding(path, ['cards'], to < cardsOf(path).length ? to : '-', put[0])];
  }, undefined, () => select(path, ['cards', String(to)], true));
}
/** The number of a card by now; null: it is gone. */
const numberOf = (place, i) => { const at = place(['cards', i]); return at && Number(at[1]); };

/** Before a card, or at the end. */
export const addCard = (path, chart, form, before = null) => putCard(path, (now) => [within(path, blankCard(chart, form)), before === null ? null : now(before)]);
export const duplicateCard = (path, i) => putCard(path, (now) => { const at = now(i); return at === null ? null : [cardsOf(path)[at], at + 1]; });

/** Before another one, or to the end (null). Gives its new place, null: it is gone. */
export async function moveCard(path, i, before) {
  let to = null;
  await edit(path, (place) => {
    const from = numberOf(place, i);
    const next = before === null ? cardsOf(path).length : numberOf(place, before) ?? cardsOf(path).length;
    if (from === null) return [];
    to = next > from ? next - 1 : next;
    return to === from ? [] : [{ op: 'move', path: ['cards', String(from)], ...(next === cardsOf(path).length ? {} : { before: String(next) }) }];
  }, undefined, () => { if (selected.value?.path === path) selected.value = { ...selected.value, at: ['cards', String(to)] }; });
  return to;
}

export async function removeCard(path, i) {
  await edit(path, (place) => { const at = place(['cards', i]); return at ? [removing(path, at)] : []; }, undefined, () => { selected.value = null; });
}

export const widen = (path, i, w) => edit(path, [{ op: 'set', path: ['cards', String(i), 'w'], value: w }], `width ${path} ${i}`);

export const chartLabel = (card) => tables.value.shapes.card.types[card?.chart]?.label ?? String(card?.chart ?? '');
/** As the page calls it, or nearly: without a label by what it counts. */
export const titleOf = (card, i) => labelOf(card?.label, workflows().find((w) => w.value === card?.workflow)?.label ?? (card?.form ? said(card.form) : t('cardN', { n: i + 1 })));

/* ---- whole dashboards ---- */

const names = () => new Set(dashboards().map((d) => d.value));
const line = (item) => `  - {${Object.entries(item).map(([k, v]) => `${k}: ${typeof v === 'number' || /^\w+$/.test(v) ? v : JSON.stringify(v)}`).join(', ')}}\n`;

/** Its first cards: how many there are, by what, and since when. */
async function firstCards(form) {
  const [group] = groupsOf(form);
  const period = await nameFor('period', new Set(fieldsOf(form).map((f) => f.value)), 'period');
  const one = (chart, w) => line({ ...blankCard(chart, form), filter: `created_at in ${period}`, w });
  return `filters:\n  ${period}: {type: date_range, label: ${JSON.stringify(t('period'))}, default: this_year}\ncards:\n${one('metric', 4)}${group ? one('bar', 8) : ''}${one('line', 12)}`;
}

/** In one act with its entry in the menu. Gives its name. */
export async function newDashboard(label, form) {
  let name;
  await editAll(async () => {
    name = await nameFor(label, names(), 'dashboard');
    const text = `dashboard: ${name}\nlabel: ${JSON.stringify(label)}\n${form ? await firstCards(form) : ''}`;
    return [{ path: dashPath(name), text }, ...intoMenu(`dashboard.${name}`)];
  });
  return name;
}

const copied = (text, to) => text.replace(/^dashboard:[ \t]*\S+/m, () => `dashboard: ${to}`);
const textNow = (name) => file(dashPath(name)).text;

/** The text of a label at the start of a line. */
function relabelled(text, label) {
  const says = label && typeof label === 'object' ? `{${Object.entries(label).map(([k, v]) => `${k}: ${JSON.stringify(`${v} 2`)}`).join(', ')}}` : JSON.stringify(`${label} 2`);
  return text.replace(/^label:[^\n]*(?:\n[ \t]+[^\n]*)*/m, () => `label: ${says}`);
}

export const duplicateDashboard = (name) => editAll(async () => {
  if (!file(dashPath(name))) return [];
  const to = await nameFor(name, names(), 'dashboard');
  return [{ path: dashPath(to), text: relabelled(copied(textNow(name), to), treeOf(dashPath(name))?.label) }, ...intoMenu(`dashboard.${to}`)];
});

/** Its file under another name, and what the menu calls it. */
export const renameDashboard = (name, to) => editAll(() => {
  if (names().has(to)) throw new Error(t('nameTaken', { name: to }));
  return [{ path: dashPath(name), text: null }, { path: dashPath(to), text: copied(textNow(name), to) }, ...inMenu(`dashboard.${name}`, `dashboard.${to}`)];
});

/** Gives whether it is gone. The menu is told as what uses it. */
export const removeDashboard = (name, label) => removal({ name: label, along: outOfMenu(`dashboard.${name}`).length ? [t('itsMenu')] : [],
  list: () => [{ path: dashPath(name), text: null }, ...outOfMenu(`dashboard.${name}`)] });
