// A small form in a dialog: the same page the link leads to, its form taken out and shown
// here. What the server refuses comes back as that form with its issues.
import { start } from './form.js';

function formOf(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  return page.querySelector('main form[data-rules]');
}

function show(box, form) {
  box.replaceChildren(document.adoptNode(form));
  form.classList.remove('panel');
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
  const again = formOf(await answer.text());
  if (again) show(box, again);
  else location.href = form.dataset.page;
}

/**
 * Opens the form at href. Resolves when it was sent (true) or given up (false); without
 * `stay` the page is then loaded anew.
 * @param {string} href @param {{stay?: boolean}} [how]
 */
export async function dialog(href, how = {}) {
  const answer = await fetch(href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  const form = formOf(await answer.text());
  if (!form) {
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
    box.addEventListener('close', () => { box.remove(); resolve(sent); });
    box.addEventListener('click', (event) => {
      if (event.target.closest('[data-close]')) { event.preventDefault(); box.close(); }
    });
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      const sending = event.target;
      sending.dataset.page = href;
      const button = event.submitter;
      if (button) button.disabled = true;
      send(box, sending, settle).catch(() => sending.submit());
    });
    show(box, form);
    box.showModal();
  });
}
