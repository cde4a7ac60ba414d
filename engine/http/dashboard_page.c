/*
 * dashboard_page.c — a dashboard as a page: the tree of dashboard.h, and what only a page needs.
 *
 * The numbers of a chart stand in a table of the page; web/js/charts.js draws from there, so that a
 * reader without script, the designer's canvas and a printer have the same numbers.
 */
#include "http/dashboard.h"
#include "http/handlers.h"
#include "base/out.h"

/* The forms whose changes the page follows. */
static const char *follows(Arena *a, const Dashboard *d)
{
    Str s = str_begin(a);

    for (int i = 0; i < d->ncard; i++) {
        bool known = !d->card[i].form;
        for (int k = 0; k < i && !known; k++) known = d->card[k].form == d->card[i].form;
        if (!known) str_printf(&s, "%s%s", s.n ? " " : "", d->card[i].form->key);
    }
    return str_show(&s);
}

/* The same page at any time. */
static const char *wider(Arena *a, const Request *q, const DashAsk *ask)
{
    Str s = str_begin(a);

    str_add(&s, q->path);
    for (int i = 0; i < ask->n; i++) {
        const DashSet *one = &ask->set[i];
        str_add_char(&s, i ? '&' : '?');
        url_part(&s, one->filter->key);
        str_add_char(&s, '=');
        url_part(&s, one->filter->kind == FILTER_PERIOD ? "" : one->value);
    }
    return str_show(&s);
}

static bool is_set_period(const DashAsk *ask, const char *name)
{
    for (int i = 0; i < ask->n; i++) {
        const DashSet *s = &ask->set[i];
        if (str_eq(s->filter->key, name)) return s->filter->kind == FILTER_PERIOD && s->literal;
    }
    return false;
}

/* Does the card count the records of some days only? */
static bool is_narrow(const DashAsk *ask, const Card *c)
{
    if (c->period && is_set_period(ask, c->period->key)) return true;
    for (int i = 0; i < c->npiece; i++)
        for (int k = 0; k < c->piece[i].nparam; k++)
            if (is_set_period(ask, c->piece[i].param[k].name)) return true;
    return false;
}

/* Where a card may look at more days, its address. */
static void add_wider(Work *w, const Request *q, const DashAsk *ask, Node *cards)
{
    const char *href = wider(w->cx.a, q, ask);

    for (int i = 0; i < cards->n; i++)
        node_put_text(w->cx.a, cards->item[i], "wide_href",
            is_narrow(ask, &ask->dashboard->card[i]) ? href : NULL);
}

/* All cards that count records ask for more rights than this person has. */
static bool all_denied(const Node *cards)
{
    int denied = 0, counted = 0;

    for (int i = 0; i < cards->n; i++) {
        const Node *card = cards->item[i], *problem = node_find(card, "problem");
        if (!node_text(node_find(card, "form"))) continue;
        counted++;
        denied += problem && str_eq(node_text(node_find(problem, "code")), err_code(E_DENIED));
    }
    return counted && denied == counted;
}

bool page_dashboard(Work *w, const Request *q, Response *r)
{
    Arena *a = w->cx.a;
    DashAsk ask;
    Node *tree;

    if (!dashboard_ask(w, q, q->segment[0], &ask) || !dashboard_node(w, &ask, &tree)) return false;
    Node *page = page_begin(w, q, dashboard_label(ask.dashboard, w->cx.lang));
    node_put(a, page, "dash", tree);
    node_put_text(a, page, "follows", follows(a, ask.dashboard));
    add_wider(w, q, &ask, node_find(tree, "cards"));
    node_put_bool(a, page, "all_denied", all_denied(node_find(tree, "cards")));
    node_put_text(a, page, "design_href", w->who.admin
        ? arena_printf(a, "/design/app/dashboards/%s", ask.dashboard->key) : NULL);
    return page_end(w, q, r, "dashboard", page);
}
