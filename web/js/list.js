// Lists: the next page is fetched when its link comes into sight, and put below; a head clicked
// with Shift sorts within the order there is; records are ticked for what is done to several at once.
import { dialog } from './dialog.js';

function more() {
  const link = document.querySelector('a[data-more]');
  const body = document.querySelector('[data-rows]');
  if (!link || !body) return;
  let busy = false;
  const load = async () => {
    if (busy) return;
    busy = true;
    link.setAttribute('aria-busy', 'true');
    const answer = await fetch(link.href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    body.append(...page.querySelectorAll('[data-rows] > *'));
    count();
    const next = page.querySelector('a[data-more]');
    if (next) link.href = next.href;
    else {
      watch.disconnect();
      link.remove();
    }
    link.removeAttribute('aria-busy');
    busy = false;
  };
  const plain = () => { watch.disconnect(); };      // the link still works as a link
  const watch = new IntersectionObserver((seen) => {
    if (seen.some((x) => x.isIntersecting)) load().catch(plain);
  }, { rootMargin: '400px' });
  watch.observe(link);
  link.addEventListener('click', (event) => { event.preventDefault(); load().catch(() => { location.href = link.href; }); });
}

/** "-amount,name" with one more key, or with that key turned round. */
export function ordered(order, key) {
  const keys = order ? order.split(',') : [];
  const at = keys.findIndex((k) => k.replace(/^-/, '') === key);
  if (at < 0) return [...keys, key].join(',');
  keys[at] = keys[at].startsWith('-') ? key : `-${key}`;
  return keys.join(',');
}

function sorting() {
  const table = document.querySelector('table[data-order]');
  table?.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-sort]');
    if (!link || !event.shiftKey) return;
    event.preventDefault();
    const to = new URL(link.href);
    to.searchParams.set('sort', ordered(table.dataset.order, link.dataset.sort));
    location.href = to.href;
  });
}

// ---- ticks ----

const bar = () => document.querySelector('#ticked');
const boxes = () => [...document.querySelectorAll('input[form="ticked"][name="record"]')];

// What the bar says and offers, for the boxes as they are now.
function count() {
  const form = bar();
  if (!form) return;
  const all = boxes();
  const n = all.filter((box) => box.checked).length;
  const over = n > Number(form.dataset.most);
  const [whole, said, words] = ['all', 'count', 'words'].map((what) => form.querySelector(`[data-tick-${what}]`));
  const box = whole.querySelector('input');
  whole.hidden = false;
  box.checked = n > 0 && n === all.length;
  box.indeterminate = n > 0 && n < all.length;
  said.hidden = n === 0;
  said.textContent = over ? form.dataset.tMost : n ? form.dataset.tCount.replace('{n}', n) : '';
  words.hidden = true;
  for (const button of form.querySelectorAll('button')) {
    button.hidden = n === 0;
    button.disabled = over;
  }
  form.classList.toggle('some', n > 0);
}

// Shift takes all between the last box and this one.
let last = null;
function tick(event) {
  const box = event.target.closest?.('input[form="ticked"]');
  if (!box) return;
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (let i = from; i <= to; i += 1) all[i].checked = box.checked;
  last = box;
  count();
}

function ticking() {
  document.addEventListener('click', tick);
  document.addEventListener('change', (event) => {
    const whole = event.target.closest('[data-tick-all]');
    if (whole) for (const box of boxes()) box.checked = event.target.checked;
    if (whole || event.target.form === bar()) count();
  });
  document.addEventListener('submit', (event) => {
    if (event.target !== bar() || !event.submitter?.matches('[data-asks]')) return;
    event.preventDefault();
    const form = event.target;
    const { formAction } = event.submitter;
    const back = event.submitter;
    dialog(formAction, { body: new URLSearchParams(new FormData(form)) })
      .then((sent) => { if (!sent) back.focus(); })
      .catch(() => { form.action = formAction; form.submit(); });
  });
  document.querySelector('#live-list')?.addEventListener('refreshed', count);
  addEventListener('pageshow', count);               // a page come back to keeps its ticks
  count();
}

export function start() {
  ticking();
  more();
  sorting();
}
