/*
 * webhook_feed.c — what happened to one record in one write is one event: from how it was before
 * the first change to how it is after the last.
 *
 * While the write runs it is a list that only grows, so that what is undone in the middle is cut
 * off its end (work.c). Events of one record go out in order (the key of their jobs); a bulk call
 * goes after the bulk call before it.
 */
#include "data/webhook_feed.h"
#include "data/jobs.h"
#include "data/query.h"
#include "data/webhook.h"
#include "base/out.h"
#include "base/sys.h"

#include <stdlib.h>

enum { BULK_EVENTS = 500, BULK_BYTES = 1 << 20 };

typedef struct Told {
    int seq;
    HookEvent what;
    const Record *old, *now;
    int64_t by;
    const char *via;
} Told;
typedef struct Feed { Told *item; int cap; } Feed;

static const Record *any(const Told *t)
{
    return t->now ? t->now : t->old;
}

/* Of one record together, in the order in which it happened. */
static int by_record(const void *x, const void *y)
{
    const Told *a = x, *b = y;
    const Record *r = any(a), *s = any(b);

    if (r->form != s->form) return r->form < s->form ? -1 : 1;
    if (record_id(r) != record_id(s)) return record_id(r) < record_id(s) ? -1 : 1;
    return a->seq - b->seq;
}

static int by_seq(const void *x, const void *y)
{
    return ((const Told *)x)->seq - ((const Told *)y)->seq;
}

/* b happened after a, to the same record. 0: nothing is left of it. */
static HookEvent both(HookEvent a, HookEvent b)
{
    if (b == HOOK_DELETED) return a == HOOK_CREATED ? 0 : HOOK_DELETED;
    if (a == HOOK_CREATED || a == HOOK_RESTORED) return a;
    if (b == HOOK_RESTORED) return a == HOOK_DELETED ? HOOK_UPDATED : HOOK_RESTORED;
    return a == HOOK_MOVED || b == HOOK_MOVED ? HOOK_MOVED : b;
}

/* One for each record, in the order of their first. */
static int together(Told *t, int n)
{
    int kept = 0;

    qsort(t, (size_t)n, sizeof *t, by_record);
    for (int i = 0; i < n; ) {
        const Record *r = any(&t[i]);
        Told one = t[i++];
        for (; i < n && any(&t[i])->form == r->form && record_id(any(&t[i])) == record_id(r); i++) {
            one.what = one.what ? both(one.what, t[i].what) : t[i].what;
            one.now = t[i].what == HOOK_DELETED ? NULL : t[i].now;
            if (!one.now && t[i].old && !one.old) one.old = t[i].old;
        }
        if (one.what) t[kept++] = one;
    }
    qsort(t, (size_t)kept, sizeof *t, by_seq);
    return kept;
}

/* Those of the fields told that are others now; all without an `old` or `now`. */
static int changed(const Told *t, const struct HookForm *of, Field **out)
{
    int n = 0;

    for (int i = 0; i < of->nfield; i++)
        if (!t->old || !t->now || record_differs(t->old, t->now, of->field[i]))
            out[n++] = of->field[i];
    return n;
}

static void put_user(Work *w, int64_t id, Json *j)
{
    const Form *user = app_form(w->app, "user");

    if (!id || !user) {
        json_null(j);
        return;
    }
    json_map(j);
    json_key(j, "id");
    json_int(j, id);
    json_key(j, "title");
    json_text(j, record_title_of(w, user, id));
    json_map_end(j);
}

static void put_event(Work *w, const Told *t, const struct HookForm *of, Field **field, int n,
    Json *j)
{
    const Record *r = any(t);
    bool both_known = t->old && t->now;

    json_map(j);
    json_key(j, "form");
    json_text(j, r->form->key);
    json_key(j, "id");
    json_int(j, record_id(r));
    json_key(j, "version");
    json_int(j, record_version(r));
    json_key(j, "by");
    put_user(w, t->by, j);
    json_key(j, "via");
    json_text(j, t->via);
    json_key(j, "changed");
    json_list(j);
    for (int i = 0; both_known && i < n; i++) json_text(j, field[i]->key);
    json_list_end(j);
    json_key(j, "before");
    if (both_known) record_json(w, t->old, field, n, j);
    else json_null(j);
    json_key(j, "record");
    record_json(w, r, of->field, of->nfield, j);
    json_map_end(j);
}

static const char *type_of(Work *w, const Told *t)
{
    const char *const *name;
    int bit = 0;

    (void)webhook_events(&name);
    while (!(t->what >> bit & 1)) bit++;
    return arena_printf(w->cx.a, "%s.%s", any(t)->form->key, name[bit]);
}

/* {"webhook", "id", "body": {"type", "timestamp", "data": — and the rest is written by the caller. */
static Json open_body(Work *w, const Webhook *h, const char *type, Str *s)
{
    Json j = json_begin(s);

    json_map(&j);
    json_key(&j, "webhook");
    json_text(&j, h->key);
    json_key(&j, "id");
    json_text(&j, arena_printf(w->cx.a, "msg_%.27s", sys_token(w->cx.a)));
    json_key(&j, "body");
    json_map(&j);
    json_key(&j, "type");
    json_text(&j, type);
    json_key(&j, "timestamp");
    json_val(&j, val_datetime(w->now));
    json_key(&j, "data");
    return j;
}

MUST static bool send(Work *w, const Webhook *h, Json *j, const char *key)
{
    json_map_end(j);
    json_map_end(j);
    return jobs_add_in(w, "webhook", str_show(j->out), webhook_lane(w, "webhook", h->key), key);
}

MUST static bool send_each(Work *w, const Webhook *h, const Told *t, int n)
{
    for (int i = 0; i < n; i++) {
        const Record *r = any(&t[i]);
        const struct HookForm *of = webhook_form(h, r->form);
        if (!of || !(h->events & t[i].what)) continue;
        Field **field = ARENA_ARRAY(w->cx.a, Field *, of->nfield + 1);
        int count = changed(&t[i], of, field);
        if (!count && t[i].what == HOOK_UPDATED) continue;
        Str s = str_begin(w->cx.a);
        Json j = open_body(w, h, type_of(w, &t[i]), &s);
        put_event(w, &t[i], of, field, count, &j);
        if (!send(w, h, &j, arena_printf(w->cx.a, "%s %s %lld", h->key, r->form->key,
                (long long)record_id(r)))) return false;
    }
    return true;
}

/* One call of as many as fit, from *i on. */
MUST static bool send_some(Work *w, const Webhook *h, const Told *t, int n, int *i)
{
    Str s = str_begin(w->cx.a);
    Json j = open_body(w, h, "bulk", &s);
    int count = 0;

    json_map(&j);
    json_key(&j, "events");
    json_list(&j);
    for (; *i < n && count < BULK_EVENTS && s.n < BULK_BYTES; ++*i) {
        const struct HookForm *of = webhook_form(h, any(&t[*i])->form);
        if (!of || !(h->events & t[*i].what)) continue;
        Field **field = ARENA_ARRAY(w->cx.a, Field *, of->nfield + 1);
        int some = changed(&t[*i], of, field);
        if (!some && t[*i].what == HOOK_UPDATED) continue;
        json_map(&j);
        json_key(&j, "type");
        json_text(&j, type_of(w, &t[*i]));
        json_key(&j, "data");
        put_event(w, &t[*i], of, field, some, &j);
        json_map_end(&j);
        count++;
    }
    json_list_end(&j);
    json_map_end(&j);
    return !count || send(w, h, &j, h->key);
}

static bool close_write(Work *w)
{
    Feed *feed = w->told;
    int n = together(feed->item, w->ntold);
    AsSaved saved = work_as_app(w, w->rule);
    bool ok = true;

    for (int k = 0; ok && k < w->app->nwebhook; k++) {
        const Webhook *h = &w->app->webhook[k];
        if (!h->bulk) ok = send_each(w, h, feed->item, n);
        else for (int i = 0; ok && i < n; ) ok = send_some(w, h, feed->item, n, &i);
    }
    work_as_back(w, saved);
    return ok;
}

/* Of a record that is told: bits of all events that somebody may want of it. */
static bool wanted(const App *app, const Form *f)
{
    for (int i = 0; i < app->nwebhook; i++)
        if (webhook_form(&app->webhook[i], f)) return true;
    return false;
}

bool webhook_tell(Work *w, HookEvent what, const Record *old, const Record *now)
{
    Told t = { .what = what, .old = old, .now = now, .by = w->who.id, .via = w->via };
    Feed *feed = w->told;

    if (!w->app->nwebhook || !wanted(w->app, any(&t)->form)) return true;
    if (!feed) {
        feed = w->told = ARENA_NEW(w->cx.a, Feed);
        w->ntold = 0;
        w->closing = close_write;
    }
    t.seq = w->ntold;
    ARENA_PUSH(w->cx.a, feed->item, w->ntold, feed->cap, t);
    return true;
}
