// An expression: fields and functions are completed as one types, and the server says at once
// what is wrong with it and what it gives for a record there is.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { scalar, useKeys, useLatest, useTyped } from './inputs.jsx';
import { completions } from './names_of.js';
import { issuesAt } from './store.js';
import { t } from './words.js';

const PAUSE = 350;
const MOST = 12;

const said = (value) => (value === null || value === undefined ? '' : String(value));

/** The name that ends at the caret, `this.` and links before it with it; null inside a text. */
export function wordAt(text, caret) {
  const before = text.slice(0, caret);
  let quote = '';
  for (const c of before) quote = quote ? (c === quote ? '' : quote) : c === "'" || c === '"' ? c : '';
  if (quote) return null;
  const word = /[\p{L}_][\p{L}\p{N}_.]*$/u.exec(before)?.[0] ?? '';
  return { word, from: caret - word.length };
}

/** What the server says of the text; asked when one pauses. */
function useTried(text, use) {
  const [tried, setTried] = useState(null);
  const ask = JSON.stringify({ form: use.form, expression: text, use: use.use, this: use.this, dashboard: use.dashboard });
  useEffect(() => {
    if (!text.trim() || !use.form || use.of) { setTried(null); return undefined; }
    let gone = false;
    const timer = setTimeout(() => api('POST', '/definitions/try', JSON.parse(ask))
      .then((now) => { if (!gone) setTried({ ...now, text }); }, () => { if (!gone) setTried(null); }), PAUSE);
    return () => { gone = true; clearTimeout(timer); };
  }, [ask]);
  return tried?.text === text ? tried : null;
}

function Wrong({ issue, text }) {
  const line = text.split('\n')[issue.line - 1] ?? '';
  const from = Math.max(0, issue.column - 1);
  const word = /^[\p{L}\p{N}_.]+|^./u.exec(line.slice(from))?.[0] ?? '';
  return <li>{line.length > 12 && word ? <><code>{from > 12 ? '…' : ''}{line.slice(Math.max(0, from - 12), from)}<mark>{word}</mark></code> </> : null}{issue.message}</li>;
}

function Outcome({ tried, text, use, known }) {
  if (!tried) return null;
  const wrong = use.sure ? tried.issues.filter((i) => !known.includes(i.message)) : [];
  if (wrong.length) return <div role="status"><ul class="issue">{wrong.map((i) => <Wrong key={i.message} issue={i} text={text} />)}</ul></div>;
  if (!tried.told) return null;
  return <p class="outcome small" role="status">= <strong>{tried.shown ?? t('blank')}</strong>
    <span class="muted"> {tried.record ? t('forRecord', { title: tried.record.title }) : t('forNew')}</span></p>;
}

/** The state of the list below the box: what it offers at the caret, and which is marked. */
function useCompletion(box, use, typed) {
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const look = (all) => {
    const at = wordAt(box.current.value, box.current.selectionStart);
    if (!at || (!all && !at.word)) return close();
    const options = completions(use, at.word).slice(0, MOST);
    return options.length && !(options.length === 1 && options[0].value === at.word) ? setOpen({ ...at, options, marked: 0 }) : close();
  };
  const take = (option) => {
    const dot = open.word.lastIndexOf('.') + 1;
    box.current.setRangeText(option.value, open.from + dot, box.current.selectionStart, 'end');
    if (option.call && !option.bare) box.current.selectionStart = box.current.selectionEnd = box.current.selectionEnd - 1;
    typed.onInput({ currentTarget: box.current });
    close();
    box.current.focus();
  };
  const key = (e) => {
    if (e.key === ' ' && e.ctrlKey) { e.preventDefault(); look(true); return; }
    if (!open) { if (e.key === 'ArrowDown' && e.altKey) look(true); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) setOpen({ ...open, marked: (open.marked + step + open.options.length) % open.options.length });
    else if (e.key === 'Enter' || e.key === 'Tab') take(open.options[open.marked]);
    else if (e.key === 'Escape') close();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return { open, close, look, take, key };
}

/** use: what exprUse says of its place. where: of the value, for what the last check found there. */
export function Expression({ id, value, put, use, where, label, read = scalar }) {
  const list = useId();
  const box = useRef(null);
  const typed = useTyped(said(value), (text) => put(text.trim() === '' ? undefined : read(text)));
  const { open, close, look, take, key } = useCompletion(box, use, typed);
  const tried = useTried(typed.value, use);
  const known = where ? issuesAt(where.path, where.at).map((i) => i.message) : [];
  const active = open ? `${list}-${open.marked}` : undefined;
  useEffect(() => { if (active) document.getElementById(active)?.scrollIntoView({ block: 'nearest' }); }, [active]);
  return <span class="expression">
    <span class="combo"><textarea id={id} ref={box} class="code-line" rows={Math.min(6, typed.value.split('\n').length + (typed.value.length > 44 ? 1 : 0))} spellcheck={false} autocapitalize="off"
      aria-label={label} aria-autocomplete="list" aria-haspopup="listbox" aria-controls={open ? list : undefined} aria-activedescendant={active} placeholder={t('exprHint')}
      value={typed.value} onInput={(e) => { typed.onInput(e); look(false); }} onBlur={() => { close(); typed.onBlur(); }} onKeyDown={key} onClick={close} />
    {open ? <ul id={list} role="listbox" aria-label={t('insert')} onMouseDown={(e) => e.preventDefault()}>{open.options.map((o, i) => <li key={o.value} id={`${list}-${i}`} role="option" aria-selected={i === open.marked ? 'true' : 'false'} onClick={() => take(o)}>
      <code>{o.show ?? o.value}</code> <span class="muted small">{o.label}</span></li>)}</ul> : null}</span>
    <Outcome tried={tried} text={typed.value} use={use} known={known} />
  </span>;
}

/** One expression or several, each with its own input. One alone stands without a list. */
export function Expressions({ id, value, put: send, use, where, label }) {
  const [now, put] = useLatest(value, send);
  const [more, setMore] = useState(false);
  const list = Array.isArray(now) ? now : now === undefined || now === null ? [] : [now];
  const write = (next) => put(!next.length ? undefined : next.length === 1 ? next[0] : next);
  const at = (i) => (Array.isArray(now) ? { ...where, at: [...where.at, i] } : where);
  const set = (i) => (text) => {
    if (i === list.length) setMore(false);
    return write(text === undefined ? list.filter((x, n) => n !== i) : i === list.length ? [...list, text] : list.map((x, n) => (n === i ? text : x)));
  };
  const keys = useKeys(list);
  const open = more || !list.length;
  return <span class="stack tight">{[...list, ...(open ? [''] : [])].map((one, i) => <Expression key={keys[i] ?? 'new'} id={i ? `${id}-${i}` : id} label={i ? `${label} ${i + 1}` : undefined} value={one} put={set(i)} use={use} where={where && at(i)} />)}
    {open ? null : <span><button type="button" class="small" aria-label={t('addAlso', { name: label })} onClick={() => setMore(true)}>{t('add')}</button></span>}</span>;
}
