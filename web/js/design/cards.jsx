// Named parts of a file as cards: what each is in words, one opened to be changed; added, duplicated,
// put in order, renamed, removed.
import { useState } from 'preact/hooks';
import { announce } from './canvas.jsx';
import { Line } from './inputs.jsx';
import { Issues } from './keys.jsx';
import { nameFor } from './names.js';
import { removal } from './remove.jsx';
import { Sortable } from './sortable.jsx';
import { edit, issuesAt, treeOf, valueAt } from './store.js';
import { labelOf, t } from './words.js';

/** What one does to the parts at a place of a file. */
export function partsAt(path, at) {
  const now = () => Object.entries(valueAt(treeOf(path), at) ?? {});
  const way = (...more) => [...at, ...more].map(String);
  return {
    now,
    /** make(label): what it says at once. Gives its name. */
    async add(label, otherwise, make) {
      const name = await nameFor(label, new Set(now().map(([key]) => key)), otherwise);
      const value = make(label, name);
      await edit(path, [now().length ? { op: 'add', path: way(name), value } : { op: 'set', path: way(), value: { [name]: value } }]);
      return name;
    },
    async duplicate(key, otherwise) {
      const value = valueAt(treeOf(path), [...at, key]);
      const label = labelOf(value?.label, key);
      const name = await nameFor(key, new Set(now().map(([k]) => k)), otherwise);
      const copy = value && typeof value === 'object' && value.label !== undefined ? { ...value, label: copied(value.label) } : value;
      await edit(path, [{ op: 'add', path: way(name), value: copy, after: key }]);
      announce(t('added', { name: label }));
      return name;
    },
    /** Asks first, where something uses it; gives whether it is gone. */
    remove: (key, name) => removal({ name, list: [{ path, ops: [{ op: 'remove', path: now().length === 1 ? way() : way(key) }] }] }),
    rename: (key, name) => edit(path, [{ op: 'rename', path: way(key), name }]),
    move: (key, before) => edit(path, [before === null ? { op: 'move', path: way(key), after: now().at(-1)[0] } : { op: 'move', path: way(key), before }]),
  };
}

const copied = (label) => (label && typeof label === 'object' ? Object.fromEntries(Object.entries(label).map(([k, v]) => [k, `${v} 2`])) : `${label} 2`);

/** Asks what it is called, then makes it. */
export function NewPart({ label, action, make }) {
  const [text, setText] = useState('');
  const go = async (e) => {
    e.preventDefault();
    const said = text.trim();
    if (!said) return;
    await make(said).then(() => { setText(''); announce(t('added', { name: said })); }, () => {});
  };
  return <form class="row tight new-part" onSubmit={go}><input type="text" aria-label={label} placeholder={label} maxlength="80" value={text} onInput={(e) => setText(e.currentTarget.value)} />
    <button class="main small" disabled={!text.trim()}>{action}</button></form>;
}

/** Name in the file; what mentions it follows as the server says. */
export function PartName({ parts, name, note, then }) {
  return <details class="keys-more"><summary>{t('nameInFile')}</summary><div class="stack tight">
    <label class="field"><span class="label">{t('nameInFile')}</span><Line key={name} value={name} put={(text) => (text && text !== name ? parts.rename(name, text).then(() => then?.(text)) : undefined)} /></label>
    {note ? <p class="help">{note}</p> : null}</div></details>;
}

/**
 * The cards. title(item, key), said(item, key): in words; draw(item, key): its properties; extra(item,
 * key): more buttons; off(item): it does nothing.
 */
export function Cards({ path, at, open, setOpen, label, title, said, draw, extra, off, otherwise, copy = true }) {
  const parts = partsAt(path, at);
  const entries = parts.now();
  const items = entries.map(([key, item]) => ({ key, item, label: title(item, key) }));
  const one = ({ key, item, label: name }, i, tools) => {
    const wrong = issuesAt(path, [...at, key]).length;
    const isOpen = open === key;
    return <li key={key} data-item={key} class={`card-part panel ${isOpen ? 'open' : ''} ${off?.(item) ? 'off' : ''}`}>
      <div class="card-head">{tools.grip}<button type="button" class="plain card-title grow" aria-expanded={isOpen ? 'true' : 'false'} onClick={() => setOpen(isOpen ? null : key)}>
        <span>{name}</span> {off?.(item) ? <span class="chip">{t('switchedOff')}</span> : null}{wrong ? <span class="chip bad">{t('issues', { n: wrong })}</span> : null}</button></div>
      <div class="card-said">{said(item, key)}</div>
      {isOpen ? <div class="card-body stack tight">{draw(item, key, parts)}
        <Issues where={{ path, at: [...at, key] }} />
        <div class="row tight card-tools">{extra?.(item, key)}{tools.menu}
          {copy ? <button type="button" class="small" onClick={() => parts.duplicate(key, otherwise).then(setOpen).catch(() => {})}>{t('duplicate')}</button> : null}
          <button type="button" class="small bad" onClick={() => parts.remove(key, name).then((gone) => { if (gone) { setOpen(null); announce(t('wasRemoved', { name })); } }).catch(() => {})}>{t('remove')}</button></div></div> : null}
    </li>;
  };
  return <Sortable items={items} move={parts.move} draw={one} label={label} cls="cards-parts" />;
}
