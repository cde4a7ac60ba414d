// The form as somebody else would see it: drawn by the server with their rights, only to look at.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { fieldsOf, formPath } from './names_of.js';
import { file, issues, waiting } from './store.js';
import { t } from './words.js';

/** Whom to look as: a login, proposed by name. */
export function Chooser({ as, put }) {
  const [people, setPeople] = useState([]);
  const [text, setText] = useState(as);
  const list = useId();
  const find = (q) => api('GET', `/forms/user/records?limit=20&fields=name,login${q ? `&q=${encodeURIComponent(q)}` : ''}`)
    .then((now) => { if (now.records.length) setPeople(now.records); }, () => {});
  useEffect(() => { setText(as); }, [as]);
  return <form class="row view-as" onSubmit={(e) => { e.preventDefault(); put(text.trim()); }}>
    <label>{t('viewAs')} <input type="text" list={list} autocomplete="off" placeholder={t('login')} value={text} onFocus={() => { if (!people.length) find(''); }}
      onInput={(e) => { const now = e.currentTarget.value; setText(now); if (people.some((p) => p.login === now)) put(now); else find(now); }} /></label>
    <datalist id={list}>{people.map((p) => <option key={p.login} value={p.login}>{p.name}</option>)}</datalist>
    <button class="small" disabled={!text.trim() || text.trim() === as}>{t('look')}</button>
    {as ? <button type="button" class="small" onClick={() => put('')}>{t('asMyself')}</button> : null}</form>;
}

function prepare(canvas, form) {
  const labels = new Map(fieldsOf(form).map((f) => [f.value, f.label]));
  for (const node of canvas.querySelectorAll('.fields > .field[data-field]')) {
    node.setAttribute('role', 'group');
    node.setAttribute('aria-label', labels.get(node.dataset.field) ?? node.dataset.field);
    for (const child of node.children) child.inert = true;
  }
  return canvas;
}

export function Seen({ form, as }) {
  const box = useRef(null);
  const [error, setError] = useState('');
  const text = `${file(formPath(form))?.text}\n${file('app.yaml')?.text}`;
  const ready = waiting.value === 0;
  const wrong = issues.value.length > 0;
  useEffect(() => {
    if (!ready) return undefined;
    let live = true;
    fetch(`/design/${form}/canvas?as=${encodeURIComponent(as)}`, { credentials: 'same-origin', headers: { Accept: 'text/html' } }).then(async (answer) => {
      if (!live) return;
      if (!answer.ok) { box.current.replaceChildren(); setError(t(answer.status === 404 ? 'noSuchUser' : 'whoWrong')); return; }
      const canvas = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#canvas');
      if (!live) return;
      setError('');
      box.current.replaceChildren(document.adoptNode(prepare(canvas, form)));
    }, (e) => setError(e.message));
    return () => { live = false; };
  }, [form, as, text, ready, wrong]);
  return <>{error ? <p class="note bad" role="alert">{error}</p> : <p class="small muted" role="status">{t('seenAs', { name: as })}</p>}<div class="canvas-box" data-as={as} ref={box} /></>;
}
