// Lists: the next page is fetched when its link comes into sight, and put below.

function more() {
  const link = document.querySelector('a[data-more]');
  const body = document.querySelector('table[data-rows] tbody');
  if (!link || !body) return;
  let busy = false;
  const load = async () => {
    if (busy) return;
    busy = true;
    link.setAttribute('aria-busy', 'true');
    const answer = await fetch(link.href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    body.append(...page.querySelectorAll('table[data-rows] tbody > tr'));
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

export function start() {
  more();
}
