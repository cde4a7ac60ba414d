// The pages of the draft as somebody sees them: drawn by the server with their rights, over the records
// there are, in a frame that can run, send and follow nothing.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { Choice } from './inputs.jsx';
import { formPath } from './names_of.js';
import { files, treeOf, waiting } from './store.js';
import { labelOf, t } from './words.js';
import { Seen } from './view_as.jsx';

const PAGES = ['form', 'new', 'record', 'list'];

function useRecords(form, on) {
  const [list, setList] = useState([]);
  useEffect(() => { if (on) api('GET', `/forms/${form}/records?limit=30`).then((now) => setList(now.records), () => setList([])); }, [form, on]);
  return list.map((r) => ({ value: String(r.id), label: `${r._title ?? r.title ?? r.name ?? ''} #${r.id}` }));
}

function Frame({ form, as, page, more }) {
  const [now, setNow] = useState({ html: '', error: '' });
  const ready = waiting.value === 0;
  const drafts = files.value;
  useEffect(() => {
    if (!ready) return undefined;
    let live = true;
    const say = (next) => { if (live) setNow(next); };
    fetch(`/design/${form}/preview?as=${encodeURIComponent(as)}&page=${page}${more}`, { credentials: 'same-origin', headers: { Accept: 'text/html' } }).then(async (answer) => {
      const html = await answer.text();
      if (answer.ok) say({ html, error: '' });
      else say({ html: '', error: new DOMParser().parseFromString(html, 'text/html').querySelector('#main')?.textContent.trim().replace(/\s+/g, ' ') ?? t('whoWrong') });
    }, () => say({ html: '', error: t('noConnection') }));
    return () => { live = false; };
  }, [form, as, page, more, ready, drafts]);
  if (now.error) return <p class="note bad" role="alert">{now.error}</p>;
  return now.html ? <iframe class="preview-frame" sandbox="" title={t('previewOf', { name: as })} srcdoc={now.html} /> : <p role="status">{t('loading')}</p>;
}

export function Preview({ form, as }) {
  const [page, setPage] = useState('form');
  const [record, setRecord] = useState(undefined);
  const [view, setView] = useState(undefined);
  const records = useRecords(form, page === 'record');
  const views = Object.entries(treeOf(formPath(form))?.views ?? {}).map(([key, v]) => ({ value: key, label: labelOf(v?.label, key) }));
  const label = { form: 'pageForm', new: 'pageNew', record: 'pageRecord', list: 'pageList' };
  const more = page === 'record' && record ? `&record=${record}` : page === 'list' && view ? `&view=${view}` : '';
  return <><div class="row"><nav class="tabs" aria-label={t('whichPage')}>{PAGES.map((p) => <button type="button" key={p} class="tab plain" aria-current={p === page ? 'page' : undefined} onClick={() => setPage(p)}>{t(label[p])}</button>)}</nav>
    {page === 'record' ? <label class="row tight">{t('whichRecord')} <Choice value={record} blank={t('newestOne')} options={records} put={setRecord} /></label> : null}
    {page === 'list' && views.length ? <label class="row tight">{t('whichView')} <Choice value={view} blank={t('firstView')} options={views} put={setView} /></label> : null}</div>
    {page === 'form' ? <Seen form={form} as={as} /> : <Frame form={form} as={as} page={page} more={more} />}</>;
}
