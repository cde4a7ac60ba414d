// File fields: files go up as soon as they are chosen, dropped or pasted, with progress; what
// the form then sends are their ids. Without this script the form sends the files themselves.
import { csrf } from './lib/api.js';

const pending = new Map();               // form → promises of uploads under way

const el = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

export function sizeText(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1048576) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1048576).toFixed(1)} MB`;
}

/** Sends one file; progress(part of 1). Resolves with what the API says of it. */
function send(file, progress) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', `/api/v1/files?name=${encodeURIComponent(file.name)}`);
    call.setRequestHeader('X-CSRF-Token', csrf());
    call.setRequestHeader('Content-Type', 'application/octet-stream');
    call.responseType = 'json';
    call.upload.addEventListener('progress', (event) => { if (event.lengthComputable) progress(event.loaded / event.total); });
    call.addEventListener('load', () => {
      if (call.status === 201) resolve(call.response);
      else reject(new Error(call.response?.detail ?? ''));
    });
    call.addEventListener('error', () => reject(new Error('')));
    call.send(file);
  });
}

class Box {
  constructor(box, changed) {
    Object.assign(this, { box, changed, input: box.querySelector('input[type="file"]'), list: box.querySelector('.file-list'), text: box.dataset });
    this.many = 'many' in box.dataset;
    this.note = el('p', { className: 'issue small', hidden: true });
    this.note.setAttribute('role', 'alert');
    this.said = el('span', { className: 'sr' });
    this.said.setAttribute('role', 'status');
    box.append(this.note, this.said);
    box.live = this;
    for (const item of [...this.list.children]) this.adopt(item);
    if ('readonly' in box.dataset) return;
    box.insertBefore(el('p', { className: 'muted small drop-hint', textContent: this.text.tDrop }), this.note);
    this.wire();
    if ('draws' in box.dataset) this.drawing();
  }

  wire() {
    const { box, input } = this;
    input.addEventListener('change', () => {
      const files = [...input.files];
      input.value = '';
      this.add(files);
    });
    box.addEventListener('dragover', (event) => {
      if (![...event.dataTransfer.types].includes('Files')) return;
      event.preventDefault();
      box.classList.add('over');
    });
    box.addEventListener('dragleave', () => box.classList.remove('over'));
    box.addEventListener('drop', (event) => {
      box.classList.remove('over');
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
    box.addEventListener('paste', (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      this.add([...event.clipboardData.files]);
    });
  }

  /** What the server drew, or made(): its boxes become a button. */
  adopt(item) {
    const hidden = item.querySelector('input[type="hidden"]');
    hidden.disabled = false;
    const keep = item.querySelector('.keep');
    if (!keep) return;
    keep.remove();
    this.removable(item);
  }

  removable(item) {
    const name = item.querySelector('a').textContent;
    const button = el('button', { type: 'button', className: 'plain small', textContent: '✕' });
    button.setAttribute('aria-label', `${this.text.tRemove} ${name}`);
    button.addEventListener('click', () => {
      item.remove();
      this.input.focus();
      this.tell(`${this.text.tRemove}: ${name}`);
    });
    item.append(button);
  }

  /** Shows a file that is there already; in a list at the place of what stood for it. */
  put(file, place) {
    const item = el('li', {}, el('input', { type: 'hidden', name: this.input.name, value: String(file.id) }));
    item.dataset.file = String(file.id);
    if (/^image\/(png|jpeg|gif|webp)$/.test(file.type)) item.append(el('img', { src: `${file.url}?thumbnail=1`, alt: '' }));
    item.append(el('a', { href: file.url, target: '_blank', rel: 'noopener', textContent: file.name }),
      el('span', { className: 'muted', textContent: sizeText(file.size) }));
    if (!this.many) this.list.replaceChildren(item);
    else if (place) place.replaceWith(item);
    else this.list.append(item);
    this.removable(item);
  }

  files() {
    return [...this.list.querySelectorAll('li[data-file]')].map((li) => ({
      id: Number(li.dataset.file), name: li.querySelector('a').textContent, url: li.querySelector('a').getAttribute('href'),
      size: 0, type: li.querySelector('img') ? 'image/png' : '',
    }));
  }

  tell(text) {
    this.said.textContent = text;
    this.changed(this.input);
  }

  fail(text) {
    this.note.hidden = !text;
    this.note.textContent = text;
  }

  add(files) {
    this.fail('');
    for (const file of this.many ? files : files.slice(0, 1)) this.one(file);
  }

  one(file) {
    const most = Number(this.text.max || 0);
    if (most && file.size > most) {
      this.fail(`${file.name} ${this.text.tLarge} ${this.text.most}`);
      return;
    }
    const bar = el('progress', { max: 1, value: 0 });
    bar.setAttribute('aria-label', file.name);
    const item = el('li', {}, el('span', { textContent: file.name }), bar);
    this.list.append(item);
    const { form } = this.input;
    const done = send(file, (part) => { bar.value = part; }).then((made) => {
      if (item.isConnected) this.put(made, item);
      this.tell(made.name);
    }, (error) => {
      item.remove();
      this.fail(`${file.name} ${this.text.tFailed}${error.message ? `: ${error.message}` : ''}`);
    }).finally(() => pending.get(form)?.delete(done));
    if (!pending.has(form)) pending.set(form, new Set());
    pending.get(form).add(done);
  }

  drawing() {
    const open = el('button', { type: 'button', className: 'small', textContent: this.text.tSign });
    this.box.insertBefore(open, this.input);
    open.addEventListener('click', async () => {
      const { pad } = await import('./lib/signature.js');
      open.hidden = true;
      const drawn = await pad(this.box, this.input, this.text);
      open.hidden = false;
      open.focus();
      if (drawn) this.add([drawn]);
    });
  }
}

/** What a form waits with until its files are up. */
function hold(form) {
  if (form.dataset.holds !== undefined) return;
  form.dataset.holds = '';
  form.addEventListener('submit', (event) => {
    const open = pending.get(form);
    if (!open?.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    Promise.allSettled([...open]).then(() => form.requestSubmit(event.submitter));
  }, true);
}

/** Makes the file fields below root live. changed(control) after each change. */
export function wireFiles(form, root, changed) {
  const boxes = [...root.querySelectorAll('[data-files]')].filter((box) => !box.live && !box.closest('template'));
  for (const box of boxes) new Box(box, changed);
  if (boxes.length) hold(form);
}

const boxOf = (form, name) => form.querySelector(`[data-files="${CSS.escape(name)}"]`);

/** Ids in a file field: one or null, or a list; undefined: there is no such field. */
export function fileIds(form, name) {
  const box = boxOf(form, name);
  if (!box) return undefined;
  const ids = [...box.querySelectorAll('li[data-file]')].map((li) => Number(li.dataset.file));
  return 'many' in box.dataset ? ids : ids.at(-1) ?? null;
}

/** For a draft: [[field, files], …], and back. */
export function keepFiles(form) {
  return [...form.querySelectorAll('[data-files]')].filter((box) => box.live).map((box) => [box.dataset.files, box.live.files()]);
}

export function putFiles(form, kept) {
  for (const [name, files] of kept ?? []) {
    const box = boxOf(form, name)?.live;
    box?.list.replaceChildren();
    for (const file of files) box?.put(file);
  }
}
