/*
 * dashboard_funnel.c — cards of a workflow's stages, and of records.
 */
#include "http/dashboard.h"
#include "http/list_page.h"
#include "data/passed.h"
#include "data/process.h"

typedef struct Funnel {
    const CardAsk *c;
    const char *from, *end;            /* days, `end` the one after the last; NULL: whenever */
    ProcessAsk ask;
    Process p;
} Funnel;

static const char *way_href(Work *w, const Funnel *x, PassedHow how, const char *stage, const char *also)
{
    Arena *a = w->cx.a;
    const char *way = arena_printf(a, "%s,%s,%s", x->ask.flow->key, passed_how[how], stage ? stage : "");
    const char *filter = x->ask.filter;

    if (also) filter = filter ? arena_printf(a, "(%s) and %s", filter, also) : also;
    if (x->from) way = arena_printf(a, "%s,%s,%s", way, x->from, x->end);
    return page_url(a, arena_printf(a, "/f/%s", x->ask.flow->form->key), "passed", way, "filter", filter, NULL);
}

static void put_count(Work *w, Node *into, const char *name, int64_t n, const char *href)
{
    Arena *a = w->cx.a;

    node_put_int(a, into, name, n);
    node_put_text(a, into, arena_printf(a, "%s_text", name), arena_printf(a, "%lld", (long long)n));
    node_put_text(a, into, arena_printf(a, "%s_href", name), n ? href : NULL);
}

static void put_share(Work *w, Node *into, const char *name, int64_t part, int64_t whole)
{
    Arena *a = w->cx.a;
    double share = whole ? (double)part / (double)whole : 0;

    node_put(a, into, name, whole ? node_new_number(a, arena_printf(a, "%.4f", share)) : node_new_null(a));
    node_put_text(a, into, arena_printf(a, "%s_text", name), whole ? share_shown(w, share, false) : NULL);
}

static void add_reasons(Work *w, const Funnel *x, Node *one, const StageUse *u)
{
    Arena *a = w->cx.a;
    const Field *f = x->p.reason;
    Node *list = node_put(a, one, "reasons", node_list(a));

    for (int i = 0; (x->c->card->show & SHOW_REASON) && i < u->nreason; i++) {
        const char *key = u->reason[i].key;
        const Option *o = f ? field_option(f, key) : NULL;
        Node *reason = node_add(a, list, node_map(a));
        node_put_text(a, reason, "label", !*key ? page_say(w, "no reason given")
            : o ? label_show(&o->label, w->cx.lang, key) : key);
        put_count(w, reason, "n", u->reason[i].n, !f ? NULL : way_href(w, x, PASSED_LOST, u->stage,
            *key ? arena_printf(a, "%s = '%s'", f->key, key) : arena_printf(a, "%s = blank", f->key)));
    }
}

/* The amount of the records that reached the stage. */
MUST static bool add_amount(Work *w, const Funnel *x, Node *one, const char *stage)
{
    const Card *c = x->c->card;
    Passed way = { .flow = x->ask.flow, .from = x->ask.from, .to = x->ask.to, .how = PASSED_REACHED, .stage = stage };
    GroupAsk ask = { .form = c->form, .of = c->nvalue ? c->value[0] : NULL, .filter = x->ask.filter, .passed = &way };
    Groups g;
    Arena *a = w->cx.a;

    node_put(a, one, "amount", node_new_null(a));
    node_put_text(a, one, "amount_text", NULL);
    if (!(c->show & SHOW_AMOUNT) || !c->nvalue) return true;
    if (!query_group(w, &ask, &g)) return false;
    Measure m = { .text = c->value[0], .expr = g.of[0] };
    chart_measure(w, c->form, &m);
    Val v = g.n ? g.row[0].value[0] : val_blank();
    node_put(a, one, "amount", number_node(a, v));
    node_put_text(a, one, "amount_text", measure_shown(w, &m, v));
    return true;
}

MUST static bool add_stages(Work *w, const Funnel *x, Node *card)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, card, "stages", node_list(a));
    int64_t before = 0;

    for (int i = 0; i < x->p.nstage; i++) {
        const StageUse *u = &x->p.stage[i];
        const Stage *s = workflow_any_stage(x->ask.flow, u->stage);
        if (u->now && !stage_is_step(u->now)) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "stage", u->stage);
        node_put_text(a, one, "label", s ? label_show(&s->label, w->cx.lang, s->key) : u->stage);
        node_put_text(a, one, "status", s && s->status ? s->status : "open");
        put_count(w, one, "n", u->reached, way_href(w, x, PASSED_REACHED, u->stage, NULL));
        put_share(w, one, "share", u->reached, x->p.cases);
        put_share(w, one, "conversion", u->reached, u->now && list->n > 1 ? before : 0);
        put_count(w, one, "lost", u->gone, way_href(w, x, PASSED_LOST, u->stage, NULL));
        node_put(a, one, "median", u->seconds.n ? node_new_int(a, u->seconds.median) : node_new_null(a));
        node_put_text(a, one, "median_text", u->seconds.n ? page_span(w, u->seconds.median) : NULL);
        add_reasons(w, x, one, u);
        if (!add_amount(w, x, one, u->stage)) return false;
        before = u->reached;
    }
    return true;
}

bool card_funnel(Work *w, const CardAsk *c, Node *card)
{
    static const struct { unsigned bit; const char *name; } shows[] = {
        { SHOW_COUNT, "count" }, { SHOW_AMOUNT, "amount" }, { SHOW_CONVERSION, "conversion" },
        { SHOW_LOSS, "loss" }, { SHOW_REASON, "loss_reason" }, { SHOW_MEDIAN, "median_days" } };
    const DashSet *period = dash_period(c->ask, c->card);
    Arena *a = w->cx.a;
    Funnel x = { .c = c, .ask = { .flow = c->card->flow, .to = INT64_MAX, .filter = c->filter } };

    if (period) {
        x.from = date_text(a, period->from);
        x.end = date_text(a, period->to + 1);
        x.ask.from = local_midnight(period->from, page_zone(w));
        x.ask.to = local_midnight(period->to + 1, page_zone(w));
    }
    if (!process_report(w, &x.ask, &x.p)) return false;
    node_put_text(a, card, "workflow", x.ask.flow->key);
    put_count(w, card, "cases", x.p.cases, way_href(w, &x, PASSED_ENTERED, NULL, NULL));
    node_put_text(a, card, "href", node_text(node_find(card, "cases_href")));
    node_put_bool(a, card, "empty", x.p.cases == 0);
    Node *show = node_put(a, card, "show", node_map(a));
    for (int i = 0; i < LEN(shows); i++) node_put_bool(a, show, shows[i].name, c->card->show & shows[i].bit);
    return add_stages(w, &x, card);
}

/* ---- records ---- */

/* Less those this person may not sort by. */
static const char *order_text(Work *w, const Card *c)
{
    Str s = str_begin(w->cx.a);

    for (int i = 0; i < c->nsort; i++)
        if (perm_filterable(w, c->form, c->sort[i].field))
            str_printf(&s, "%s%s%s", s.n ? "," : "", c->sort[i].down ? "-" : "", c->sort[i].field->key);
    return s.n ? str_show(&s) : NULL;
}

bool card_table(Work *w, const CardAsk *c, Node *card)
{
    Arena *a = w->cx.a;
    ListLook look = { .form = c->card->form, .view = c->card->view, .view_key = c->card->view ? c->card->view->key : NULL,
        .filter = c->filter };
    Field **field;
    int lost, n = list_columns(w, &look, &field, &lost);
    ListAsk ask = { .form = look.form, .filter = look.filter, .also = look.view ? look.view->filter : NULL,
        .limit = c->card->limit, .field = field, .nfield = n };
    List list = { 0 };

    look.sort = c->card->nsort ? order_text(w, c->card) : NULL;
    list_order(w, &look, &ask);
    if (!query_list(w, &ask, &list) || !query_titles(w, list.record, list.n, field, n)) return false;
    Node *columns = node_put(a, card, "columns", node_list(a)), *rows = node_put(a, card, "rows", node_list(a));
    for (int i = 0; i < n; i++) node_add(a, columns, page_column(w, field[i]));
    for (int i = 0; i < list.n; i++) node_add(a, rows, list_row(w, list.record[i], field, n));
    node_put_text(a, card, "href", list_url(a, &look, NULL));
    node_put_bool(a, card, "empty", list.n == 0);
    node_put_bool(a, card, "truncated", list.next != NULL);
    return !w->cx.err;
}
