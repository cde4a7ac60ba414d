/*
 * hand_over_page.c — what a user answers for, with boxes, and who takes it. The same page comes back
 * with what was done and what is left.
 */
#include "http/handlers.h"
#include "http/page.h"
#include "data/hand_over.h"

#include <stdlib.h>
#include <string.h>

typedef struct Shown {
    const Form *f; int64_t id; Record *r;
    const HandOver *ask;                       /* as it was asked; NULL: not yet */
    const HandedOver *done;                    /* NULL: not done */
    const Cx *failed;
} Shown;

/* The list of those counted; NULL where a filter cannot say them. */
static const char *open_href(Work *w, const Held *h, const char *login)
{
    const char *filter = arena_printf(w->cx.a, "%s.login = '%s'%s", h->field->key, login,
        h->closes ? " and stage.status = 'open'" : "");

    if (strchr(login, '\'') || h->field->name.type.kind == T_LIST) return NULL;
    return page_url(w->cx.a, arena_printf(w->cx.a, "/f/%s", h->form->key), "filter", filter, NULL);
}

MUST static bool add_places(Work *w, Node *page, const Shown *s)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "places", node_list(a));
    const char *login = record_value(s->r, "login").t;
    Held *held;
    int n;

    if (!hand_over_held(w, s->id, &held, &n)) return false;
    for (int i = 0; i < n; i++) {
        const Held *h = &held[i];
        if (!h->all) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "place", h->place);
        node_put_text(a, one, "label", !h->form ? page_say(w, "Tasks")
            : label_show(&h->form->label, w->cx.lang, h->form->key));
        node_put_text(a, one, "field", !h->form ? NULL
            : label_show(&h->field->label, w->cx.lang, h->field->key));
        node_put_text(a, one, "href", h->form ? open_href(w, h, login) : NULL);
        node_put_int(a, one, "open", h->open);
        node_put_int(a, one, "all", h->all);
    }
    return true;
}

/* Who takes it is chosen as a manager is. */
static void add_to(Work *w, Node *page, const Shown *s)
{
    Arena *a = w->cx.a;
    Field *manager = form_field(s->f, "manager");
    Node *fields = node_put(a, page, "fields", node_list(a));
    Record *blank = record_copy(w, s->r);

    record_set(blank, manager, s->ask && s->ask->to ? val_rec(s->ask->to) : val_blank());
    Node *one = page_field(w, &(FieldAsk){ .r = blank, .f = manager, .always = true });
    if (!one) return;
    node_put_text(a, one, "label", page_say(w, "Hand over to"));
    node_add(a, fields, one);
}

static void add_done(Work *w, Node *page, const Shown *s)
{
    Arena *a = w->cx.a;
    const HandedOver *h = s->done;
    Node *list = node_put(a, page, "kept", node_list(a));

    if (!h) return;
    node_put_text(a, page, "done", h->left
        ? page_say(w, "Records handed over: %lld. There are more: go on with “Hand over”.",
            (long long)h->done)
        : page_say(w, "Records handed over: %lld", (long long)h->done));
    if (h->refused)
        node_put_text(a, page, "refused", page_say(w, "Records that stay, because their form "
            "refuses the change: %lld", (long long)h->refused));
    for (int i = 0; i < h->nkept; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "href", page_href(a, h->kept[i].form, h->kept[i].id));
        node_put_text(a, one, "title", record_title_of(w, h->kept[i].form, h->kept[i].id));
        node_put_text(a, one, "why", h->kept[i].why);
    }
}

static bool show(Work *w, const Request *q, Response *r, const Shown *s)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, page_say(w, "Hand over"));

    page_crumbs(w, page, s->f, s->r);
    node_put_int(a, page, "id", s->id);
    node_put_text(a, page, "action", page_below(a, s->f, s->id, "hand-over"));
    node_put_bool(a, page, "closed", s->ask && s->ask->closed);
    if (s->failed)
        node_put_text(a, page, "error",
            s->failed->nissue ? s->failed->issue[0].text : s->failed->text);
    if (!add_places(w, page, s)) return false;
    add_to(w, page, s);
    add_done(w, page, s);
    if (w->cx.err || !page_end(w, q, r, "hand_over", page)) return false;
    if (s->failed) r->status = err_status(s->failed->err);
    return true;
}

bool page_hand_over(Work *w, const Request *q, Response *r)
{
    Shown s = { 0 };

    return request_user(w, q, &s.f, &s.id) && query_one(w, s.f, s.id, &s.r)
        && show(w, q, r, &s);
}

/* What was posted; a box that stands alone is no list. */
static void read_asked(Work *w, const Request *q, HandOver *ask)
{
    const Node *place = node_find(q->form, "place"), *to = node_find(q->form, "manager");
    int n = node_is(place, NODE_LIST) ? place->n : 0;
    const char **names = ARENA_ARRAY(w->cx.a, const char *, n + 2);

    for (int i = 0; i < n; i++) names[i] = node_text(place->item[i]);
    if (place && !n) names[n++] = node_text(place);
    *ask = (HandOver){ .from = ask->from, .place = names, .nplace = n,
        .closed = node_find(q->form, "closed") != NULL };
    ask->to = node_text(to) ? strtoll(node_text(to), NULL, 10) : 0;
}

bool page_hand_over_post(Work *w, const Request *q, Response *r)
{
    Shown s = { 0 };
    HandOver ask = { 0 };
    HandedOver done;
    Cx failed;

    if (!request_user(w, q, &s.f, &s.id) || !query_one(w, s.f, s.id, &s.r)) return false;
    ask.from = s.id;
    read_asked(w, q, &ask);
    s.ask = &ask;
    if (!ask.nplace)
        cx_issue(&w->cx, at_field("places"), "required", "choose what is handed over");
    if (cx_check(&w->cx) && hand_over(w, &ask, &done)) {
        s.done = &done;
        return show(w, q, r, &s);
    }
    if (w->cx.err != E_INPUT) return false;
    failed = cx_begin(w->cx.a, w->cx.lang);
    cx_copy(&failed, &w->cx);
    cx_clear(&w->cx);
    s.failed = &failed;
    return show(w, q, r, &s);
}
