// Somebody published what collides with one's draft: for each place what it was, what they made of
// it and what one made of it oneself. The draft stays as it is until each has a word, whatever happens
// to this page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api.js';
import { authorOf } from './follow.js';
import { clashes, open } from './store.js';
import { fileWords, placeOf, valueWords } from './places.js';
import { t } from './words.js';

const idOf = (c) => `${c.file} ${c.path}`;
const whole = (c) => !c.path || c.path.startsWith('line ');

function wordsOf(c) {
  if (!c.path) return { words: [t('wholeFile')], attr: null };
  if (c.path.startsWith('line ')) return { words: [t('lineN', { n: c.path.slice(5) })], attr: null };
  return placeOf(c.file, c.path.split('.'));
}

/** The value of one side. */
export function Side({ clash, side, attr }) {
  const value = clash[side];
  if (clash.order) return <span>{Object.keys(value ?? {}).join(' · ')}</span>;
  const text = valueWords(attr, value);
  if (text === null) return <span class="muted">{whole(clash) ? t('noFile') : t('notThere')}</span>;
  return text.includes('\n') || whole(clash) ? <pre class="code" tabindex="0">{text}</pre> : <span class="lined">{text}</span>;
}

/** All places with both sides; nothing is asked. */
export function Sides({ list }) {
  return <ul>{list.map((c) => {
    const { words, attr } = wordsOf(c);
    return <li key={idOf(c)}><strong>{words.join(' › ')}</strong>{c.order ? ` (${t('inOrder')})` : ''}: {t('theirs')} <Side clash={c} side="theirs" attr={attr} /> · {t('mine')} <Side clash={c} side="mine" attr={attr} /></li>;
  })}</ul>;
}

function One({ clash, chosen, choose }) {
  const { words, attr } = wordsOf(clash);
  const name = idOf(clash);
  const pick = (side) => <label class={`settle-side${chosen === side ? ' chosen' : ''}`}>
    <span class="settle-word"><input type="radio" name={name} checked={chosen === side} onChange={() => choose(side)} /> {t(side)}</span><Side clash={clash} side={side} attr={attr} /></label>;
  return <fieldset class="settle-one"><legend>{words.join(' › ')}{clash.order ? <span class="muted small"> {t('inOrder')}</span> : null}</legend>
    <div class="settle-sides"><div class="settle-side was"><span class="settle-word muted">{t('before_')}</span><Side clash={clash} side="base" attr={attr} /></div>{pick('theirs')}{pick('mine')}</div></fieldset>;
}

/** Who published the file last. */
function useWho(paths) {
  const [who, setWho] = useState(null);
  useEffect(() => {
    api('GET', '/definitions/versions?limit=50').then(({ versions }) => setWho(versions.find((v) => v.files.some((f) => paths.includes(f.path))) ?? null), () => {});
  }, [paths.join()]);
  return who;
}

export function Settle({ after }) {
  const list = clashes.value;
  const [chosen, setChosen] = useState({});
  const [state, setState] = useState({ busy: false, error: '' });
  const title = useRef(null);
  const paths = [...new Set(list.map((c) => c.file))];
  const who = useWho(paths);
  useEffect(() => { title.current?.focus(); }, []);
  const all = (side) => setChosen(Object.fromEntries(list.map((c) => [idOf(c), side])));
  const left = list.filter((c) => !chosen[idOf(c)]).length;
  const done = async () => {
    setState({ busy: true, error: '' });
    try {
      for (const path of paths)
        await api('POST', '/definitions/settle', { path, choose: Object.fromEntries(list.filter((c) => c.file === path).map((c) => [c.path, chosen[idOf(c)]])) });
      setState({ busy: false, error: '' });
    } catch (e) {
      setState({ busy: false, error: e.message });
      // What one word led to may collide once more, as a whole file.
      if (e.body?.clashes) { clashes.value = [...clashes.value.filter((c) => c.file !== e.body.clashes[0].file), ...e.body.clashes]; return; }
    }
    await open().catch(() => {});
    after();
  };
  return <section class="design-one settle stack" aria-labelledby="settle-title"><h2 id="settle-title" tabindex="-1" ref={title}>{t('bothChanged')}</h2>
    <p>{who ? t('whoPublished', { who: authorOf(who) ?? '–', n: who.version }) : ''} {t('settleHow')}</p>
    <div class="row"><button type="button" onClick={() => all('theirs')}>{t('allTheirs')}</button><button type="button" onClick={() => all('mine')}>{t('allMine')}</button></div>
    {paths.map((path) => <section key={path} class="stack tight"><h3>{fileWords(path)} <span class="muted small">{path}</span></h3>
      {list.filter((c) => c.file === path).map((c) => <One key={idOf(c)} clash={c} chosen={chosen[idOf(c)]} choose={(side) => setChosen((now) => ({ ...now, [idOf(c)]: side }))} />)}</section>)}
    {state.error ? <p class="note bad" role="alert">{state.error}</p> : null}
    <div class="row"><button type="button" class="main" disabled={left > 0 || state.busy} onClick={done}>{t('settleDone')}</button>
      <span class="muted small" role="status">{left ? t('settleLeft', { n: left }) : ''}</span></div></section>;
}
