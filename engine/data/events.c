/*
 * events.c — a list of listeners under one lock, and a thread that goes through it.
 *
 * The thread holds a listener (`held`) while it asks for it, without the lock; who leaves waits
 * for that. It starts when somebody listens, or a page is drawn that will.
 */
#include "data/events_in.h"
#include "data/present.h"
#include "base/sys.h"

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { BEAT_MS = 200, LOOK_MS = 1000, READ_MS = 4000, MOST = 128 };
#define PRESENT_US 2000000LL  /* what another node knows, and what ends by itself, is seen so late */

Events *events_new(Engine *e)
{
    Events *h = mem_alloc(sizeof *h);

    h->engine = e;
    h->log = event_log_new();
    h->most = MOST;
    pthread_mutex_init(&h->lock, NULL);
    sys_cond_init(&h->woken);
    sys_cond_init(&h->let_go);
    return h;
}

void events_stop(Events *h)
{
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_broadcast(&h->woken);
    pthread_mutex_unlock(&h->lock);
    if (h->running) pthread_join(h->thread, NULL);
    h->running = false;
}

void events_free(Events *h)
{
    if (!h) return;
    BUG_IF(h->running);
    event_log_free(h->log);
    pthread_cond_destroy(&h->woken);
    pthread_cond_destroy(&h->let_go);
    pthread_mutex_destroy(&h->lock);
    mem_free(h);
}

/* On a thread that has just committed: nearly nothing, once for all commits until somebody
   looks. */
void events_heard(void *hub)
{
    Events *h = hub;

    if (h->rung) return;
    pthread_mutex_lock(&h->lock);
    h->rung = true;
    pthread_cond_signal(&h->woken);
    pthread_mutex_unlock(&h->lock);
}

void events_present(Events *h)
{
    h->present_due = true;
    events_heard(h);
}

void events_allow(Events *h, int most)
{
    pthread_mutex_lock(&h->lock);
    h->most = most;
    pthread_mutex_unlock(&h->lock);
}

void events_close(Events *h)
{
    pthread_mutex_lock(&h->lock);
    h->closed = true;
    for (Listener *l = h->first; l; l = l->next) event_box_end(l->box);
    pthread_mutex_unlock(&h->lock);
}

EventCounts events_counts(Events *h)
{
    pthread_mutex_lock(&h->lock);
    EventCounts c = { h->n, h->refused };
    pthread_mutex_unlock(&h->lock);
    return c;
}

/* ---- the thread ---- */

/* Holds the one after `last`; lets that go. NULL at the end. */
static Listener *hold_next(Events *h, Listener *last)
{
    pthread_mutex_lock(&h->lock);
    Listener *l = last ? last->next : h->first;
    if (last) {
        last->held = false;
        pthread_cond_broadcast(&h->let_go);
    }
    if (l) l->held = true;
    pthread_mutex_unlock(&h->lock);
    return l;
}

/* How it is for somebody who listens. */
typedef struct State { Unread *unread; TaskCount *tasks; int n; } State;

static State users_of(Events *h, Arena *a)
{
    int n = 0;

    pthread_mutex_lock(&h->lock);
    State s = { ARENA_ARRAY(a, Unread, h->n + 1), ARENA_ARRAY(a, TaskCount, h->n + 1), 0 };
    for (Listener *l = h->first; l; l = l->next) {
        bool there = false;
        for (int i = 0; i < n; i++) there |= s.unread[i].user == l->user;
        if (there) continue;
        s.tasks[n].user = l->user;
        s.unread[n++].user = l->user;
    }
    pthread_mutex_unlock(&h->lock);
    s.n = n;
    return s;
}

MUST static bool look_present(Events *h, Work *w)
{
    int64_t now = sys_mono_us();
    uint64_t mark;

    if (!atomic_exchange(&h->present_due, false) && now - h->present_at < PRESENT_US) return true;
    h->present_at = now;
    if (!present_mark(w, &mark)) return false;
    h->present = mark;
    return true;
}

/* What is new for all: changes, messages not read, tasks, who designs. */
static State look(Events *h, Arena *a)
{
    Cx cx = cx_begin(a, NULL);
    Work *w = engine_take(h->engine, &cx, NULL);
    State s = users_of(h, a);

    if (!w) return (State){ 0 };
    db_timeout(w->db, READ_MS);
    if (!event_log_read(h->log, &w->cx, w->db) || !notice_unread_of(w, s.unread, s.n)
        || !task_counts_of(w, s.tasks, s.n) || !look_present(h, w)) {
        sys_log(LOG_WARN, "events could not be read", "error", w->cx.text, NULL);
        s.n = 0;
    }
    engine_give(w);
    return s;
}

static void beat(Events *h, Arena *a)
{
    State s = look(h, a);

    for (Listener *l = hold_next(h, NULL); l; l = hold_next(h, l)) {
        for (int i = 0; i < s.n; i++) {
            if (s.unread[i].user != l->user) continue;
            l->messages_due |= s.unread[i].count != l->messages.count
                || s.unread[i].newest != l->messages.newest;
            l->tasks_due |= s.tasks[i].todo != l->tasks.todo
                || s.tasks[i].copied != l->tasks.copied;
            l->messages = s.unread[i];
            l->tasks = s.tasks[i];
        }
        l->present_due |= l->present != h->present;
        l->present = h->present;
        event_tell(l, a);
    }
}

/* Until the bell; where somebody listens a second at most, for sessions run out by themselves.
   After a beat a moment in any case, so that much at once is one beat. */
static bool doze(Events *h)
{
    struct timespec least = sys_in_ms(BEAT_MS), most = sys_in_ms(LOOK_MS);

    pthread_mutex_lock(&h->lock);
    while (!h->stop)
        if (pthread_cond_timedwait(&h->woken, &h->lock, &least)) break;
    while (!h->stop && !h->rung) {
        if (!h->n) pthread_cond_wait(&h->woken, &h->lock);
        else if (pthread_cond_timedwait(&h->woken, &h->lock, &most)) break;
    }
    h->rung = false;
    bool go = !h->stop;
    pthread_mutex_unlock(&h->lock);
    return go;
}

static void *run(void *hub)
{
    Events *h = hub;
    Arena *a = arena_new();

    while (doze(h)) {
        arena_reset(a);
        beat(h, a);
    }
    arena_free(a);
    return NULL;
}

/* With the lock. */
static bool start(Events *h)
{
    if (!h->running) h->running = !h->stop && !pthread_create(&h->thread, NULL, run, h);
    return h->running;
}

/* ---- places ---- */

bool events_place(Work *w, const char *after, uint64_t *place, bool *lost)
{
    EventLog *log = engine_events(w->engine)->log;

    if (!event_log_read(log, &w->cx, w->db)) return false;
    *place = event_log_next(log);
    *lost = after && !event_log_find(log, after, place);
    return true;
}

char *events_cursor(Work *w, uint64_t place)
{
    return event_log_cursor(engine_events(w->engine)->log, w->cx.a, place);
}

const char *events_here(Work *w)
{
    Events *h = engine_events(w->engine);
    Cx before = w->cx;

    if (!h->begun) {
        if (!event_log_read(h->log, &w->cx, w->db)) {
            w->cx = before;
            return NULL;
        }
        pthread_mutex_lock(&h->lock);
        h->begun = start(h);
        pthread_mutex_unlock(&h->lock);
    }
    return event_log_cursor(h->log, w->cx.a, event_log_next(h->log));
}

/* ---- listening ---- */

/* With the lock. */
MUST static bool admit(Events *h, Cx *cx, Listener *l)
{
    int mine = 0;

    for (Listener *x = h->first; x; x = x->next) mine += x->user == l->user;
    if (h->closed || h->n >= h->most || mine >= EVENTS_EACH) {
        h->refused++;
        return cx_fail(cx, E_BUSY, "too many listen already; ask again from time to time");
    }
    if (!start(h)) return cx_fail(cx, E_BUSY, "no thread to be had");
    l->next = h->first;
    h->first = l;
    h->n++;
    h->rung = true;
    pthread_cond_signal(&h->woken);
    return true;
}

static void forget(char *secret)
{
    if (secret) sodium_memzero(secret, strlen(secret));
    mem_free(secret);
}

static void listener_free(Listener *l)
{
    forget(l->session);
    forget(l->token);
    event_box_free(l->box);
    mem_free(l);
}

MUST static bool prepare(Work *w, const ListenAsk *ask, Listener *l)
{
    bool lost;

    l->hub = engine_events(w->engine);
    l->user = l->messages.user = l->tasks.user = w->who.id;
    if (ask->token) l->token = mem_dup(ask->token);
    else l->session = mem_dup(ask->session);
    l->box = event_box_new(ask->show);
    l->checked = sys_mono_us();
    l->present = l->hub->present;
    if (!events_place(w, ask->after, &l->place, &lost)
        || !notice_unread_of(w, &l->messages, 1) || !task_counts_of(w, &l->tasks, 1)) return false;
    event_greet(w, l, lost);
    return true;
}

bool events_join(Work *w, const ListenAsk *ask, Listener **out)
{
    Listener *l = mem_alloc(sizeof *l);
    Events *h = engine_events(w->engine);
    bool ok = prepare(w, ask, l);

    if (ok) {
        pthread_mutex_lock(&h->lock);
        ok = admit(h, &w->cx, l);
        pthread_mutex_unlock(&h->lock);
    }
    if (!ok) listener_free(l);
    *out = ok ? l : NULL;
    return ok;
}

bool events_wait(Listener *l, int ms, Str *out)
{
    return event_box_take(l->box, ms, EVENTS_BEAT_S, out);
}

void events_leave(Listener *l)
{
    Events *h = l->hub;

    pthread_mutex_lock(&h->lock);
    while (l->held) pthread_cond_wait(&h->let_go, &h->lock);
    Listener **p = &h->first;
    while (*p != l) p = &(*p)->next;
    *p = l->next;
    h->n--;
    pthread_mutex_unlock(&h->lock);
    listener_free(l);
}
