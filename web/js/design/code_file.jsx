// A file as text: what is typed here is seen in the other parts, and theirs here; with marks where
// something is wrong.
import { useEffect, useRef, useState } from 'preact/hooks';
import { effect } from '@preact/signals';
import { codeEditor } from '../lib/code.js';
import { file, files, issues, write } from './store.js';

const SOON = 700;

/** complete, hover: as lib/code.js takes them. goTo: {line}, a new one each time. */
export function CodeFile({ path, complete, hover, goTo }) {
  const box = useRef(null);
  const made = useRef(null);
  const how = useRef({});
  Object.assign(how.current, { complete, hover });
  const [failed, setFailed] = useState('');
  useEffect(() => {
    let timer = 0;
    let typed = null;
    let base = file(path)?.text ?? null;          // what was typed over
    let flying = 0;
    const sync = () => {
      if (typed !== null || flying || !made.current) return;
      base = file(path)?.text ?? null;
      editor.put(base ?? '');
    };
    const send = () => {
      clearTimeout(timer);
      const text = typed;
      if (text === null) return;
      typed = null;
      const on = base;
      base = text;
      flying += 1;
      write(path, text, `text ${path}`, on).then(() => { flying -= 1; setFailed(''); sync(); }, (e) => { flying -= 1; if (base === text) base = on; setFailed(e.message); });
    };
    const editor = codeEditor(box.current, {
      text: file(path)?.text ?? '', lua: path.endsWith('.lua'), label: path,
      nonce: document.querySelector('meta[name="nonce"]')?.content,
      complete: (...at) => how.current.complete?.(...at) ?? null, hover: (...at) => how.current.hover?.(...at) ?? null,
      changed: (text) => { typed = text; clearTimeout(timer); timer = setTimeout(send, SOON); },
      left: send,
    });
    made.current = editor;
    const stop = effect(() => {
      const own = files.value && issues.value.filter((i) => i.file === path);
      sync();
      editor.mark(own);
    });
    return () => { send(); stop(); made.current = null; editor.end(); };
  }, [path]);
  useEffect(() => { if (goTo) made.current.go(goTo.line); }, [goTo]);
  return <>{failed ? <p class="note bad lined" role="alert">{failed}</p> : null}<div class="code-box" ref={box} /></>;
}
