/*
 * message_page.c — the inbox.
 */
#include "http/handlers.h"
#include "http/message_list.h"
#include "http/remind.h"
#include "base/i18n.h"
#include "data/notice.h"
#include "data/snooze.h"

enum { A_PAGE = 50 };

Node *message_list(Work *w, const Message *m, int n)
{
    Arena *a = w->cx.a;
    Node *list = node_list(a);

    for (int i = 0; i < n; i++) {
        const Form *f = m[i].form ? app_form(w->app, m[i].form) : NULL;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "text", m[i].text);
        node_put_text(a, one, "when", page_moment(w, m[i].at));
        node_put_bool(a, one, "unread", !m[i].read_at);
        node_put_text(a, one, "href", f && m[i].record ? page_href(a, f, m[i].record) : NULL);
        node_put_text(a, one, "snooze", !str_eq(m[i].kind, "reminder") ? NULL
            : arena_printf(a, "/messages/%lld/snooze", (long long)m[i].id));
        node_put_text(a, one, "late", m[i].late_s < 3600 ? NULL
            : page_say(w, "%lld h late", (long long)(m[i].late_s / 3600)));
    }
    return list;
}

bool page_messages(Work *w, const Request *q, Response *r)
{
    Arena *a = w->cx.a;
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX);
    Message *m;
    int n;

    if (w->cx.err || !notice_list(w, false, before, A_PAGE, &m, &n)) return false;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Messages"));
    node_put(a, page, "messages", message_list(w, m, n));
    if (!before && !remind_panel(w, page, NULL)) return false;
    if (n == A_PAGE)
        node_put_text(a, page, "next", page_url(a, "/messages", "before",
            arena_printf(a, "%lld", (long long)m[n - 1].id), NULL));
    return page_end(w, q, r, "messages", page);
}

bool page_messages_read_post(Work *w, const Request *q, Response *r)
{
    (void)q;
    if (!notice_read(w, NULL, 0)) return false;
    response_redirect(&w->cx, r, "/messages?read=1");
    return true;
}

bool page_snooze_post(Work *w, const Request *q, Response *r)
{
    int64_t id, until = 0;

    if (!request_id(w, q, 0, &id) || !remind_chosen(w, q, &until) || !snooze_message(w, id, until))
        return false;
    response_redirect(&w->cx, r, "/messages?snoozed=1");
    return true;
}
