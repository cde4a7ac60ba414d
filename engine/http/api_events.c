/*
 * api_events.c — what changes, as it happens: one stream, or asked for from time to time.
 *
 * Both give the same objects; a stream as server-sent events whose `id` is the place to go on
 * from, the answer as {events, next, …}.
 */
#include "http/api.h"
#include "data/events.h"

#include <string.h>

static const char *const kinds[] = { "record", "gone", "messages", "tasks", "design", "app",
    "reset", "beat" };

static void put_person(Json *j, const Event *e)
{
    if (!e->by) { json_null(j); return; }
    json_map(j);
    json_key(j, "id"); json_int(j, e->by);
    json_key(j, "title"); json_text(j, e->by_name);
    json_map_end(j);
}

static void put_members(Json *j, const Event *e)
{
    if (e->kind == EVENT_RECORD || e->kind == EVENT_GONE) {
        json_key(j, "form"); json_text(j, e->form);
        json_key(j, "id"); json_int(j, e->id);
    }
    if (e->kind == EVENT_RECORD) {
        json_key(j, "version"); json_int(j, e->version);
        json_key(j, "what"); json_text(j, e->what);
        json_key(j, "by"); put_person(j, e);
    }
    if (e->kind == EVENT_MESSAGES) {
        json_key(j, "unread"); json_int(j, e->unread);
        json_key(j, "newest"); json_int(j, e->newest);
    }
    if (e->kind == EVENT_TASKS) {
        json_key(j, "todo"); json_int(j, e->todo);
        json_key(j, "copied"); json_int(j, e->copied);
    }
    if (e->kind == EVENT_APP) {
        json_key(j, "version"); json_int(j, e->version);
        json_key(j, "user"); json_int(j, e->by);
    }
}

static void show(Arena *a, const Event *e, const char *cursor, Str *out)
{
    Json j = json_begin(out);
    (void)a;
    if (cursor) { str_add(out, "id: "); str_add(out, cursor); str_add_char(out, '\n'); }
    str_add(out, "event: ");
    str_add(out, kinds[e->kind]);
    str_add(out, "\ndata: ");
    json_map(&j);
    put_members(&j, e);
    json_map_end(&j);
    str_add(out, "\n\n");
}

static bool wait(void *ctx, int ms, Str *out)
{
    return events_wait(ctx, ms, out);
}

static void leave(void *ctx)
{
    events_leave(ctx);
}

/* No failure of the server's: so it is no line in its log. */
static bool full(Work *w, const Request *q, Response *r)
{
    if (w->cx.err != E_BUSY) return false;
    response_problem_bare(r, 503, err_code(E_BUSY), w->cx.text, q->id);
    cx_clear(&w->cx);
    response_header(&w->cx, r, "Retry-After", "10");
    return true;
}

static bool stream(Work *w, const Request *q, Response *r, const char *after)
{
    ListenAsk ask = { .session = q->session, .token = q->token, .after = after, .show = show };
    Listener *l;
    if (!events_join(w, &ask, &l)) return full(w, q, r);
    r->type = "text/event-stream; charset=utf-8";
    response_header(&w->cx, r, "X-Accel-Buffering", "no");
    r->live = (Live){ wait, leave, l };
    return true;
}

static bool answer(Work *w, Response *r, const char *after)
{
    Heard heard = { .more = true };
    Unread messages = { .user = w->who.id };
    int64_t todo, copied;
    uint64_t place;
    bool lost, again = false;
    if (!events_place(w, after, &place, &lost) || !notice_unread_of(w, &messages, 1)
        || !task_counts(w, &todo, &copied)
        || !events_ask(w, &place, NULL, &heard)) return false;
    again = lost || heard.lost;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "events");
    json_list(&j);
    for (int i = 0; i < heard.n; i++) {
        json_map(&j);
        json_key(&j, "event"); json_text(&j, kinds[heard.event[i].kind]);
        put_members(&j, &heard.event[i]);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_key(&j, "reset"); json_bool(&j, again);
    json_key(&j, "more"); json_bool(&j, heard.more);
    json_key(&j, "next"); json_text(&j, events_cursor(w, place));
    json_key(&j, "app"); json_int(&j, w->app->version);
    json_key(&j, "user"); json_int(&j, w->who.id);
    json_key(&j, "unread"); json_int(&j, messages.count);
    json_key(&j, "newest"); json_int(&j, messages.newest);
    json_key(&j, "todo"); json_int(&j, todo);
    json_key(&j, "copied"); json_int(&j, copied);
    json_map_end(&j);
    return true;
}

bool api_events(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "after", NULL };
    const char *accept = request_header(q, "Accept"), *last = request_header(q, "Last-Event-ID");
    if (!request_args_only(&w->cx, q, known)) return false;
    const char *after = last ? last : request_arg(q, "after");
    bool live = accept && strstr(accept, "text/event-stream") && str_eq(q->method, "GET");
    return live ? stream(w, q, r, after) : answer(w, r, after);
}
