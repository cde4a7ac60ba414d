/*
 * event_tell.c — one listener: still signed in? which rights? what is new, and for them?
 */
#include "data/events_in.h"
#include "data/auth.h"
#include "base/sys.h"

#include <string.h>

enum { PORTION = 256, READ_MS = 4000, TRIES = 2 };
#define CHECK_US (3 * 1000000LL)

static uint64_t key_of(const char *form, int64_t id)
{
    return ((uint64_t)str_hash(form) + 1) * 0x9e3779b97f4a7c15u ^ (uint64_t)id * 0xc2b2ae3d27d4eb4fu;
}

/* Told of it before? Then it is forgotten: it is told for the last time. */
static bool told_before(void *ctx, const char *form, int64_t id)
{
    Listener *l = ctx;
    uint64_t key = key_of(form, id);

    for (int i = 0; i < l->nknown; i++)
        if (l->known[i] == key) {
            memmove(l->known + i, l->known + i + 1, (size_t)(--l->nknown - i) * sizeof key);
            return true;
        }
    return false;
}

static void remember(Listener *l, const Event *e)
{
    told_before(l, e->form, e->id);
    if (e->kind != EVENT_RECORD) return;
    if (l->nknown == EVENTS_KNOWN)
        memmove(l->known, l->known + 1, (size_t)--l->nknown * sizeof *l->known);
    l->known[l->nknown++] = key_of(e->form, e->id);
}

/* What somebody may read hangs on these; a list they look at is another one afterwards. */
static uint64_t rights_of(const Work *w)
{
    const Person *p = &w->who;
    uint64_t h = (uint64_t)p->department * 31 + (uint64_t)p->manager * 7 + p->admin;

    for (int i = 0; i < p->nrole; i++) h = h * 0x100000001b3u ^ str_hash(p->role[i]);
    return h;
}

static const char *cursor(Work *w, const Listener *l)
{
    return event_log_cursor(l->hub->log, w->cx.a, l->place);
}

static void say_reset(Work *w, Listener *l)
{
    event_box_put(l->box, w->cx.a, &(Event){ .kind = EVENT_RESET }, cursor(w, l));
    l->nknown = 0;
}

static void say_state(Work *w, Listener *l)
{
    int64_t version = w->app->version;
    uint64_t rights = rights_of(w);
    Event app = { .kind = EVENT_APP, .version = version, .by = l->user };
    Event tasks = { .kind = EVENT_TASKS, .todo = l->tasks.todo, .copied = l->tasks.copied };
    Event messages = { .kind = EVENT_MESSAGES, .unread = l->messages.count,
        .newest = l->messages.newest };

    if (l->greeted && l->rights != rights) say_reset(w, l);
    if (!l->greeted || l->version != version) event_box_put(l->box, w->cx.a, &app, NULL);
    if (l->messages_due) event_box_put(l->box, w->cx.a, &messages, NULL);
    if (l->tasks_due && app_approves(w->app)) event_box_put(l->box, w->cx.a, &tasks, NULL);
    if (l->present_due && w->who.admin)
        event_box_put(l->box, w->cx.a, &(Event){ .kind = EVENT_DESIGN }, NULL);
    l->rights = rights;
    l->version = version;
    l->messages_due = l->tasks_due = l->present_due = false;
    l->greeted = true;
}

void event_greet(Work *w, Listener *l, bool lost)
{
    l->messages_due = l->tasks_due = true;
    event_box_at(l->box, cursor(w, l));
    if (lost) say_reset(w, l);
    say_state(w, l);
}

bool events_ask(Work *w, uint64_t *place, const EventTold *told, Heard *out)
{
    EventLog *log = engine_events(w->engine)->log;
    Logged *c = ARENA_ARRAY(w->cx.a, Logged, PORTION);
    int n = event_log_take(log, place, c, PORTION, &out->lost);

    out->more = n == PORTION;
    return event_pick(w, c, n, told, &out->event, &out->n);
}

MUST static bool say_news(Work *w, Listener *l)
{
    EventTold told = { told_before, l };
    Heard heard = { .more = true };

    while (heard.more) {
        if (!events_ask(w, &l->place, &told, &heard)) return false;
        if (heard.lost) say_reset(w, l);
        for (int i = 0; i < heard.n; i++) {
            remember(l, &heard.event[i]);
            event_box_put(l->box, w->cx.a, &heard.event[i],
                i == heard.n - 1 ? cursor(w, l) : NULL);
        }
    }
    event_box_at(l->box, cursor(w, l));
    return true;
}

/* Once more at the next beat; what cannot be asked for then is fetched anew, or not. */
static void give_up(Work *w, Listener *l, uint64_t place)
{
    l->place = place;
    if (l->failed++ < TRIES) return;
    l->place = event_log_next(l->hub->log);
    say_reset(w, l);
    l->failed = 0;
}

/* Is it still who it was? */
MUST static bool sign_in(Work *w, const Listener *l)
{
    w->idle = true;
    if (!(l->token ? auth_token(w, l->token) : auth_session(w, l->session))) return false;
    return w->who.id == l->user || cx_fail(&w->cx, E_LOGIN, "please sign in");
}

void event_tell(Listener *l, Arena *a)
{
    int64_t now = sys_mono_us();
    uint64_t place = l->place;
    bool news = event_log_next(l->hub->log) != place || l->messages_due || l->tasks_due
        || l->present_due;
    Cx cx = cx_begin(a, NULL);

    if (!news && now - l->checked < CHECK_US) return;
    Work *w = engine_take(l->hub->engine, &cx, NULL);
    if (!w) return;                           /* busy: at the next beat */
    db_timeout(w->db, READ_MS);
    if (sign_in(w, l)) {
        l->checked = now;
        say_state(w, l);
        if (say_news(w, l)) l->failed = 0;
        else give_up(w, l, place);
    } else if (w->cx.err == E_LOGIN) {
        event_box_end(l->box);
        cx_clear(&w->cx);
    }
    if (w->cx.err)
        sys_log(LOG_WARN, "events could not be told", "error", w->cx.text, "detail",
            w->cx.detail ? w->cx.detail : "", NULL);
    engine_give(w);
}
