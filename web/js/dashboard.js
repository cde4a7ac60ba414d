// A dashboard: its charts, its filters without leaving the page, the full screen, printing.
import { drawCharts } from './charts.js';
import { toast } from './lib/api.js';
import { askedOf } from './asked.js';
import { morph } from './live_morph.js';

const box = () => document.querySelector('#live-dash');

const asked = (form) => `${location.pathname}?${new URLSearchParams(askedOf(form))}`;

/** For who hears the page. */
function say(words) {
  let line = document.querySelector('#dash-said');
  if (!line) {
    line = Object.assign(document.createElement('p'), { id: 'dash-said', className: 'sr' });
    line.setAttribute('role', 'status');
    document.querySelector('#main').append(line);
  }
  line.textContent = '';
  setTimeout(() => { line.textContent = words; }, 50);
}

let latest = 0;

async function show(href, kept) {
  latest += 1;
  const mine = latest;
  box().setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = page.querySelector('#live-dash');
    if (mine !== latest) return;
    if (!answer.ok || answer.redirected || !now) { location.href = href; return; }
    if (kept) history.pushState(null, '', href);
    morph(box(), now);
    refresh();
    say(document.querySelector('meta[name="live"]')?.dataset.tList ?? '');
  } catch (error) {
    toast(error.message);
  } finally {
    if (mine === latest) box().removeAttribute('aria-busy');
  }
}

function filters() {
  const ready = (form, at) => {
    const period = at.name.replace(/\.(from|to)$/, '');
    const days = [form.elements[`${period}.from`], form.elements[`${period}.to`]].filter(Boolean);
    return form.elements[period]?.value !== 'custom' || days.every((d) => d.value && d.validity.valid);
  };
  document.addEventListener('change', (event) => {
    const form = event.target.closest('#live-dash .dash-filters');
    if (form && ready(form, event.target)) show(asked(form), true);
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('#live-dash .dash-filters')) return;
    event.preventDefault();
    show(asked(event.target), true);
  });
  addEventListener('popstate', () => location.reload());
}

// The whole dashboard, or one card.
function buttons() {
  document.addEventListener('click', (event) => {
    const full = event.target.closest('#live-dash [data-full]');
    if (event.target.closest('#live-dash [data-print]')) print();
    if (!full) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else (full.closest('.dash-card') ?? box()).requestFullscreen().catch((error) => toast(error.message));
  });
}

function refresh() {
  for (const button of box().querySelectorAll('[data-print]')) button.hidden = false;
  for (const button of box().querySelectorAll('[data-full]')) button.hidden = !document.fullscreenEnabled;
  drawCharts(box());
}

export function start() {
  filters();
  buttons();
  box().addEventListener('refreshed', refresh);
  refresh();
}
