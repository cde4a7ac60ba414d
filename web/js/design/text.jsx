// The text of a file, completed and explained by the tables of keys, beside what is published.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { CodeFile } from './code_file.jsx';
import { Diff } from './publish.jsx';
import { t } from './words.js';

export function Text({ path }) {
  const [diff, setDiff] = useState(null);
  const compare = async () => setDiff(diff === null ? (await api('GET', '/definitions/diff?to=draft').catch((e) => ({ diff: e.message }))).diff ?? '' : null);
  return <div class="stack">
    <div class="row"><button type="button" class="small" aria-pressed={diff !== null} onClick={compare}>{t('compare')}</button></div>
    {diff !== null ? (diff ? <Diff text={diff} /> : <p class="muted">{t('nothing')}</p>) : null}
    <CodeFile path={path} /></div>;
}
