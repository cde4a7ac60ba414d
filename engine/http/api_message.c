/*
 * api_message.c — the inbox.
 */
#include "http/api.h"
#include "http/remind.h"
#include "data/notice.h"
#include "data/snooze.h"

static void put(Work *w, Json *j, const Message *m)
{
    const Form *f = m->form ? app_form(w->app, m->form) : NULL;
    json_map(j);
    json_key(j, "id"); json_int(j, m->id);
    json_key(j, "at"); json_val(j, val_datetime(m->at));
    json_key(j, "read_at"); json_val(j, m->read_at ? val_datetime(m->read_at) : val_blank());
    json_key(j, "kind"); json_text(j, m->kind);
    json_key(j, "text"); json_text(j, m->text);
    json_key(j, "late_s"); json_int(j, m->late_s);
    json_key(j, "form"); json_text(j, m->form);
    json_key(j, "record");
    if (f && m->record) json_int(j, m->record);
    else json_null(j);
    json_map_end(j);
}

bool api_messages(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "unread", "before", "limit", NULL };
    Message *list;
    int n;
    int64_t unread;
    if (!request_args_only(&w->cx, q, known)) return false;
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX);
    int limit = (int)request_arg_int(&w->cx, q, "limit", 50, 1, 500);
    if (w->cx.err) return false;
    if (!notice_list(w, str_eq(request_arg(q, "unread"), "true"), before, limit, &list, &n)
        || !notice_unread(w, &unread)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "messages");
    json_list(&j);
    for (int i = 0; i < n; i++) put(w, &j, &list[i]);
    json_list_end(&j);
    json_key(&j, "unread"); json_int(&j, unread);
    json_key(&j, "next");
    if (n == limit) json_int(&j, list[n - 1].id);
    else json_null(&j);
    json_map_end(&j);
    return true;
}

bool api_messages_read(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "ids", NULL };
    int64_t *id = NULL;
    int n = 0;
    if (!request_args_only(&w->cx, q, none)) return false;
    if (q->form) {
        const Node *body = request_object(&w->cx, q, known);
        if (!body) return false;
        if (!api_ids(w, node_find(body, "ids"), "ids", &id, &n)) return cx_check(&w->cx);
        if (node_find(body, "ids") && !n) { r->status = 204; return true; }
    }
    if (!notice_read(w, id, n)) return false;
    r->status = 204;
    return true;
}

bool api_snooze(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "until", NULL };
    int64_t id, until = 0;

    if (!request_args_only(&w->cx, q, none) || !request_id(w, q, 0, &id)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (!remind_moment(w, "until", node_text(node_find(body, "until")), &until)
        || !snooze_message(w, id, until)) return false;
    r->status = 204;
    return true;
}
