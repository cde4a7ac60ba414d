// An editor of text, by CodeMirror: YAML and Lua, with marks where something is wrong. The only
// file that names its packages.
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { StreamLanguage, bracketMatching, foldGutter, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lua } from '@codemirror/legacy-modes/mode/lua';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { classHighlighter } from '@lezer/highlight';
import { Annotation, EditorState } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';

const own = Annotation.define();

/**
 * @param {Element} parent
 * @param {{text: string, lua: boolean, label: string, nonce?: string, changed: (text: string) => void, complete?: Function}} how
 */
export function codeEditor(parent, how) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: how.text,
      extensions: [
        how.nonce ? EditorView.cspNonce.of(how.nonce) : [], lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(),
        closeBrackets(), highlightActiveLine(), lintGutter(), syntaxHighlighting(classHighlighter),
        how.lua ? StreamLanguage.define(lua) : yaml(), how.complete ? autocompletion({ override: [how.complete] }) : [],
        keymap.of([...completionKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap]), EditorView.lineWrapping, EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ 'aria-label': how.label }),
        EditorView.updateListener.of((u) => { if (u.docChanged && !u.transactions.some((x) => x.annotation(own))) how.changed(u.state.doc.toString()); }),
      ],
    }),
  });
  const offset = (line, column) => {
    const at = view.state.doc.line(Math.min(Math.max(line || 1, 1), view.state.doc.lines));
    return Math.min(at.from + Math.max((column || 1) - 1, 0), at.to);
  };
  return {
    /** Another text from elsewhere: only what differs is replaced, so the cursor stays. */
    put(text) {
      const now = view.state.doc.toString();
      if (now === text) return;
      let from = 0;
      while (from < now.length && from < text.length && now[from] === text[from]) from += 1;
      let back = 0;
      while (back < now.length - from && back < text.length - from && now[now.length - 1 - back] === text[text.length - 1 - back]) back += 1;
      view.dispatch({ changes: { from, to: now.length - back, insert: text.slice(from, text.length - back) }, annotations: own.of(true) });
    },
    mark(issues) {
      view.dispatch(setDiagnostics(view.state, issues.map((i) => {
        const from = offset(i.line, i.column);
        return { from, to: Math.max(from, view.state.doc.lineAt(from).to), severity: 'error', message: i.message };
      })));
    },
    end() { view.destroy(); },
  };
}
