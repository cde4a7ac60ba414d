// One input for each kind of attribute. Each gets the value of the tree and put(value): undefined
// takes the key away. What the server refuses is said below the input.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { positionOf } from './moved.js';
import { langName, langs, labelOf, t } from './words.js';

const SOON = 500;

/** Typed text that is sent when one pauses, leaves the input or presses Enter. */
export function useTyped(value, put) {
  const [typed, setTyped] = useState(null);
  const timer = useRef(0);
  const latest = useRef({});
  Object.assign(latest.current, { put, typed, value });
  const send = () => {
    clearTimeout(timer.current);
    const now = latest.current;
    const text = now.typed;
    if (text === null || text === now.flying) return;
    const known = text === (now.flying ?? now.value);          // what stands there, or will when it is answered
    now.flying = text;
    Promise.resolve(known ? null : now.put(text)).then(() => {
      if (now.typed === text) now.typed = null;
      setTyped((is) => (is === text ? null : is));
    }, () => { now.failed = text; }).finally(() => { if (now.flying === text) now.flying = null; });
  };
  // What goes away while one types is sent; what was refused, or is on its way, is not sent again.
  useEffect(() => () => { if (latest.current.typed === latest.current.failed) clearTimeout(timer.current); else send(); }, []);
  return {
    value: typed ?? value,
    onInput: (e) => { latest.current.typed = e.currentTarget.value; setTyped(latest.current.typed); clearTimeout(timer.current); timer.current = setTimeout(send, SOON); },
    onBlur: send,
    onKeyDown: (e) => { if (e.key === 'Enter' && e.currentTarget.tagName === 'INPUT') { e.preventDefault(); send(); } },
  };
}

/** A value as it is, or as it was just put while that is on its way: what one does next goes on from there. */
export function useLatest(value, put) {
  const [own, setOwn] = useState(null);
  const write = (next) => {
    const mine = { value: next };
    setOwn(mine);
    return Promise.resolve(put(next)).finally(() => setOwn((now) => (now === mine ? null : now)));
  };
  return [own ? own.value : value, write];
}

/** A box whose text is made something of, at once its own again for the next; what was refused stands in it again. called: what nothing new may be called; taken: the text, if it is one of them. */
export function useMade(make, called = []) {
  const [text, setText] = useState('');
  const taken = called.includes(text.trim()) ? text.trim() : '';
  const go = (e) => {
    e?.preventDefault();
    const said = text.trim();
    if (!said || taken) return;
    setText('');
    Promise.resolve(make(said)).catch(() => setText((now) => now || said));
  };
  return { text, setText, go, taken, box: { type: 'text', value: text, onInput: (e) => setText(e.currentTarget.value) } };
}

/** Names for the items of a list that stay theirs when others come, go or change places: what is typed into one stays in it. */
export function useKeys(list) {
  const held = useRef({ list: [], keys: [], next: 0 });
  const was = held.current;
  if (was.list !== list) {
    const keys = list.map(() => null);
    was.list.forEach((x, i) => { const at = positionOf(was.list, list, i); if (at !== null && at < list.length) keys[at] ??= was.keys[i]; });
    held.current = { list, keys: keys.map((k) => k ?? `${was.next += 1}`), next: was.next };
  }
  return held.current.keys;
}

const said = (value) => (value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

/** A line of text. read(text): what is put, undefined for nothing. */
export function Line({ id, value, put, read = (x) => x, ...rest }) {
  const typed = useTyped(said(value), (text) => put(text.trim() === '' ? undefined : read(text)));
  return <input id={id} type="text" autocomplete="off" {...rest} {...typed} />;
}

/** Said as one types what another thing is called already. */
export const Taken = ({ name }) => <span class="issue" role="status">{name ? t('nameTaken', { name }) : ''}</span>;

export const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** What a thing is called in the files. taken(): the names of its like. What is no name, or theirs, is said here and not sent. */
export function NameLine({ name, taken, put }) {
  const [wrong, setWrong] = useState('');
  const id = useId();
  const rename = async (to) => {
    const bad = !to || to === name ? '' : !NAME.test(to) ? t('noName') : taken().includes(to) ? t('nameTaken', { name: to }) : '';
    setWrong(bad);
    if (bad) throw new Error(bad);
    if (to && to !== name) await Promise.resolve(put(to)).catch((e) => { setWrong(e.message); throw e; });
  };
  return <div class="field" onInput={() => setWrong('')}><label class="label" for={id}>{t('nameInFile')}</label>
    <Line id={id} value={name} put={rename} aria-invalid={wrong ? 'true' : undefined} aria-describedby={wrong ? `${id}-wrong` : undefined} />
    {wrong ? <span class="issue" id={`${id}-wrong`} role="alert">{wrong}</span> : null}</div>;
}

export function Lines({ id, value, put, ...rest }) {
  const typed = useTyped(said(value), (text) => put(text.trim() === '' ? undefined : text));
  return <textarea id={id} rows={Math.min(8, said(value).split('\n').length + 1)} {...rest} {...typed} />;
}

const numeric = (text) => (/^-?\d{1,15}(\.\d+)?$/.test(text.trim()) ? Number(text) : text.trim());
/** What a plain text in YAML says: true and 3 are no texts. */
export const scalar = (text) => ({ true: true, false: false }[text.trim()] ?? numeric(text));

const ENV = /^\$\{env:(\w+)\}$/;
/** Secrets by the names of environment variables: they are never typed in here. */
export function Secret({ id, value, put }) {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  if (list.some((v) => !ENV.test(String(v)))) return <Line id={id} value={list.join(', ')} put={(text) => put(text === undefined ? undefined : text.split(/[,，、]\s*/))} />;
  const read = (text) => {
    const names = text.split(/[,，、\s]+/).filter(Boolean).map((n) => (/^\w+$/.test(n) ? `${"$"}{env:${n}}` : n));
    return names.length === 1 ? names[0] : names;
  };
  return <span class="stack tight"><span class="affix"><span aria-hidden="true">env</span><Line id={id} class="code-line" spellcheck={false} placeholder="NAME" value={list.map((v) => ENV.exec(v)[1]).join(', ')} put={put} read={read} /></span><span class="help">{t('secretIs')}</span></span>;
}

/** A label: a text, or one for each language of the app. */
export function Label({ id, value: given, put: send, lines, onText, label }) {
  const [value, put] = useLatest(given, send);
  const map = value && typeof value === 'object' ? value : null;
  const one = (code) => (map ? map[code] : code === langs[0] ? value : undefined);
  const change = (code, text) => {
    onText?.(text ?? '');
    if (!map && code === langs[0]) return put(text);
    const next = map ? { ...map } : value === undefined || value === null ? {} : { [langs[0]]: String(value) };
    if (text === undefined) delete next[code];
    else next[code] = text;
    return put(Object.keys(next).length ? next : undefined);
  };
  const Input = lines ? Lines : Line;
  if (langs.length === 1) return <Input id={id} aria-label={label} value={one(langs[0])} put={(text) => change(langs[0], text)} />;
  return <span class="stack tight">{langs.map((code, i) => <span class="affix" key={code}>
    <span aria-hidden="true">{code}</span><Input id={i ? undefined : id} aria-label={i ? `${label ? `${label}: ` : ''}${langName(code)}` : label} lang={code} value={one(code)} put={(text) => change(code, text)} />
  </span>)}</span>;
}

/** What a key is for: names of the language stand in `…`. */
export function Help({ text, tag: Tag = 'span' }) {
  const parts = (text ?? '').split('`');
  return text ? <Tag class="help">{parts.map((part, i) => (i % 2 ? <code key={i}>{part}</code> : i ? part : part.charAt(0).toUpperCase() + part.slice(1)))}</Tag> : null;
}

export function Check({ id, value: given, put: send, label }) {
  const [value, put] = useLatest(given, send);
  return <label class="check"><input id={id} type="checkbox" checked={value === true} onChange={(e) => put(e.currentTarget.checked ? true : undefined).catch(() => {})} />{label}</label>;
}

export function Choice({ id, value: given, put: send, options, blank = '–', ...rest }) {
  const [value, put] = useLatest(given, send);
  const known = value === undefined || value === null || options.some((o) => o.value === String(value));
  return <select id={id} {...rest} value={said(value)} onChange={(e) => put(e.currentTarget.value === '' ? undefined : e.currentTarget.value).catch(() => {})}>
    {blank === null ? null : <option value="">{blank}</option>}
    {known ? null : <option value={said(value)}>{said(value)}</option>}
    {options.map((o) => <option key={o.value} value={o.value}>{o.label}</option>)}
  </select>;
}

/** true, false, or when an expression holds, whose input `expression` draws. */
export function Flag({ id, value: given, put: send, expression, no = false }) {
  const [value, put] = useLatest(given, send);
  const when = value !== true && value !== false && value !== undefined && value !== null;
  const [asked, setAsked] = useState(false);
  const kind = when || asked ? 'when' : value === true ? 'yes' : value === false ? 'no' : '';
  const choose = (to) => {
    setAsked(to === 'when');
    if (to !== 'when') put({ yes: true, no: no ? false : undefined }[to]).catch(() => {});
  };
  return <span class="stack tight">
    <select id={id} value={kind} onChange={(e) => choose(e.currentTarget.value)}>
      <option value="">–</option><option value="yes">{t('yes')}</option>
      {no || value === false ? <option value="no">{t('no')}</option> : null}
      <option value="when">{t('when')}</option>
    </select>
    {kind === 'when' ? expression({ id: `${id}-when`, label: t('when'), value: when ? value : '', put }) : null}
  </span>;
}

/** A list the same way: of texts, one alone is one, too. */
export function useList(value, put) {
  const [now, write] = useLatest(value, put);
  return [(Array.isArray(now) ? now : now === undefined || now === null ? [] : [now]).map(String), write];
}

/** Several of what there is to choose from, in the order they were ticked. One alone stands without a list, as it was. */
export function Several({ id, value, put, options, label }) {
  const [list, write] = useList(value, (next) => put(next.length ? next : undefined));
  const all = [...options, ...list.filter((v) => !options.some((o) => o.value === v)).map((v) => ({ value: v, label: v }))];
  const toggle = (v, on) => { write(on ? [...list, v] : list.filter((x) => x !== v)).catch(() => {}); };
  return <details class="several"><summary id={id}>{list.length ? list.map((v) => labelOf(all.find((o) => o.value === v)?.label, v)).join(', ') : t('none')}</summary>
    <fieldset class="plain"><legend class="sr">{label}</legend>{all.map((o) => <label class="check" key={o.value}>
      <input type="checkbox" checked={list.includes(o.value)} onChange={(e) => toggle(o.value, e.currentTarget.checked)} />{o.label}</label>)}</fieldset>
  </details>;
}

/** What has no input of its own: as JSON. */
export function Raw({ id, value, put }) {
  const [wrong, setWrong] = useState('');
  const typed = useTyped(value === undefined ? '' : JSON.stringify(value, null, 2), (text) => {
    if (text.trim() === '') { setWrong(''); return put(undefined); }
    try {
      const next = JSON.parse(text);
      setWrong('');
      return put(next);
    } catch {
      setWrong(t('notJson'));
      return Promise.reject(new Error());
    }
  });
  return <span class="stack tight"><textarea id={id} class="code-line" rows="4" spellcheck={false} aria-invalid={wrong ? 'true' : undefined} {...typed} />{wrong ? <span class="issue">{wrong}</span> : null}</span>;
}
