// Filter, columns and saved views: pages of their own that come as a panel beside the list. A
// choice that changes what can be asked next draws the panel anew; what is applied leads on.

const formOf = (html) =>
  new DOMParser().parseFromString(html, 'text/html').querySelector('main form[data-panel-form]');

function show(box, form, focus) {
  const named = (name) => (name ? box.querySelector(`[name="${CSS.escape(name)}"]`) : null);
  const old = document.activeElement?.name;
  box.replaceChildren(document.adoptNode(form));
  (box.querySelector('[aria-invalid="true"]') ?? named(focus) ?? named(old) ?? box.querySelector('input:not([type="hidden"]), select, button'))?.focus();
}

async function send(box, form, submitter, focus) {
  const data = new URLSearchParams(new FormData(form, submitter));
  const post = form.method === 'post';
  const at = new URL(submitter?.formAction && submitter.hasAttribute('formaction') ? submitter.formAction : form.action);
  if (!post) at.search = data;
  const answer = await fetch(at, { method: post ? 'POST' : 'GET', body: post ? data : undefined,
    credentials: 'same-origin', headers: { Accept: 'text/html' } });
  const again = !answer.redirected && formOf(await answer.text());
  if (again) show(box, again, focus);
  else location.href = answer.url;
}

/** @param {string} href the page whose form is shown */
export async function panel(href) {
  const answer = await fetch(href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  const form = formOf(await answer.text());
  if (!form) { location.href = href; return; }
  document.querySelector('dialog.side-panel')?.close();
  const box = document.createElement('dialog');
  box.className = 'side-panel';
  box.setAttribute('aria-label', form.querySelector('h1')?.textContent ?? '');
  const fail = () => { location.href = href; };
  document.body.append(box);
  box.addEventListener('close', () => box.remove());
  box.addEventListener('click', (event) => {
    if (event.target === box || event.target.closest('[data-close]')) { event.preventDefault(); box.close(); }
  });
  box.addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.submitter?.dataset.ask && !confirm(event.submitter.dataset.ask)) return;
    send(box, event.target, event.submitter).catch(fail);
  });
  box.addEventListener('change', (event) => {
    if (event.target.matches('[data-redraw]')) send(box, event.target.form, null, event.target.dataset.then).catch(fail);
  });
  show(box, form);
  box.showModal();
}
