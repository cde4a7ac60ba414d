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
import { EditorView, drawSelection, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';

const own = Annotation.define();

const helpBox = (title, help) => {
  const dom = document.createElement('div');
  dom.className = 'code-help';
  const code = document.createElement('code');
  code.textContent = title;
  dom.append(code, ...(help ? [document.createElement('p')] : []));
  if (help) dom.lastChild.textContent = help.replace(/`/g, '');
  return dom;
};

// Ours: {from, options: [{value, label, detail, help, call, assign, keyword}], quoted}.
function offered(found, explicit, pos) {
  if (!found || (!explicit && !found.quoted && found.from === pos && !found.open)) return null;
  return {
    from: found.from, validFor: found.quoted ? /^[\w.]*$/ : /^[\p{L}\p{N}_-]*$/u,
    options: found.options.map((o) => ({
      label: o.value, detail: o.detail ?? (o.label && o.label !== o.value ? o.label : undefined), type: o.keyword ? 'keyword' : o.call ? 'function' : 'property',
      boost: o.keyword ? -50 : o.boost, info: o.help ? () => helpBox(`${o.value}${o.detail ?? ''}`, o.help) : undefined,
      apply: o.apply ?? (o.assign ? `${o.value} = ` : o.call ? (view, _, from, to) => view.dispatch({ changes: { from, to, insert: `${o.value}()` }, selection: { anchor: from + o.value.length + 1 } }) : undefined),
    })),
  };
}

const hovered = (hover) => hoverTooltip((view, pos) => {
  const found = hover(view.state.doc.toString(), pos);
  return found ? { pos: found.from, end: found.to, above: true, create: () => ({ dom: helpBox(found.title, found.help) }) } : null;
});

/**
 * complete(text, pos): what may stand there (see offered). hover(text, pos): {from, to, title, help}.
 * @param {Element} parent
 * @param {{text: string, lua: boolean, label: string, nonce?: string, changed: (text: string) => void, left?: () => void, complete?: Function, hover?: Function}} how
 */
export function codeEditor(parent, how) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: how.text,
      extensions: [
        how.nonce ? EditorView.cspNonce.of(how.nonce) : [], lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(),
        closeBrackets(), highlightActiveLine(), lintGutter(), syntaxHighlighting(classHighlighter),
        how.lua ? StreamLanguage.define(lua) : yaml(), how.complete ? autocompletion({ override: [(c) => offered(how.complete(c.state.doc.toString(), c.pos), c.explicit, c.pos)], icons: false }) : [],
        how.hover ? hovered(how.hover) : [],
        keymap.of([...completionKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap]), EditorView.lineWrapping, EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ 'aria-label': how.label, tabindex: '0' }),
        EditorView.domEventHandlers({ blur: () => { how.left?.(); } }),
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
    go(line) {
      const at = offset(line, 1);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      view.focus();
    },
    end() { view.destroy(); },
  };
}
