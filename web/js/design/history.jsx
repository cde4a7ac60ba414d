// What was published: each version with who, when, why and which files; two of them compared, or one
// with the draft; and back to one, which is a publication as any.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { authorOf } from './follow.js';
import { fileWords } from './places.js';
import { Diffs, wordsOf } from './proposal.jsx';
import { Doing } from './publish.jsx';
import { changed, served } from './store.js';
import { lang, t } from './words.js';

const MANY = 30;
const moment = (at) => new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
const what = { added: '+', changed: '~', removed: '−' };

function useVersions() {
  const [state, setState] = useState({ list: [], next: null, error: '' });
  const more = (before) => api('GET', `/definitions/versions?limit=${MANY}${before ? `&before=${before}` : ''}`).then(
    (now) => setState((is) => ({ list: before ? [...is.list, ...now.versions] : now.versions, next: now.next, error: '' })),
    (e) => setState((is) => ({ ...is, error: wordsOf(e) })));
  const version = served.value;
  useEffect(() => { more(); }, [version]);
  return { ...state, more };
}

function Compared({ from, to }) {
  const [diff, setDiff] = useState(null);
  useEffect(() => {
    let stale = false;
    const sides = [['from', from], ['to', to]].filter(([, v]) => v).map(([k, v]) => `${k}=${v}`).join('&');
    api('GET', `/definitions/diff?${sides}`).then((now) => { if (!stale) setDiff({ text: now.diff }); }, (e) => { if (!stale) setDiff({ error: wordsOf(e) }); });
    return () => { stale = true; };
  }, [from, to, served.value]);
  if (!diff) return <p role="status">{t('loading')}</p>;
  return diff.error ? <p class="note bad" role="alert">{diff.error}</p> : diff.text ? <Diffs text={diff.text} /> : <p class="muted">{t('noDifference')}</p>;
}

function Files({ list }) {
  const all = <ul class="small muted">{list.map((f) => <li key={f.path}>{what[f.what]} {fileWords(f.path)}</li>)}</ul>;
  return list.length > 5 ? <details><summary class="small muted">{t('nFiles', { n: list.length })}</summary>{all}</details> : all;
}

function Version({ v, compare, back }) {
  const now = v.version === served.value;
  return <tr><th scope="row">{v.version}{now ? <span class="chip">{t('servedNow')}</span> : null}</th><td>{moment(v.at)}</td><td>{authorOf(v) ?? '–'}{v.author_name ? <span class="muted small"> {v.author}</span> : null}</td>
    <td>{v.note ?? ''}<Files list={v.files} /></td>
    <td class="row tight">{v.version > 1 ? <button type="button" class="small" aria-label={`${t('changesOf')} ${v.version}`} onClick={() => compare(String(v.version - 1), String(v.version))}>{t('changesOf')}</button> : null}
      {now ? null : <button type="button" class="small" onClick={() => back(v.version)}>{t('backTo', { n: v.version })}</button>}</td></tr>;
}

export function History({ from, done, close }) {
  const { list, next, error, more } = useVersions();
  const [pair, setPair] = useState(from ? { from: String(from), to: String(served.value) } : null);
  const [back, setBack] = useState(0);
  if (back) return <><h2>{t('backTo', { n: back })}</h2><p class="muted">{t('backIs')}</p>
    <Doing key={back} ask={(fill) => api('POST', '/definitions/revert', { version: back, dry_run: true, fill })} path="/definitions/revert" body={{ version: back }} action={t('backNow')} done={done} close={close} back={() => setBack(0)} /></>;
  const numbers = list.map((v) => String(v.version));
  const all = [...new Set([...numbers, ...(pair ? [pair.from, pair.to] : [])])].filter((n) => n !== 'draft');
  const choose = (side) => <label class="row tight">{t(side === 'from' ? 'compareFrom' : 'compareTo')} <select value={pair?.[side] ?? ''} onChange={(e) => setPair({ from: numbers[0], to: 'draft', ...pair, [side]: e.currentTarget.value })}>
    <option value="" disabled>–</option>{side === 'to' && changed.value ? <option value="draft">{t('myDraft')}</option> : null}{all.map((n) => <option key={n} value={n}>{t('versionN', { n })}</option>)}</select></label>;
  return <><h2>{t('history')}</h2>
    {error ? <p class="note bad" role="alert">{error}</p> : null}
    <div class="row">{choose('from')}{choose('to')}{pair ? <button type="button" class="small" onClick={() => setPair(null)}>{t('toList')}</button> : null}</div>
    {pair ? <Compared key={`${pair.from} ${pair.to}`} from={pair.from} to={pair.to} />
      : <div class="table-box" tabindex="0" role="region" aria-label={t('history')}><table class="list versions"><thead><tr><th scope="col">{t('version')}</th><th scope="col">{t('publishedAt')}</th><th scope="col">{t('by_')}</th><th scope="col">{t('note')}</th><th scope="col"><span class="sr">{t('changesOf')}</span></th></tr></thead>
        <tbody>{list.map((v) => <Version key={v.version} v={v} compare={(a, b) => setPair({ from: a, to: b })} back={setBack} />)}</tbody></table>
      {next ? <p><button type="button" class="small" onClick={() => more(next)}>{t('older')}</button></p> : null}</div>}
    <div class="actions"><button type="button" onClick={close}>{t('closeIt')}</button></div></>;
}
