// A small form in a dialog: the same page the link leads to, its form taken out and shown
// here. What the server refuses comes back as that form with its issues, what it did to several
// records as a list of them.
import { start } from './form.js';

function partOf(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  return page.querySelector('main form[data-rules], main [data-result]');
}

function show(box, part) {
  box.replaceChildren(document.adoptNode(part));
  part.classList.remove('panel');
  if (part.matches('[data-result]')) {
    part.querySelector('h1').focus();
    return;
  }
  start(box);
  const first = box.querySelector('[data-summary], [aria-invalid="true"], input:not([type="hidden"]), select, textarea, button');
  first?.focus();
}

async function send(box, form, settle) {
  const values = new FormData(form);
  const body = form.enctype === 'multipart/form-data' ? values : new URLSearchParams(values);
  const answer = await fetch(form.action, {
    body,
    method: 'POST', credentials: 'same-origin',
    headers: { Accept: 'text/html' },
  });
  if (answer.redirected) {
    settle(answer.url);
    return;
  }
  const again = partOf(await answer.text());
  if (again) show(box, again);
  else if (form.dataset.page) location.href = form.dataset.page;
  else throw new Error(`HTTP ${answer.status}`);
}

/**
 * Opens the form at href, which is what a post of `body` answers where there is one. Resolves when
 * it was sent (true) or given up (false); without `stay` the page is then loaded anew.
 * @param {string} href @param {{stay?: boolean, body?: URLSearchParams}} [how]
 */
export async function dialog(href, how = {}) {
  const answer = await fetch(href, {
    method: how.body ? 'POST' : 'GET', body: how.body, credentials: 'same-origin', headers: { Accept: 'text/html' },
  });
  const form = partOf(await answer.text());
  if (!form) {
    if (how.body) throw new Error(`HTTP ${answer.status}`);
    location.href = href;
    return false;
  }
  const box = document.createElement('dialog');
  document.body.append(box);
  box.setAttribute('aria-label', form.querySelector('h1')?.textContent ?? '');
  return new Promise((resolve) => {
    let sent = false;
    const settle = (url) => {
      sent = true;
      box.close();
      if (!how.stay) {
        if (url.split('#')[0] === location.href.split('#')[0]) location.reload();
        else location.href = url;
      }
    };
    box.addEventListener('close', () => {
      const done = box.querySelector('[data-result]');
      box.remove();
      resolve(sent || Boolean(done));
      if (done && !how.stay) location.reload();
    });
    box.addEventListener('click', (event) => {
      if (event.target.closest('[data-close]')) { event.preventDefault(); box.close(); }
    });
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      const sending = event.target;
      if (!how.body) sending.dataset.page = href;
      const button = event.submitter;
      if (button) button.disabled = true;
      send(box, sending, settle).catch(() => sending.submit());
    });
    show(box, form);
    box.showModal();
  });
}
