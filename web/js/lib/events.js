// What changes, as it happens: one stream for all tabs of a browser. The tab that holds the lock
// listens and tells the others; without locks (a page not served by https) each listens alone.
// Where no stream is to be had it asks from time to time.

const KINDS = ['record', 'gone', 'messages', 'tasks', 'design', 'app', 'reset', 'beat'];
const SILENT_MS = 40000;              // longer than the server is ever silent
const BRIDGE_MS = 400;
const ASK = { seen: 10000, hidden: 60000, most: 120000, between: 1000, times: 6 };

const jitter = (ms) => ms * (0.75 + Math.random() / 2);

const sleep = (ms, signal) => new Promise((resolve) => {
  const end = () => { clearTimeout(timer); signal.removeEventListener('abort', end); resolve(); };
  const timer = setTimeout(end, ms);
  signal.addEventListener('abort', end);
});

class Follower {
  constructor({ place, me, hear }) {
    this.place = place;
    this.me = me;
    this.hear = hear;
    this.over = false;                // signed out, or somebody else signed in
    this.life = null;
    this.name = `tenon-events-${me}`;
    this.channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(this.name) : null;
    this.channel?.addEventListener('message', (m) => this.got(m.data.events, m.data.next));
  }

  get url() { return `/api/v1/events?after=${encodeURIComponent(this.place)}`; }

  got(events, next) {
    if (next) this.place = next;
    const whose = events.find((e) => e.event === 'app');
    if (whose && whose.user !== this.me) {
      this.over = true;
      this.pause();
      return;
    }
    for (const event of events) if (event.event !== 'beat') this.hear(event);
  }

  tell(events, next) {
    this.got(events, next);
    if (!this.over) this.channel?.postMessage({ events, next });
  }

  // Resolves with how long it was open, 0 when it was refused.
  stream(signal) {
    return new Promise((resolve) => {
      const source = new EventSource(this.url);
      let opened = 0;
      let silence = 0;
      const end = () => {
        clearTimeout(silence);
        signal.removeEventListener('abort', end);
        source.close();
        resolve(opened && Date.now() - opened + 1);
      };
      const heard = () => { clearTimeout(silence); silence = setTimeout(end, SILENT_MS); };
      source.onopen = () => { opened = Date.now(); heard(); };
      source.onerror = end;
      for (const kind of KINDS)
        source.addEventListener(kind, (m) => {
          heard();
          this.tell([{ event: kind, ...JSON.parse(m.data) }], m.lastEventId);
          if (this.over) end();
        });
      signal.addEventListener('abort', end);
      heard();
    });
  }

  // False: no answer was to be had. alone: the other tabs have heard it.
  async ask(signal, alone) {
    const answer = await fetch(this.url, {
      credentials: 'same-origin', headers: { Accept: 'application/json' }, signal,
    }).catch(() => null);
    if (answer?.status === 401) this.over = true;
    if (!answer?.ok) return false;
    const { events, reset, more, next, app, user, unread, newest, todo, copied } = await answer.json();
    const all = [{ event: 'app', version: app, user }, ...(reset ? [{ event: 'reset' }] : []), ...events,
      { event: 'messages', unread, newest }, { event: 'tasks', todo, copied }];
    if (alone) this.got(all, next);
    else this.tell(all, next);
    return more && !this.over ? this.ask(signal, alone) : true;
  }

  // A stream; where it was refused, answers for a while before the next try.
  async lead(signal) {
    let pause = ASK.between;
    while (!signal.aborted && !this.over) {
      const lived = await this.stream(signal);
      if (lived) pause = ASK.between;
      for (let n = lived ? 1 : ASK.times; n && !this.over; n -= 1) {
        await sleep(jitter(pause), signal);
        if (signal.aborted || this.over) return;
        const least = document.visibilityState === 'visible' ? ASK.seen : ASK.hidden;
        if (await this.ask(signal)) pause = lived ? ASK.between : least;
        else pause = Math.min(pause * 2, ASK.most);
      }
    }
  }

  begin() {
    if (this.life || this.over) return;
    this.life = new AbortController();
    const { signal } = this.life;
    let leads = false;
    const run = () => { leads = true; return this.lead(signal); };
    if (!navigator.locks) { run(); return; }
    // The lock is given back when the page pauses, for lead ends then.
    navigator.locks.request(this.name, { signal }, run).catch(() => {});
    // Another tab leads: what happened since this page was drawn has been told already.
    sleep(BRIDGE_MS, signal).then(() => { if (!leads && !signal.aborted) this.ask(signal, true); });
  }

  pause() {
    this.life?.abort();
    this.life = null;
  }
}

/**
 * @param {{place: string, me: number, hear: (event: {event: string}) => void}} how
 *   place: where the page stands; me: whose page it is; hear: called for each event
 */
export function follow(how) {
  const follower = new Follower(how);
  follower.begin();
  addEventListener('pagehide', () => follower.pause());
  addEventListener('pageshow', (event) => { if (event.persisted) follower.begin(); });
}
