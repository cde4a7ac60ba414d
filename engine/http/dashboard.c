/*
 * dashboard.c — the frame of a dashboard: its filters, and each card by its chart.
 */
#include "http/dashboard.h"
#include "http/list_page.h"
#include "http/markdown.h"
#include "base/i18n.h"
#include "data/readable.h"
#include "def/attr_tree.h"

#include <string.h>

enum { MOST_OPTIONS = 500 };

const char *dashboard_label(const Dashboard *d, const char *lang)
{
    return label_show(&d->label, lang, d->key);
}

static const char *asked(void *ctx, const char *name)
{
    return request_arg(ctx, name);
}

bool dashboard_ask(Work *w, const Request *q, const char *key, DashAsk *out)
{
    const Dashboard *d = app_dashboard(w->app, key);

    if (!d || !dash_may(w, d)) return cx_fail(&w->cx, E_MISSING, "there is no dashboard %s", key);
    return dash_ask(w, d, asked, (void *)(uintptr_t)q, out);
}

/* ---- filters ---- */

static void add_option(Work *w, Node *options, const char *value, const char *label, const DashSet *s)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, options, node_map(a));

    node_put_text(a, one, "value", value);
    node_put_text(a, one, "label", label);
    node_put_bool(a, one, "current", str_eq(value, s->value));
}

static void add_periods(Work *w, Node *one, Node *options, const DashSet *s)
{
    Arena *a = w->cx.a;
    const char *const *word;
    int n = period_words(&word);
    bool custom = *s->value != 0;
    const char *from = s->literal ? date_text(a, s->from) : "", *to = s->literal ? date_text(a, s->to) : "";

    add_option(w, options, "", page_say(w, "Any time"), s);
    for (int i = 0; i < n; i++) {
        add_option(w, options, word[i], attr_label(a, w->cx.lang, word[i]), s);
        custom &= !str_eq(word[i], s->value);
    }
    add_option(w, options, "custom", page_say(w, "From … to …"), s);
    node_put_bool(a, options->item[options->n - 1], "current", custom);
    node_put_bool(a, one, "custom", custom);
    node_put_text(a, one, "from", from);
    node_put_text(a, one, "to", to);
    node_put_text(a, one, "text", s->literal ? arena_printf(a, "%s – %s", from, to) : page_say(w, "Any time"));
}

/* Those one may read, by name; the chosen one is among them. */
static void add_records(Work *w, Node *one, Node *options, const DashSet *s)
{
    bool user = s->filter->kind == FILTER_USER;
    const Form *f = app_form(w->app, user ? "user" : "department");
    Arena *a = w->cx.a;
    Cx before = w->cx;
    List list = { 0 };
    ListAsk ask = { .form = f, .sort = "name", .limit = MOST_OPTIONS, .filter = user ? "active" : NULL };
    const char *text = NULL;

    add_option(w, options, "", page_say(w, "All"), s);
    add_option(w, options, user ? "me" : "mine", page_say(w, user ? "Me" : "My department"), s);
    if (!perm_may(w, f, ACT_READ) || !query_list(w, &ask, &list)) w->cx = before;
    for (int i = 0; i < list.n; i++) {
        const char *id = arena_printf(a, "%lld", (long long)record_id(list.record[i]));
        add_option(w, options, id, record_title(w, list.record[i]), s);
    }
    for (int i = 0; i < options->n; i++) {
        bool current = false;
        if (node_bool(node_find(options->item[i], "current"), &current) && current)
            text = node_text(node_find(options->item[i], "label"));
    }
    if (!text) {
        text = readable_title(w, f, s->id);
        if (!text) text = s->value;
        add_option(w, options, s->value, text, s);
    }
    node_put_text(a, one, "text", text);
}

static void add_choices(Work *w, Node *one, Node *options, const DashSet *s)
{
    const Field *f = s->filter->field, *like = f->like ? f->like : f;
    const Option *o = field_option(like, s->value);

    add_option(w, options, "", page_say(w, "All"), s);
    for (int i = 0; i < like->noption; i++)
        add_option(w, options, like->option[i].value,
            label_show(&like->option[i].label, w->cx.lang, like->option[i].value), s);
    node_put_text(w->cx.a, one, "text", o ? label_show(&o->label, w->cx.lang, o->value) : page_say(w, "All"));
}

static const char *filter_label(Work *w, const DashFilter *f)
{
    const char *own = label_show(&f->label, w->cx.lang, NULL);

    if (own) return own;
    if (f->field) return field_label(f->field, w->cx.lang);
    return i18n_text(w->cx.lang, filter_variants[f->kind].label);
}

static void add_filters(Work *w, const DashAsk *ask, Node *out)
{
    static void (*const add[])(Work *, Node *, Node *, const DashSet *) = { [FILTER_PERIOD] = add_periods,
        [FILTER_DEPARTMENT] = add_records, [FILTER_USER] = add_records, [FILTER_CHOICE] = add_choices };
    Arena *a = w->cx.a;
    Node *list = node_put(a, out, "filters", node_list(a));

    for (int i = 0; i < ask->n; i++) {
        const DashSet *s = &ask->set[i];
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "name", s->filter->key);
        node_put_text(a, one, "label", filter_label(w, s->filter));
        node_put_text(a, one, "type", filter_variants[s->filter->kind].name);
        node_put_text(a, one, "value", s->value);
        add[s->filter->kind](w, one, node_put(a, one, "options", node_list(a)), s);
    }
}

/* ---- cards ---- */

const char *records_href(Work *w, const Form *f, const char *filter)
{
    const View *table = list_table(f);
    bool open = table && !table->filter;

    return page_url(w->cx.a, arena_printf(w->cx.a, "/f/%s", f->key), "view", open ? table->key : NULL,
        "filter", filter, "whole", open ? NULL : "true", NULL);
}

static bool card_text(Work *w, const CardAsk *c, Node *card)
{
    const char *text = label_show(&c->card->text, w->cx.lang, "");

    node_put_text(w->cx.a, card, "text", text);
    node_put(w->cx.a, card, "items", markdown_tree(w->cx.a, text));
    return true;
}

/* Without a label: what it counts, and by what. */
static const char *card_label(Work *w, const Card *c)
{
    Arena *a = w->cx.a;
    const char *own = label_show(&c->label, w->cx.lang, NULL), *of = NULL;
    const char *by = c->nby ? c->by[0] : NULL;

    if (own || c->chart == CHART_TEXT) return own;
    if (c->chart == CHART_FUNNEL && c->flow) return label_show(&c->flow->label, w->cx.lang, c->flow->key);
    if (c->chart == CHART_TABLE && c->view)
        return arena_printf(a, "%s: %s", form_label(c->form, w->cx.lang), label_show(&c->view->label, w->cx.lang, c->view->key));
    Measure m = { .text = c->nvalue ? c->value[0] : "count()" };
    chart_measure(w, c->form, &m);
    of = measure_label(w, &m);
    if (!by) return of;
    Dim d = { .text = by };
    chart_dim(w, c->form, &d);
    return page_say(w, "%s by %s", of, dim_label(w, &d));
}

static bool (*const kinds[])(Work *, const CardAsk *, Node *) = {
    [CHART_METRIC] = card_metric, [CHART_GAUGE] = card_gauge, [CHART_BAR] = card_matrix,
    [CHART_LINE] = card_matrix, [CHART_AREA] = card_matrix, [CHART_PIE] = card_matrix,
    [CHART_FUNNEL] = card_funnel, [CHART_RADAR] = card_matrix, [CHART_HEATMAP] = card_matrix,
    [CHART_PIVOT] = card_matrix, [CHART_TABLE] = card_table, [CHART_LEADERBOARD] = card_matrix,
    [CHART_TEXT] = card_text,
};

/* What one may not see is said on its card; a database that fails is told of as a whole. */
static bool is_ours(Err err)
{
    return err == E_DENIED || err == E_INPUT || err == E_SYNTAX || err == E_MISSING;
}

MUST static bool fill_card(Work *w, const CardAsk *c, Node *card)
{
    Arena *a = w->cx.a;
    const Form *f = c->card->form;

    node_put(a, card, "problem", node_new_null(a));
    bool ok = f && !perm_may(w, f, ACT_READ)
        ? cx_fail(&w->cx, E_DENIED, "you may not read %s", form_label(f, w->cx.lang))
        : kinds[c->card->chart](w, c, card);
    if (ok && !w->cx.err) return true;
    if (!is_ours(w->cx.err)) return false;
    Node *problem = node_put(a, card, "problem", node_map(a));
    node_put_text(a, problem, "code", err_code(w->cx.err));
    node_put_text(a, problem, "message", w->cx.nissue ? w->cx.issue[0].text : w->cx.text);
    cx_clear(&w->cx);
    return true;
}

MUST static bool add_card(Work *w, const DashAsk *ask, int i, Node *cards)
{
    const Card *c = &ask->dashboard->card[i];
    Arena *a = w->cx.a;
    Node *card = node_add(a, cards, node_map(a));
    CardAsk one = { ask, c, dash_filter(w, ask, c) };

    node_put_int(a, card, "card", i);
    node_put_text(a, card, "chart", chart_names[c->chart]);
    node_put_text(a, card, "label", card_label(w, c));
    node_put_text(a, card, "help", label_show(&c->help, w->cx.lang, NULL));
    node_put_int(a, card, "w", c->width);
    node_put_text(a, card, "form", c->form ? c->form->key : NULL);
    node_put_text(a, card, "form_label", c->form ? form_label(c->form, w->cx.lang) : NULL);
    node_put_text(a, card, "asked", one.filter);
    node_put_text(a, card, "href", c->form ? records_href(w, c->form, one.filter) : NULL);
    return fill_card(w, &one, card);
}

bool dashboard_node(Work *w, const DashAsk *ask, Node **out)
{
    const Dashboard *d = ask->dashboard;
    Arena *a = w->cx.a;

    *out = node_map(a);
    node_put_text(a, *out, "dashboard", d->key);
    node_put_text(a, *out, "label", dashboard_label(d, w->cx.lang));
    node_put_text(a, *out, "help", label_show(&d->help, w->cx.lang, NULL));
    add_filters(w, ask, *out);
    Node *cards = node_put(a, *out, "cards", node_list(a));
    for (int i = 0; i < d->ncard; i++)
        if (!add_card(w, ask, i, cards)) return false;
    return true;
}
