/*
 * api_move.c — moves, and what the engine says of one record: allowed, history, why, timeline.
 */
#include "http/api_person.h"
#include "data/allowed.h"
#include "data/history.h"
#include "data/snooze.h"
#include "data/timer.h"
#include "data/why.h"

#include <string.h>

static const char *const none[] = { NULL };

static bool get(Work *w, const Request *q, const char *const *known, Record **rec)
{
    const Form *f;
    int64_t id;
    return request_args_only(&w->cx, q, known) && request_record(w, q, &f, &id)
        && query_one(w, f, id, rec);
}

bool api_transition(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "values", "comment", NULL };
    SaveAsk ask = { 0 };
    Saved saved = { 0 };
    if (!request_args_only(&w->cx, q, none) || !request_record(w, q, &ask.form, &ask.id)
        || !request_version(&w->cx, q, &ask.version)) return false;
    if (q->form) {
        const Node *body = request_object(&w->cx, q, known);
        if (!body) return false;
        ask.body = node_find(body, "values");
        if (ask.body && ask.body->kind != NODE_MAP)
            return cx_fail(&w->cx, E_SYNTAX, "values must be an object");
        if (!node_read_text(&w->cx, body, "comment", &ask.comment)) return cx_check(&w->cx);
    }
    if (!ask.body) ask.body = node_map(w->cx.a);
    ask.transition = q->segment[2];
    if (!save_record(w, &ask, &saved)) return api_stale(w, ask.form, ask.id, r);
    return api_saved(w, q, r, &saved);
}

bool api_allowed(Work *w, const Request *q, Response *r)
{
    Record *rec;
    if (!get(w, q, none, &rec)) return false;
    Json j = response_json(r, 200);
    return allowed_json(w, rec, &j);
}

static void put_entry(Work *w, Json *j, const Entry *e)
{
    json_map(j);
    json_key(j, "id"); json_int(j, e->id);
    json_key(j, "at"); json_val(j, val_datetime(e->at));
    json_key(j, "by"); api_put_person(w, j, e->by);
    json_key(j, "what"); json_text(j, e->what);
    json_key(j, "via"); json_text(j, e->via);
    json_key(j, "rule"); json_text(j, e->rule);
    json_key(j, "note"); json_text(j, e->note);
    json_key(j, "changes");
    json_list(j);
    for (int i = 0; i < e->n; i++) {
        const Change *c = &e->change[i];
        json_map(j);
        json_key(j, "field"); json_text(j, c->field->key);
        json_key(j, "label"); json_text(j, field_label(c->field, w->cx.lang));
        json_key(j, "old"); json_text(j, c->old);
        json_key(j, "now"); json_text(j, c->now);
        json_map_end(j);
    }
    json_list_end(j);
    json_map_end(j);
}

static bool put_history(Work *w, const Request *q, const Record *rec, Json *j)
{
    Entry *entry;
    int n;
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX);
    int limit = (int)request_arg_int(&w->cx, q, "limit", 50, 1, 500);
    if (w->cx.err || !history_list(w, rec, before, limit, &entry, &n)) return false;
    json_key(j, "entries");
    json_list(j);
    for (int i = 0; i < n; i++) put_entry(w, j, &entry[i]);
    json_list_end(j);
    json_key(j, "next");
    if (n == limit) json_int(j, entry[n - 1].id);
    else json_null(j);
    return true;
}

bool api_history(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "before", "limit", NULL };
    Record *rec;
    if (!get(w, q, known, &rec)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    bool ok = put_history(w, q, rec, &j);
    json_map_end(&j);
    return ok;
}

bool api_why(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "action", NULL };
    const char *action = request_arg(q, "action");
    Record *rec;
    if (!get(w, q, known, &rec)) return false;
    Json j = response_json(r, 200);
    return why_json(w, rec->form, record_id(rec), action && *action ? action : NULL, &j);
}

bool api_timeline(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "before", "limit", NULL };
    Record *rec;
    Timer *timer;
    Explained *said;
    int n, nsaid;
    if (!get(w, q, known, &rec)) return false;
    if (!timer_of(w, rec->form, record_id(rec), &timer, &n)
        || !history_explained(w, rec->form, record_id(rec), &said, &nsaid)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    bool ok = put_history(w, q, rec, &j);
    json_key(&j, "explained");
    json_list(&j);
    for (int i = 0; i < nsaid; i++) {
        json_map(&j);
        json_key(&j, "at"); json_val(&j, val_datetime(said[i].at));
        json_key(&j, "rule"); json_text(&j, said[i].rule);
        json_key(&j, "text"); json_text(&j, said[i].text);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_key(&j, "coming");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        if (snooze_of(&timer[i]) && snooze_of(&timer[i]) != w->who.id) continue;
        json_map(&j);
        json_key(&j, "rule"); json_text(&j, timer[i].rule);
        json_key(&j, "due"); json_val(&j, val_datetime(timer[i].due));
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return ok;
}

typedef struct Say { const Record *rec; const char *text; } Say;

static bool write_comment(Work *w, void *arg)
{
    const Say *say = arg;
    return history_comment(w, say->rec, say->text);
}

bool api_comment(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "text", NULL };
    Say say = { 0 };
    Record *rec;
    if (!get(w, q, none, &rec)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (!node_read_text(&w->cx, body, "text", &say.text)) return cx_check(&w->cx);
    say.text = say.text ? str_trim(w->cx.a, say.text) : "";
    if (!*say.text) cx_issue(&w->cx, at_field("text"), "required", "is required");
    if (utf8_count(say.text) > 10000)
        cx_issue(&w->cx, at_field("text"), "max", "at most %d characters", 10000);
    say.rec = rec;
    if (!cx_check(&w->cx) || !work_write(w, write_comment, &say)) return false;
    r->status = 204;
    return true;
}
