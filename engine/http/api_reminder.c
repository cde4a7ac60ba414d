/*
 * api_reminder.c — one's own reminders.
 */
#include "http/api.h"
#include "http/remind.h"

static const char *const none[] = { NULL };

static void put(Json *j, const OwnReminder *x)
{
    json_map(j);
    json_key(j, "id"); json_int(j, x->id);
    json_key(j, "at"); json_val(j, val_datetime(x->at));
    json_key(j, "text"); json_text(j, x->text);
    json_key(j, "form"); json_text(j, x->form->key);
    json_key(j, "record"); json_int(j, x->record);
    json_map_end(j);
}

MUST static bool show(Work *w, Response *r, const Form *f, int64_t record)
{
    OwnReminder *x;
    int n;

    if (!own_reminders(w, f, record, &x, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "reminders");
    json_list(&j);
    for (int i = 0; i < n; i++) put(&j, &x[i]);
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

bool api_reminders(Work *w, const Request *q, Response *r)
{
    return request_args_only(&w->cx, q, none) && show(w, r, NULL, 0);
}

bool api_record_reminders(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    int64_t id;

    return request_args_only(&w->cx, q, none) && request_record(w, q, &f, &id)
        && query_one(w, f, id, &rec) && show(w, r, f, id);
}

/* The moment and the text of the body; the text "" when there is none. */
MUST static bool read_body(Work *w, const Request *q, int64_t *at, const Node **text)
{
    static const char *const known[] = { "at", "text", NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;

    if (!body || !remind_moment(w, "at", node_text(node_find(body, "at")), at)) return false;
    *text = node_find(body, "text");
    if (*text && !node_text(*text) && !node_is(*text, NODE_NULL))
        cx_issue(&w->cx, at_field("text"), "type", "is no text");
    return cx_check(&w->cx);
}

bool api_remind(Work *w, const Request *q, Response *r)
{
    OwnReminder x = { 0 };
    const Node *text;

    if (!request_record(w, q, &x.form, &x.record) || !read_body(w, q, &x.at, &text)) return false;
    const char *said = text && node_text(text) ? str_trim(w->cx.a, node_text(text)) : "";
    if (*said) x.text = said;
    if (!own_reminder_add(w, &x, &x.id)) return false;
    Json j = response_json(r, 201);
    put(&j, &x);
    return true;
}

bool api_reminder_move(Work *w, const Request *q, Response *r)
{
    const Node *text;
    int64_t id, at;

    if (!request_id(w, q, 0, &id) || !read_body(w, q, &at, &text)
        || !own_reminder_move(w, id, at, !text ? NULL
            : node_text(text) ? str_trim(w->cx.a, node_text(text)) : "")) return false;
    r->status = 204;
    return true;
}

bool api_reminder_drop(Work *w, const Request *q, Response *r)
{
    int64_t id;

    if (!request_args_only(&w->cx, q, none) || !request_id(w, q, 0, &id)
        || !own_reminder_drop(w, id)) return false;
    r->status = 204;
    return true;
}
