// The text of a file, completed and explained by the tables of keys, beside what is published.
import { useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { CodeFile } from './code_file.jsx';
import { completeYaml, explainYaml } from './complete_yaml.js';
import { fieldsOf, flowsOf, formPath, forms, roles, stagesOf, viewsOf, workflows } from './names_of.js';
import { Diff } from './proposal.jsx';
import { file, tables } from './store.js';
import { t } from './words.js';

/** What a completion may name. */
const names = () => ({
  forms: forms(), roles: roles(), stagesOf, fieldsOf: (form) => fieldsOf(form, true), viewsOf, workflowsOf: (form) => workflows().filter((w) => w.form === form),
  functions: tables.value.functions.map((f) => ({ value: f.name, detail: `(${f.args ?? ''})`, help: f.help, call: true })),
});

export function Text({ path }) {
  const [diff, setDiff] = useState(null);
  const compare = async () => setDiff(diff === null ? (await api('GET', '/definitions/diff?to=draft').catch((e) => ({ diff: e.message }))).diff ?? '' : null);
  return <div class="stack">
    <div class="row"><button type="button" class="small" aria-pressed={diff !== null} onClick={compare}>{t('compare')}</button></div>
    {diff !== null ? (diff ? <Diff text={diff} /> : <p class="muted">{t('nothing')}</p>) : null}
    <CodeFile path={path} complete={(text, pos) => completeYaml(text, pos, file(path)?.kind, tables.value, names())}
      hover={(text, pos) => explainYaml(text, pos, file(path)?.kind, tables.value)} /></div>;
}

/** The form's file, those of its workflows and the app's, each under its tab. */
export function TextPart({ form }) {
  const paths = [formPath(form), ...flowsOf(form).map((f) => f.path), 'app.yaml'];
  const [path, setPath] = useState(paths[0]);
  return <div class="design-one stack"><nav class="tabs" aria-label={t('files')}>{paths.map((p) => <button type="button" key={p} class="tab plain" aria-current={p === path ? 'page' : undefined} onClick={() => setPath(p)}>{p}</button>)}</nav>
    <Text key={path} path={path} /></div>;
}
