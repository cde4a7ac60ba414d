// The designer's own words, in the reader's language: templates have them, and the server sends them.
let known = new Map();

export async function openWords() {
  const answer = await fetch('/api/v1/definitions/words', { credentials: 'same-origin' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  known = new Map([...page.querySelectorAll('[data-k]')].map((e) => [e.dataset.k, e.textContent]));
}

/** @param {string} key @param {Record<string, string | number>} [with_] */
export function t(key, with_ = {}) {
  const text = known.get(key);
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (all, name) => with_[name] ?? all);
}

const host = document.querySelector('#design');
export const langs = JSON.parse(host?.dataset.langs ?? '["en"]');
export const lang = host?.dataset.lang ?? 'en';

/** A label of a definition, a text or one by language, as this reader is shown it. */
export function labelOf(label, otherwise) {
  if (label === null || label === undefined) return otherwise;
  if (typeof label !== 'object') return String(label);
  return label[lang] ?? label[langs[0]] ?? Object.values(label)[0] ?? otherwise;
}

/** The language's name in itself. */
export const langName = (code) => new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
