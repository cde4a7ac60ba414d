/*
 * delegation_page.c — who stands in for oneself, on the own profile: the list, a new one, its end.
 */
#include "http/delegation.h"
#include "http/handlers.h"
#include "data/task.h"

#include <stdlib.h>

/* Chosen as a manager is. */
static Node *whom(Work *w)
{
    const Form *user = app_form(w->app, "user");
    Node *one = page_field(w, &(FieldAsk){ .r = record_new(w, user),
        .f = form_field(user, "manager"), .always = true });

    if (one) node_put_text(w->cx.a, one, "label", page_say(w, "Who stands in"));
    return one;
}

bool delegation_panel(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    Delegation *d;
    int n;

    if (!app_approves(w->app) || !delegation_list(w, w->who.id, &d, &n)) return !w->cx.err;
    Node *to = node_put(a, page, "delegation", node_map(a)), *list = node_put(a, to, "list", node_list(a)),
        *forms = node_put(a, to, "forms", node_list(a));
    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_int(a, one, "id", d[i].id);
        node_put_text(a, one, "who", record_title_of(w, app_form(w->app, "user"), d[i].delegate));
        node_put_text(a, one, "form", d[i].form ? form_label(d[i].form, w->cx.lang)
            : page_say(w, "all forms"));
        node_put_text(a, one, "from", page_moment(w, d[i].begins));
        node_put_text(a, one, "until", page_moment(w, d[i].ends));
    }
    for (int i = 0; i < w->app->nform; i++)
        if (w->app->form[i]->approves)
            page_option(a, forms, w->app->form[i]->key, form_label(w->app->form[i], w->cx.lang), false);
    Node *fields = node_put(a, to, "fields", node_list(a)), *one = whom(w);
    if (one) node_add(a, fields, one);
    return !w->cx.err;
}

static const char *posted(const Request *q, const char *name)
{
    const char *text = node_text(node_find(q->form, name));
    return text && *text ? text : NULL;
}

bool page_delegate_post(Work *w, const Request *q, Response *r)
{
    const char *whose = posted(q, "manager"), *form = posted(q, "_form");
    const char *from = posted(q, "_from"), *until = posted(q, "_until");
    Delegation d = { .user = w->who.id, .begins = w->now,
        .delegate = whose ? strtoll(whose, NULL, 10) : 0,
        .form = form ? app_form(w->app, form) : NULL };
    int64_t id;

    if ((from && !datetime_parse(from, page_zone(w), &d.begins))
        || !until || !datetime_parse(until, page_zone(w), &d.ends)) {
        cx_issue(&w->cx, at_field("until"), "bad_time", "is no date and time");
        return cx_check(&w->cx);
    }
    if (!delegation_add(w, &d, &id)) return false;
    response_redirect(&w->cx, r, "/profile?saved=1");
    return true;
}

bool page_delegation_end_post(Work *w, const Request *q, Response *r)
{
    int64_t id;

    if (!request_id(w, q, 0, &id) || !delegation_end(w, id)) return false;
    response_redirect(&w->cx, r, "/profile?saved=1");
    return true;
}
