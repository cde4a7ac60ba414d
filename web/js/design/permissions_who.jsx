// Who can do what, as the server's own compiler of permissions says it of the draft: roles, and people
// a page at a time.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { formPath } from './names_of.js';
import { ONCE, acts } from './rights.js';
import { file, issues, treeOf, waiting } from './store.js';
import { labelOf, t } from './words.js';

const SHOWN = 8;

function Scope({ act, may }) {
  const word = may.scope === 'none' ? null : t(ONCE.has(act) ? 'yes' : `scope_${may.scope}`);
  if (!word && !may.when.length) return <td class="muted">{t('noRight')}</td>;
  return <td>{word}{may.when.map((text, i) => <div key={text}>{word || i ? `${t('or')} ` : ''}<code>{text}</code></div>)}</td>;
}

function Fields({ form, fields, none }) {
  const tree = treeOf(formPath(form));
  const names = (keys) => keys.slice(0, SHOWN).map((k) => labelOf(tree?.fields?.[k]?.label, k)).join(', ') + (keys.length > SHOWN ? ` +${keys.length - SHOWN}` : '');
  const lines = Object.entries(fields).filter(([, keys]) => keys.length);
  if (none) return <td class="muted">–</td>;
  return <td>{lines.length ? lines.map(([kind, keys]) => <div key={kind}><strong>{t(`seen_${kind}`)}</strong> {names(keys)}</div>) : t('seenAll')}</td>;
}

function Row({ form, head, one }) {
  const none = acts().every((a) => one.may[a.key].scope === 'none' && !one.may[a.key].when.length);
  return <tr><th scope="row">{head}</th>{acts().map((a) => <Scope key={a.key} act={a.key} may={one.may[a.key]} />)}<Fields form={form} fields={one.fields} none={none} /></tr>;
}

export function Who({ form }) {
  const [seen, setSeen] = useState(null);
  const [error, setError] = useState('');
  const text = `${file(formPath(form))?.text}\n${file('app.yaml')?.text}`;
  const wrong = issues.value.length > 0;
  const busy = waiting.value > 0;
  const get = (after) => api('GET', `/definitions/rights/${form}?after=${after}`);
  useEffect(() => {
    if (busy || wrong) return undefined;
    let live = true;
    get(0).then((now) => { if (live) { setSeen(now); setError(''); } }, (e) => { if (live) setError(e.message); });
    return () => { live = false; };
  }, [form, text, busy, wrong]);
  const more = () => get(seen.next).then((now) => setSeen({ ...now, users: [...seen.users, ...now.users] }), (e) => setError(e.message));
  return <section class="stack tight" data-who={seen && !busy && !wrong ? 'ready' : ''}><h2>{t('whoCan')}</h2><p class="muted small">{t('whoCanIs')}</p>
    {wrong ? <p class="note warn">{t('whoWrong')}</p> : null}{error ? <p class="note bad" role="alert">{error}</p> : null}
    {seen ? <><div class="rights-box" role="region" tabindex="0" aria-label={t('whoCan')}><table class="rights proof"><thead><tr><th scope="col">{t('whoIs')}</th>
      {acts().map((a) => <th scope="col" key={a.key}>{t(`act_${a.key}`)}</th>)}<th scope="col">{t('fields')}</th></tr></thead>
    <tbody><tr><th scope="rowgroup" colspan={acts().length + 2} class="rights-group">{t('onlyRole')}</th></tr>
      {seen.roles.map((r) => <Row key={r.role} form={form} head={r.label} one={r} />)}</tbody>
    <tbody><tr><th scope="rowgroup" colspan={acts().length + 2} class="rights-group">{t('people')}</th></tr>
      {seen.users.map((u) => <Row key={u.id} form={form} head={<>{u.name} <span class="muted small">{u.login}</span></>} one={u} />)}</tbody></table></div>
    {seen.next === null ? null : <div><button type="button" class="small" onClick={more}>{t('morePeople')}</button></div>}</> : null}</section>;
}
