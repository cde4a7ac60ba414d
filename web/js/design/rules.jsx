// Rules: the plugins of the app, those that concern the form first; their text with completion, tried
// on a record without keeping anything, and the mistakes they made at work.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, toast } from '../lib/api.js';
import { CodeFile } from './code_file.jsx';
import { callAt, completeLua } from './complete_lua.js';
import { Choice, useMade } from './inputs.jsx';
import { nameFor } from './names.js';
import { fieldsOf, formPath, forms, ledTo, optionsOf, roles, stagesOf, transitionsOf } from './names_of.js';
import { RuleTry } from './rule_try.jsx';
import { startText, starters } from './rule_start.js';
import { editAll, files, issues, treeOf, waiting, write } from './store.js';
import { lang, langs, t } from './words.js';

const isRule = (path) => path.endsWith('.lua');
const nameOf = (path) => path.slice('plugins/'.length, -'.lua'.length);

/** Does the plugin handle records of the form, or offer a button there? */
function concerns(one, form, text) {
  if (!one) return text.includes(`"${form}.`) || text.includes(`"${form}"`);
  return one.handlers.some((h) => h.event.startsWith(`${form}.`)) || one.actions.some((a) => a.form === form);
}

/** What the server knows of the rules; asked again when their text has changed. */
function useInfo(form) {
  const [info, setInfo] = useState(null);
  const [error, setError] = useState('');
  const [asked, setAsked] = useState(0);
  const text = [...files.value.values()].filter((f) => isRule(f.path)).map((f) => f.text).join('\0');
  const busy = waiting.value > 0;
  useEffect(() => {
    if (busy) return undefined;
    let live = true;
    api('GET', `/definitions/rules/${form}`).then((now) => { if (live) { setInfo(now); setError(''); } }, (e) => { if (live) setError(e.message); });
    return () => { live = false; };
  }, [form, text, busy, asked]);
  return { info, error, again: () => setAsked((n) => n + 1) };
}

function NewRule({ form, info, made }) {
  const [kind, setKind] = useState();
  const owner = treeOf(formPath(form))?.owner;
  const options = starters(info.events, { form, stages: stagesOf(form), transitions: transitionsOf(form), owner }, info.calls);
  const [busy, setBusy] = useState(false);
  const { text, setText, box } = useMade();
  const add = async (e) => {
    e.preventDefault();
    if (busy) return;
    let path;
    setBusy(true);
    await editAll(async () => {
      const name = await nameFor(text || form, new Set([...files.value.keys()].filter(isRule).map(nameOf)), 'rule');
      path = `plugins/${name}.lua`;
      return [{ path, text: startText(kind ?? options[0].value, info.events, { name, form, owner, langs }) }];
    }).then(() => { setText(''); made(path); }, () => {}).finally(() => setBusy(false));
  };
  return <details class="keys-group" open={![...files.value.keys()].some(isRule)}><summary>{t('newRule')}</summary><form class="stack tight" onSubmit={add}>
    <label class="field"><span class="label">{t('ruleWhen')}</span><Choice blank={null} value={kind ?? options[0].value} options={options} put={setKind} /></label>
    <label class="field"><span class="label">{t('whatCalled')}</span><input {...box} /></label>
    <div><button class="small" disabled={busy}>{t('create')}</button></div></form></details>;
}

function RuleList({ form, info, path, choose }) {
  const all = [...files.value.values()].filter((f) => isRule(f.path) && f.text != null);
  const about = (f) => info?.plugins.find((p) => p.path === f.path);
  const mine = all.filter((f) => concerns(about(f), form, f.text));
  const wrong = (p) => issues.value.filter((i) => i.file === p).length;
  const list = (some) => <ul class="rule-list">{some.map((f) => <li key={f.path}><button type="button" class="palette-item" aria-current={f.path === path ? 'true' : undefined} onClick={() => choose(f.path)}>
    <span class="grow">{nameOf(f.path)}</span>{wrong(f.path) ? <span class="chip s-lost">{wrong(f.path)}<span class="sr"> {t('mistakes')}</span></span> : null}</button></li>)}</ul>;
  return <><h2>{t('rulesHere')}</h2>{mine.length ? list(mine) : <p class="muted small">{t('noRules')}</p>}
    {all.length > mine.length ? <><h2>{t('rulesElse')}</h2>{list(all.filter((f) => !mine.includes(f)))}</> : null}</>;
}

function Failures({ one, goTo, again }) {
  const list = one?.failures ?? [];
  const line = (error) => Number(/^[^:]+:(\d+):/.exec(error)?.[1]);
  return <section class="stack tight"><div class="row"><h2 class="grow">{t('lastErrors')}</h2><button type="button" class="small" onClick={again}>{t('reload')}</button></div>
    {list.length ? <ul class="failures">{list.map((f) => <li key={f.id}>
      <div class="small muted">{new Date(f.at).toLocaleString(lang)} · {f.event}{f.by ? ` · ${f.by}` : ''}{f.record ? <> · <a href={`/f/${f.form}/${f.record}`}>{f.title || f.record}</a></> : null}</div>
      <div>{line(f.error) ? <button type="button" class="link" onClick={() => goTo(line(f.error))}>{f.error}</button> : f.error} <a class="small" href={`/admin/runs/${f.id}`}>{t('trace')}</a></div></li>)}</ul>
      : <p class="muted small">{t('noErrors')}</p>}</section>;
}

/** What a completion may name. */
const envOf = (info, form) => ({ calls: info?.calls ?? [], events: info?.events ?? [], form, forms: forms(), roles: roles(), stagesOf, transitionsOf, optionsOf,
  ledTo: (f, key) => info?.system[f]?.find((x) => x.value === key)?.to ?? ledTo(f, key), fieldsOf: (f) => info?.system[f] ?? fieldsOf(f, true) });

function Issues({ path, goTo }) {
  const own = issues.value.filter((i) => i.file === path);
  return <div role="status">{own.length ? <ul class="issue">{own.map((i) => <li key={`${i.line} ${i.message}`}><button type="button" class="link" onClick={() => goTo(i.line)}>{t('line', { n: i.line })}</button> {i.message}</li>)}</ul> : null}</div>;
}

export function Rules({ form }) {
  const { info, error, again } = useInfo(form);
  const [chosen, setPath] = useState(null);
  const [place, setPlace] = useState(null);
  const all = [...files.value.values()].filter((f) => isRule(f.path) && f.text != null);
  const first = all.find((f) => concerns(info?.plugins.find((p) => p.path === f.path), form, f.text));
  const path = all.some((f) => f.path === chosen) ? chosen : first?.path ?? null;
  const env = useMemo(() => envOf(info, form), [info, form, files.value]);
  const goTo = (line, at = path) => { setPath(at); setPlace(at === path ? { line } : null); if (at !== path) setTimeout(() => setPlace({ line })); };
  const hover = (text, pos) => {
    const found = callAt(text, pos, env);
    return found && { ...found, title: `${found.call.name}(${found.call.args})`, help: found.call.help };
  };
  const remove = async () => {
    if (!confirm(t('ruleRemove', { name: nameOf(path) }))) return;
    await write(path, null).then(() => { setPath(null); toast(t('ruleRemoved')); }, () => {});
  };
  return <div class="design-three" data-rules={info && !waiting.value ? 'ready' : ''}>
    <aside class="palette stack tight" aria-label={t('part_rules')}><RuleList form={form} info={info} path={path} choose={setPath} />{info ? <NewRule form={form} info={info} made={setPath} /> : null}</aside>
    <div class="rule-text stack tight">{error ? <p class="note bad" role="alert">{error}</p> : null}
      {path ? <><div class="row"><h2 class="grow"><code>{path}</code></h2><button type="button" class="small bad" onClick={remove}>{t('remove')}</button></div>
        <CodeFile key={path} path={path} complete={(text, pos) => completeLua(text, pos, env)} hover={hover} goTo={place} /><Issues path={path} goTo={goTo} /></>
        : <div class="panel empty"><strong>{t('noRules')}</strong><p>{t('rulesAre')}</p></div>}</div>
    <aside class="properties stack" aria-label={t('tryRule')}>{info ? <RuleTry key={form} form={form} info={info} goTo={(plugin, line) => goTo(line, `plugins/${plugin}.lua`)} /> : <p role="status">{t('loading')}</p>}
      {path ? <Failures one={info?.plugins.find((p) => p.path === path)} goTo={goTo} again={again} /> : null}</aside></div>;
}
