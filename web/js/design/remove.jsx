// Before something goes: what uses it, by the server's word. The act is tried there; what would then
// be wrong, and is not now, are its uses.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { editAll, tryAll } from './store.js';
import { issueText, issueWords, showPlace } from './places.js';
import { t } from './words.js';

const asked = signal(null);

/**
 * Removes by one act (see editAll), at once where nothing uses it. along: labels of what goes with
 * it. Resolves with whether it is gone; the promise lasts as long as the question stands.
 */
export async function removal({ name, list, along = [] }) {
  const { issues, rules } = await tryAll(list).catch(() => ({ issues: [], rules: [] }));
  const go = await (issues.length || rules.length
    ? new Promise((answer) => { asked.value = { name, along, issues, rules, answer }; }) : true);
  if (!go) return false;
  await editAll(list);
  return true;
}

/** The question, while there is one. */
export function Removal() {
  const now = asked.value;
  const box = useRef(null);
  useEffect(() => { if (now) box.current?.showModal(); }, [now]);
  if (!now) return null;
  // Closing gives the focus back to what it was pressed on.
  const end = (go) => { box.current?.close(); asked.value = null; now.answer(go); };
  const lead = (i) => { end(false); showPlace(i.file, i.path); };
  return <dialog ref={box} class="wide" aria-labelledby="removal-title" onCancel={(e) => { e.preventDefault(); end(false); }}>
    <div class="stack"><h2 id="removal-title">{t('removeWhat', { name: now.name })}</h2>
      {now.along.length ? <p>{t('goesAlong')} {now.along.join(', ')}</p> : null}
      <p>{t('usedBy')}</p>
      <ul class="uses">{now.issues.map((i, n) => <li key={n}><button type="button" class="plain" onClick={() => lead(i)}>{issueWords(i)}</button> <span class="muted small">{issueText(i)}</span></li>)}
        {now.rules.map((r, n) => <li key={`r${n}`}><span>{r.file}:{r.line}</span> <code class="small">{r.text}</code></li>)}</ul>
      <p class="muted small">{t('removeThen')}</p>
      <div class="actions"><button type="button" class="bad" onClick={() => end(true)}>{t('removeAll')}</button>
        <button type="button" autofocus onClick={() => end(false)}>{t('dismiss')}</button></div>
    </div></dialog>;
}
