// Records there are, to choose one of: in trials, and as a value.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { Choice } from './inputs.jsx';
import { fieldsOf, formPath } from './names_of.js';
import { treeOf } from './store.js';
import { t } from './words.js';

/** Records of a form by a word; the newest without one. */
function useRecords(form) {
  const [list, setList] = useState([]);
  const [text, setText] = useState('');
  const named = /\{(\w+)\}/.exec(String(treeOf(formPath(form))?.title ?? ''))?.[1];
  const first = fieldsOf(form).find((f) => f.value === named)?.value ?? fieldsOf(form).find((f) => ['text', 'serial', 'email', 'phone'].includes(f.type))?.value;
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => api('GET', `/forms/${form}/records?limit=20&sort=-id${first ? `&fields=${first}` : ''}${text.trim() ? `&q=${encodeURIComponent(text.trim())}` : ''}`)
      .then((now) => { if (!gone) setList(now.records.map((r) => ({ value: String(r.id), label: first && r[first] ? `${r[first]} (${r.id})` : String(r.id) }))); }, () => { if (!gone) setList([]); }), text ? 300 : 0);
    return () => { gone = true; clearTimeout(timer); };
  }, [form, text, first]);
  return { list, text, setText };
}

const Find = ({ text, put }) => <input type="search" aria-label={t('findRecord')} placeholder={t('findRecord')} value={text} onInput={(e) => put(e.currentTarget.value)} />;

/** One of them; the newest until another is chosen. */
export function RecordChoice({ form, id, put }) {
  const { list, text, setText } = useRecords(form);
  useEffect(() => { if (list.length && !list.some((r) => r.value === id)) put(list[0].value); }, [list]);
  return <><Find text={text} put={setText} />
    <Choice aria-label={t('record')} value={id} blank={list.length ? null : t('noRecords')} options={list} put={put} /></>;
}

/** One of them, or none. */
export function RecordValue({ form, value, put, ...rest }) {
  const { list, text, setText } = useRecords(form);
  return <span class="affix"><Find text={text} put={setText} /><Choice {...rest} value={value} options={list} put={put} /></span>;
}
