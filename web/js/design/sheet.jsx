// What a spreadsheet's columns become: a row for each, changed in place, then the form is made.
import { useEffect, useRef, useState } from 'preact/hooks';
import { NAME } from './inputs.jsx';
import { isReserved, nameFor } from './names.js';
import { formNames } from './names_of.js';
import { writeForm } from './new_form.js';
import { calledOf, columnsOf, fieldText, fitOf, forget, keep, look, mayBe, named, ordered } from './sheet.js';
import { tables } from './store.js';
import { t } from './words.js';

/** What is wrong with a name, or ''. */
function wrong(c, columns) {
  if (!c.take) return '';
  if (!c.label.trim()) return t('noLabel');
  if (!NAME.test(c.name) || c.name.length > 58) return t('noName');
  if (isReserved(c.name)) return t('reservedName');
  return columns.some((x) => x !== c && x.take && x.name === c.name) ? t('nameTwice') : '';
}

function Misfits({ c, looked }) {
  const fit = fitOf(c);
  if (!fit || fit.misfits === 0) return <span class="muted small">{t('allFit')}</span>;
  const cells = fit.cells.map((x) => t('cellAt', { row: x.row, text: x.text })).join(', ');
  return <span class={fit.misfits === null ? 'bad small' : 'warn small'}>{fit.misfits === null ? t('manyMisfits') : t('misfits', { n: fit.misfits, all: c.filled || looked })} {cells}</span>;
}

function Row({ c, columns, looked, put, title, setTitle }) {
  const { types } = tables.value.shapes.field;
  const issue = wrong(c, columns);
  const id = `column-${c.column}`;
  const options = { choice: c.options, choices: c.pieces }[c.type];
  return <tr class={c.take ? '' : 'off'}>
    <td><input type="checkbox" aria-label={t('takeColumn', { name: c.label })} checked={c.take} onChange={(e) => put({ take: e.currentTarget.checked })} /></td>
    <th scope="row"><input type="text" id={id} aria-label={t('labelOf', { name: c.label })} maxlength="80" value={c.label} disabled={!c.take} aria-describedby={issue ? `${id}-issue` : undefined} onChange={(e) => put({ label: e.currentTarget.value.trim() })} />
      <input type="text" class="code-line" aria-label={t('nameOf', { name: c.label })} maxlength="58" value={c.name} disabled={!c.take} aria-invalid={issue ? 'true' : undefined} onChange={(e) => put({ name: e.currentTarget.value.trim(), own: true })} />
      {issue ? <p class="issue small" id={`${id}-issue`}>{issue}</p> : null}</th>
    <td><select aria-label={t('typeOf', { name: c.label })} value={c.type} disabled={!c.take} onChange={(e) => put({ type: e.currentTarget.value })}>
      {c.types.map((x) => <option key={x.type} value={x.type}>{types[x.type].label}</option>)}</select>
      {ordered(c) ? <select aria-label={t('dateOrder', { name: c.label })} value={c.order} disabled={!c.take} onChange={(e) => put({ order: e.currentTarget.value })}>
        <option value="day">{t('dayFirst')}</option><option value="month">{t('monthFirst')}</option></select> : null}
      {ordered(c) && !c.sure ? <p class="warn small">{t('orderUnsure')}</p> : null}
      {options?.length ? <p class="muted small">{options.slice(0, 8).join(' · ')}{options.length > 8 ? ` … (${options.length})` : ''}</p> : null}</td>
    <td class="sheet-first">{c.first.map((x) => <span class="chip" key={x.row}>{x.text.length > 40 ? `${x.text.slice(0, 40)}…` : x.text}</span>)}<Misfits c={c} looked={looked} /></td>
    <td><label class="check"><input type="checkbox" checked={c.required && mayBe(c, 'required')} disabled={!c.take || !mayBe(c, 'required')} onChange={(e) => put({ required: e.currentTarget.checked })} /> {t('requiredShort')}</label>
      <label class="check"><input type="checkbox" checked={c.unique && mayBe(c, 'unique')} disabled={!c.take || !mayBe(c, 'unique')} onChange={(e) => put({ unique: e.currentTarget.checked })} /> {t('uniqueShort')}</label></td>
    <td><input type="radio" name="sheet-title" aria-label={t('titleIs', { name: c.label })} checked={title === c.column} disabled={!c.take} onChange={() => setTitle(c.column)} /></td>
  </tr>;
}

function How({ seen, again }) {
  return <div class="row">
    {seen.sheets.length > 1 ? <label class="field"><span class="label">{t('whichSheet')}</span><select value={seen.sheet} onChange={(e) => again({ sheet: Number(e.currentTarget.value) })}>
      {seen.sheets.map((name, i) => <option key={i} value={i}>{name}</option>)}</select></label> : null}
    <label class="field"><span class="label">{t('headerRow')}</span><input type="number" min="0" max="1000" value={seen.header} onChange={(e) => again({ sheet: seen.sheet, header: Math.max(0, Math.trunc(Number(e.currentTarget.value)) || 0) })} /></label>
    <p class="muted small grow">{seen.rows === seen.looked ? t('sheetRows', { n: seen.rows }) : t('sheetLooked', { n: seen.rows, looked: seen.looked })} {t('headerHelp')}</p></div>;
}

export function Sheet({ file, first, done, dismiss }) {
  const top = useRef(null);
  const [seen, setSeen] = useState(first);
  const [columns, setColumns] = useState([]);
  const [label, setLabel] = useState(calledOf(file.name));
  const [title, setTitle] = useState(-1);
  const [state, setState] = useState({ busy: false, error: '' });
  useEffect(() => { top.current?.focus(); }, []);
  // One change after the other: names are looked up between what is read and what is written.
  const turn = useRef(Promise.resolve([]));
  const become = (next) => {
    const mine = turn.current.then((all) => next(all).catch(() => all));
    turn.current = mine;
    mine.then((all) => { if (turn.current === mine) setColumns(all); });
  };
  useEffect(() => {
    become(() => columnsOf(seen).then((all) => { setTitle(all[seen.title]?.column ?? -1); return all; }));
  }, [seen]);
  const again = async (how) => {
    try {
      setSeen(await look(file.id, how));
      setState({ busy: false, error: '' });
    } catch (e) { setState({ busy: false, error: e.message }); }
  };
  const put = (c) => (change) => become((all) => named(all.map((x) => (x.column === c.column ? { ...x, ...change } : x))));
  const taken = columns.filter((c) => c.take);
  const may = label.trim() && taken.length && !columns.some((c) => wrong(c, columns)) && !state.busy;
  const make = async (e) => {
    e.preventDefault();
    if (!may) return;
    setState({ busy: true, error: '' });
    try {
      const name = await nameFor(label, formNames(), 'form');
      const called = taken.find((c) => c.column === title) ?? taken[0];
      const kept = seen.rows ? await keep(seen, file, name, taken) : null;
      await writeForm(name, label.trim(), `{${called.name}}`, taken.map(fieldText).join('')).catch((x) => forget(kept, x));
      done(name);
    } catch (x) { setState({ busy: false, error: x.message }); }
  };
  return <form class="design-index design-sheet stack" onSubmit={make}>
    <section class="panel stack"><h2 tabindex="-1" ref={top}>{t('fromSheetName', { name: file.name })}</h2>
      <label class="field"><span class="label">{t('whatCalled')}</span><input type="text" maxlength="60" value={label} onInput={(e) => setLabel(e.currentTarget.value)} /></label>
      <How seen={seen} again={again} />
      {state.error ? <p class="note bad" role="alert">{state.error}</p> : null}
      <div class="table-box"><table class="sheet-table"><caption class="sr">{t('sheetColumns')}</caption><thead><tr>
        <th scope="col">{t('sheetTake')}</th><th scope="col">{t('sheetLabel')}</th><th scope="col">{t('sheetType')}</th><th scope="col">{t('sheetValues')}</th><th scope="col">{t('sheetRules')}</th><th scope="col">{t('sheetTitle')}</th></tr></thead>
        <tbody>{columns.map((c) => <Row key={c.column} c={c} columns={columns} looked={seen.looked} put={put(c)} title={title} setTitle={setTitle} />)}</tbody></table></div>
      <p class="muted small">{seen.rows ? t('sheetThen', { n: seen.rows }) : t('sheetNoRows')}</p>
      <div class="actions"><button class="main" disabled={!may}>{state.busy ? t('saving') : t('createForm')}</button>
        <button type="button" onClick={dismiss}>{t('dismiss')}</button></div></section></form>;
}
