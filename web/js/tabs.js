// Parts of a form or record as tabs. Without script all of them are shown, and the names above lead
// to them; with it one is shown, by mouse and by arrow keys. What asks for attention comes forward:
// a field with a mistake, a link to a field, a part that the address names.

const hidden = (panel) => panel.querySelectorAll(':scope > [data-section]').length > 0
  && [...panel.querySelectorAll(':scope > [data-section]')].every((s) => s.hidden);

// Brings the tab into sight in its row; the page stays where it is.
function within(row, tab) {
  const [r, t] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  row.scrollLeft += Math.min(0, t.left - r.left) + Math.max(0, t.right - r.right);
}

function select(tabs, tab, focus) {
  for (const t of tabs) {
    const on = t === tab;
    t.setAttribute('aria-selected', String(on));
    t.tabIndex = on ? 0 : -1;
    t.panel.classList.toggle('off', !on);
  }
  if (focus) tab.focus();
  within(tab.closest('[role="tablist"]'), tab);
}

const shown = (tabs) => tabs.filter((t) => !t.hidden);
const current = (tabs) => tabs.find((t) => t.getAttribute('aria-selected') === 'true');

// A part whose sections are all hidden by their conditions has no tab.
function follow(tabs) {
  for (const t of tabs) {
    const gone = hidden(t.panel);              // what does not change is not set: it is observed
    if (t.hidden !== gone) t.hidden = gone;
    if (t.panel.hidden !== gone) t.panel.hidden = gone;
  }
  const now = current(tabs);
  if (!now || now.hidden) {
    const [first] = shown(tabs);
    if (first) select(tabs, first, false);
  }
}

function keys(event, tabs) {
  const open = shown(tabs);
  const at = open.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: open.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  select(tabs, open[(to + open.length) % open.length], true);
}

function forward(tabs, element) {
  const tab = element && tabs.find((t) => t.panel.contains(element) || t.panel === element);
  if (tab && !tab.hidden) select(tabs, tab, false);
  return tab;
}

function wire(box) {
  const list = box.querySelector(':scope > nav');
  const tabs = [...list.querySelectorAll('a')];
  list.setAttribute('role', 'tablist');
  for (const t of tabs) {
    t.panel = document.getElementById(t.hash.slice(1));
    t.id = `${t.panel.id}-tab`;
    t.setAttribute('role', 'tab');
    t.setAttribute('aria-controls', t.panel.id);
    t.panel.setAttribute('role', 'tabpanel');
    t.panel.removeAttribute('aria-label');
    t.panel.setAttribute('aria-labelledby', t.id);
  }
  box.classList.add('live');
  list.addEventListener('click', (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (!tab) return;
    event.preventDefault();
    select(tabs, tab, true);
  });
  list.addEventListener('keydown', (event) => keys(event, tabs));
  follow(tabs);
  const wrong = box.querySelector('[aria-invalid="true"], .field .issue');
  forward(tabs, wrong ?? (location.hash ? document.getElementById(location.hash.slice(1)) : null));
  new MutationObserver(() => follow(tabs)).observe(box, { subtree: true, attributeFilter: ['hidden'] });
  // A link to a field elsewhere on the page, such as in the summary of mistakes.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]:not([role="tab"])');
    if (link) forward(tabs, document.getElementById(link.hash.slice(1)));
  });
  addEventListener('hashchange', () => forward(tabs, document.getElementById(location.hash.slice(1))));
}

export function start() {
  for (const box of document.querySelectorAll('[data-tabs]')) wire(box);
}
