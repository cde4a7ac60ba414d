// What changes, as it happens: one stream for all tabs of a browser. The tab that holds the lock
// listens and tells the others; without locks (a page not served by https) each listens alone.
// Where no stream is to be had it asks from time to time.

const KINDS = ['record', 'gone', 'messages', 'app', 'reset', 'beat'];
const SILENT_MS = 40000;              // longer than the server is ever silent
const BRIDGE_MS = 400;
const ASK = { seen: 10000, hidden: 60000, most: 120000 };

const jitter = (ms) => ms * (0.75 + Math.random() / 2);

const sleep = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

/**
 * @param {{place: string, me: number, hear: (event: {event: string}) => void}} how
 *   place: where the page stands; me: whose page it is; hear: called for each event
 */
export function follow({ place: start, me, hear }) {
  let place = start;
  let over = false;                   // signed out, or somebody else signed in
  let life = null;

  const name = `tenon-events-${me}`;
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : null;

  function got(events, next) {
    if (next) place = next;
    const mine = events.find((e) => e.event === 'app');
    if (mine && mine.user !== me) { over = true; life?.abort(); return; }
    for (const event of events) if (event.event !== 'beat') hear(event);
  }

  function tell(events, next) {
    got(events, next);
    if (!over) channel?.postMessage({ events, next });
  }

  channel?.addEventListener('message', (m) => got(m.data.events, m.data.next));

  // Resolves with how long it was open, 0 when it was refused.
  function stream(signal) {
    return new Promise((resolve) => {
      const source = new EventSource(`/api/v1/events?after=${encodeURIComponent(place)}`);
      let opened = 0;
      let silence = 0;
      const end = () => {
        clearTimeout(silence);
        source.close();
        resolve(opened && Date.now() - opened + 1);
      };
      const heard = () => { clearTimeout(silence); silence = setTimeout(end, SILENT_MS); };
      source.onopen = () => { opened = Date.now(); heard(); };
      source.onerror = end;
      for (const kind of KINDS)
        source.addEventListener(kind, (m) => {
          heard();
          tell([{ event: kind, ...JSON.parse(m.data) }], m.lastEventId);
          if (over) end();
        });
      signal.addEventListener('abort', end, { once: true });
      heard();
    });
  }

  // False: no answer was to be had.
  async function ask(signal, say) {
    const answer = await fetch(`/api/v1/events?after=${encodeURIComponent(place)}`, {
      credentials: 'same-origin', headers: { Accept: 'application/json' }, signal,
    }).catch(() => null);
    if (answer?.status === 401) over = true;
    if (!answer?.ok) return false;
    const { events, reset, more, next, app, user, unread, newest } = await answer.json();
    say([...(reset ? [{ event: 'reset' }] : []), ...events,
      { event: 'app', version: app, user }, { event: 'messages', unread, newest }], next);
    return more ? ask(signal, say) : true;
  }

  async function lead(signal) {
    let pause = 1000;
    while (!signal.aborted && !over) {
      const lived = await stream(signal);
      if (lived) pause = 1000;
      for (let n = lived ? 1 : 6; n && !signal.aborted && !over; n -= 1) {
        await sleep(jitter(pause), signal);
        if (signal.aborted) return;
        const least = document.visibilityState === 'visible' ? ASK.seen : ASK.hidden;
        if (await ask(signal, tell)) pause = lived ? 1000 : least;
        else pause = Math.min(Math.max(pause * 2, 2000), ASK.most);
      }
    }
  }

  function begin() {
    if (life || over) return;
    life = new AbortController();
    const { signal } = life;
    let leads = false;
    const run = () => { leads = true; return lead(signal); };
    if (!navigator.locks) { run(); return; }
    navigator.locks.request(name, { signal }, run).catch(() => {});
    // Another tab leads: what happened since this page was drawn has been told already.
    sleep(BRIDGE_MS, signal).then(() => { if (!leads && !signal.aborted) ask(signal, got); });
  }

  function pause() {
    life?.abort();
    life = null;
  }

  begin();
  addEventListener('pagehide', pause);
  addEventListener('pageshow', (event) => { if (event.persisted) begin(); });
}
