// Named parts of a file as cards: what each is in words, one opened to be changed; added, duplicated,
// put in order, renamed, removed.
import { announce } from './canvas.jsx';
import { NameLine, Taken, useMade } from './inputs.jsx';
import { Issues } from './keys.jsx';
import { nameFor } from './names.js';
import { removal } from './remove.jsx';
import { Sortable } from './sortable.jsx';
import { adding, edit, issuesAt, removing, treeOf, valueAt } from './store.js';
import { labelOf, t } from './words.js';

/** What one does to the parts at a place of a file. */
export function partsAt(path, at) {
  const now = () => Object.entries(valueAt(treeOf(path), at) ?? {});
  const way = (...more) => [...at, ...more].map(String);
  const taken = () => new Set(now().map(([key]) => key));
  return {
    now,
    /** make(label): what it says at once. Gives its name. */
    async add(label, otherwise, make) {
      let name;
      await edit(path, async () => {
        name = await nameFor(label, taken(), otherwise);
        return [adding(path, at, name, make(label, name))];
      });
      return name;
    },
    async duplicate(key, otherwise) {
      let name;
      const label = labelOf(valueAt(treeOf(path), [...at, key])?.label, key);
      await edit(path, async (place) => {
        const from = place([...at, key]);
        const value = from && valueAt(treeOf(path), from);
        if (!from) return [];
        name = await nameFor(key, taken(), otherwise);
        const copy = value && typeof value === 'object' && value.label !== undefined ? { ...value, label: copied(value.label) } : value;
        return [{ op: 'add', path: way(name), value: copy, after: from.at(-1) }];
      });
      announce(t('added', { name: label }));
      return name;
    },
    /** Asks first, where something uses it; gives whether it is gone. */
    remove: (key, name) => removal({ name, list: (place) => { const from = place(path, [...at, key]); return from ? [{ path, ops: [removing(path, from)] }] : []; } }),
    names: () => now().map(([key]) => key),
    rename: (key, name) => edit(path, [{ op: 'rename', path: way(key), name }]),
    move: (key, before) => edit(path, [{ op: 'move', path: way(key), ...(before === null ? {} : { before }) }]),
  };
}

const copied = (label) => (label && typeof label === 'object' ? Object.fromEntries(Object.entries(label).map(([k, v]) => [k, `${v} 2`])) : `${label} 2`);

/** Asks what it is called, then makes it. called: what no other may be called. */
export function NewPart({ label, action, make, called = [] }) {
  const { text, go, box, taken } = useMade((said) => make(said).then(() => announce(t('added', { name: said }))), called);
  return <form class="row tight new-part" onSubmit={go}><input aria-label={label} placeholder={label} maxlength="80" {...box} />
    <button class="main small" disabled={!text.trim() || taken}>{action}</button>
    {called.length ? <Taken name={taken} /> : null}</form>;
}

/** Name in the file; what mentions it follows as the server says. */
export function PartName({ parts, name, note, then }) {
  return <details class="keys-more"><summary>{t('nameInFile')}</summary><div class="stack tight">
    <NameLine key={name} name={name} taken={parts.names} put={(to) => parts.rename(name, to).then(() => then?.(to))} />
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
