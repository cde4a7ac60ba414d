/*
 * remind_page.c — one's own reminders: on the record they are about, and all of them beside the
 * messages. A form that was posted brings back the page it stood on.
 */
#include "http/remind.h"
#include "http/handlers.h"
#include "data/readable.h"
#include "data/snooze.h"

#include <string.h>

bool remind_moment(Work *w, const char *field, const char *text, int64_t *at)
{
    *at = 0;
    if (!text || !*text)
        cx_issue(&w->cx, at_field(field), "required", "is required");
    else if (!snooze_time(w, text, page_zone(w), at) && !datetime_parse(text, page_zone(w), at))
        cx_issue(&w->cx, at_field(field), "type",
            "is no date and time such as 2026-03-02T09:00");
    return cx_check(&w->cx);
}

static const char *posted(const Request *q, const char *name)
{
    return node_text(node_find(q->form, name));
}

bool remind_chosen(Work *w, const Request *q, int64_t *at)
{
    const char *word = posted(q, "to");

    return remind_moment(w, "at", word && !str_eq(word, "at") ? word : posted(q, "at"), at);
}

/* What one may not read any more keeps one's own words only. */
static void add(Work *w, Node *list, const OwnReminder *x, bool named)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, list, node_map(a));
    const char *title = named ? readable_title(w, x->form, x->record) : NULL;

    node_put_int(a, one, "id", x->id);
    node_put_text(a, one, "text", x->text);
    node_put_text(a, one, "when", page_moment(w, x->at));
    node_put_text(a, one, "title", title && *title ? title : NULL);
    node_put_text(a, one, "href", title && *title ? page_href(a, x->form, x->record) : NULL);
}

bool remind_panel(Work *w, Node *page, const Record *r)
{
    Node *list = node_put(w->cx.a, page, "reminders", node_list(w->cx.a));
    OwnReminder *x;
    int n;

    if (!own_reminders(w, r ? r->form : NULL, r ? record_id(r) : 0, &x, &n)) return false;
    for (int i = 0; i < n && !w->cx.err; i++) add(w, list, &x[i], !r);
    return !w->cx.err;
}

bool page_remind_post(Work *w, const Request *q, Response *r)
{
    OwnReminder x = { 0 };
    const char *text = posted(q, "text");
    int64_t id;

    if (!request_record(w, q, &x.form, &x.record) || !remind_chosen(w, q, &x.at))
        return false;
    if (text && *(text = str_trim(w->cx.a, text))) x.text = text;
    if (!own_reminder_add(w, &x, &id)) return false;
    response_redirect(&w->cx, r, page_url(w->cx.a, page_href(w->cx.a, x.form, x.record),
        "remind", "1", NULL));
    return true;
}

/* Where it came from, without what that page had said. */
static void back(Work *w, const Request *q, Response *r, const char *said)
{
    const char *to = page_back(posted(q, "back"), "/messages"), *ask = strchr(to, '?');

    if (ask) to = arena_dup_n(w->cx.a, to, (size_t)(ask - to));
    response_redirect(&w->cx, r, page_url(w->cx.a, to, said, "1", NULL));
}

bool page_reminder_move_post(Work *w, const Request *q, Response *r)
{
    int64_t id, at;

    if (!request_id(w, q, 0, &id) || !remind_chosen(w, q, &at)
        || !own_reminder_move(w, id, at, NULL)) return false;
    back(w, q, r, "snoozed");
    return true;
}

bool page_reminder_delete_post(Work *w, const Request *q, Response *r)
{
    int64_t id;

    if (!request_id(w, q, 0, &id) || !own_reminder_drop(w, id)) return false;
    back(w, q, r, "saved");
    return true;
}
