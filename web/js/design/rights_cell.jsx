// A cell of the tables of rights: one choice, what is wrong with it, and its expression below the table.
import { useEffect, useRef } from 'preact/hooks';
import { exprUse } from './expr_use.js';
import { Expression } from './expression.jsx';
import { formPath } from './names_of.js';
import { issuesAt } from './store.js';
import { t } from './words.js';

/** The mistakes at a place, next to its input. */
export function Wrong({ form, at, id, only = false }) {
  const own = issuesAt(formPath(form), ['permissions', ...at]).filter((i) => !only || i.path.length === at.length + 1);
  return own.length ? <ul class="issue small" id={id}>{own.map((i) => <li key={i.message}>{i.message}</li>)}</ul> : null;
}

/** An expression of a cell, below its table, where there is room. */
export function When({ form, at, title, value, put, close }) {
  const box = useRef(null);
  const where = { path: formPath(form), at: ['permissions', ...at], form };
  useEffect(() => { box.current?.querySelector('textarea, [role="textbox"], [contenteditable]')?.focus(); }, [at.join('.')]);
  return <section class="panel stack tight rights-when" ref={box} aria-label={title}><h3>{title}</h3>
    <div class="field"><label for={`when-${at.join('-')}`}>{t('when')}</label><Expression id={`when-${at.join('-')}`} value={value} put={put} use={exprUse(where, at.at(-1))} where={where} /></div>
    <div><button type="button" class="small" onClick={close}>{t('ok')}</button></div></section>;
}

/** One choice; an expression is shown below it and opened by its button. */
export function Cell({ form, at, label, value, kind, options, put, open, text }) {
  const id = `right-${at.join('-')}`;
  const wrong = issuesAt(formPath(form), ['permissions', ...at]).length > 0;
  return <td class={wrong ? 'bad' : ''}>
    <select id={id} aria-label={label} aria-invalid={wrong ? 'true' : undefined} aria-describedby={wrong ? `${id}-wrong` : undefined} value={kind}
      onChange={(e) => {
        const to = e.currentTarget.value;
        if (to === 'when') { e.currentTarget.value = kind; open(); } else put(to);
      }}>{options.map((o) => <option key={o.value} value={o.value}>{o.label}</option>)}</select>
    {kind === 'when' ? <button type="button" class="plain small rights-code" onClick={open} aria-label={`${label}: ${text ?? value}`}><code>{text ?? String(value)}</code></button> : null}
    <Wrong form={form} at={at} id={`${id}-wrong`} />
  </td>;
}
