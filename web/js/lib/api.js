// The JSON API with this page's CSRF token, and the small message at the bottom of the page.

/** The token that writes of this page carry. */
export const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? '';

export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body?.code;
    this.fields = body?.fields ?? {};
    this.body = body;
  }
}

/**
 * @param {string} method @param {string} path below /api/v1 @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 */
export async function api(method, path, body, headers = {}) {
  const answer = await fetch(`/api/v1${path}`, {
    method, credentials: 'same-origin',
    headers: {
      Accept: 'application/json', 'X-CSRF-Token': csrf(),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let data = null;
  try { data = text ? JSON.parse(text) : null; } catch { /* not JSON: only its status counts */ }
  if (!answer.ok) throw new Problem(answer.status, data);
  return data;
}

let timer = 0;

/** @param {string} text @param {{label: string, run: () => void}} [undo] */
export function toast(text, undo) {
  let box = document.querySelector('.toast');
  if (!box) {
    box = document.createElement('div');
    box.className = 'toast';
    box.setAttribute('role', 'status');
    document.body.append(box);
  }
  box.replaceChildren(text);
  if (undo) {
    const button = document.createElement('button');
    button.textContent = undo.label;
    button.addEventListener('click', () => { box.remove(); undo.run(); });
    box.append(' ', button);
  }
  clearTimeout(timer);
  timer = setTimeout(() => box.remove(), undo ? 9000 : 6000);
}
