// Lists: the next page is fetched when its link comes into sight, and put below; a head clicked
// with Shift sorts within the order there is.

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

export function start() {
  more();
  sorting();
}
