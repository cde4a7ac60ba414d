// What can be put on the canvas: drag it, or press it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { addSection } from './form.js';
import { tables } from './store.js';
import { t } from './words.js';

const GROUPS = [
  ['gText', ['text', 'longtext', 'markdown', 'email', 'phone', 'url']],
  ['gNumber', ['number', 'money', 'percent', 'rating', 'duration']],
  ['gTime', ['date', 'datetime', 'time']],
  ['gChoice', ['choice', 'choices', 'tags', 'boolean']],
  ['gPeople', ['user', 'users', 'department', 'departments']],
  ['gLink', ['link', 'links', 'subform', 'lookup', 'rollup']],
  ['gAuto', ['formula', 'serial', 'button']],
  ['gMore', ['file', 'files', 'image', 'signature', 'address', 'location', 'heading', 'note']],
];

function Item({ type, label, help, canvas }) {
  const at = useRef(null);
  useEffect(() => canvas?.offer(at.current, type), [canvas, type]);
  return <button type="button" class="palette-item" ref={at} data-type={type} title={help} onClick={() => canvas?.add(type)}>{label}</button>;
}

export function Palette({ form, canvas }) {
  const [text, setText] = useState('');
  const { types } = tables.value.shapes.field;
  const known = new Set(GROUPS.flatMap(([, list]) => list));
  const groups = [...GROUPS, ['gMore', Object.keys(types).filter((k) => !known.has(k))]];
  const fits = (type) => types[type] && `${type} ${types[type].label}`.toLowerCase().includes(text.toLowerCase());
  return <aside class="palette" aria-label={t('palette')}>
    <input type="search" aria-label={t('findType')} placeholder={t('findType')} value={text} onInput={(e) => setText(e.currentTarget.value)} />
    {groups.map(([name, list], i) => [name, list.filter(fits), i]).filter(([, list]) => list.length).map(([name, list, i]) => <section key={i}>
      <h2>{t(name)}</h2><div class="palette-items">{list.map((type) => <Item key={type} type={type} label={types[type].label} help={types[type].help} canvas={canvas} />)}</div></section>)}
    <section><h2>{t('gParts')}</h2><div class="palette-items">
      <button type="button" class="palette-item" onClick={() => addSection(form, t('newSection'), false).catch(() => {})}>{t('section')}</button>
      <button type="button" class="palette-item" onClick={() => addSection(form, t('newTab'), true).catch(() => {})}>{t('tab')}</button></div></section>
  </aside>;
}
