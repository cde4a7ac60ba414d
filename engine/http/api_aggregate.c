/*
 * api_aggregate.c — groups and totals of the records one may read.
 */
#include "http/api.h"
#include "data/pending.h"

static void put_row(Work *w, const Groups *g, const GroupRow *row, Json *j)
{
    json_map(j);
    json_key(j, "key");
    json_list(j);
    for (int i = 0; i < g->nby; i++) api_value(w, g->by[i], row->key[i], j);
    json_list_end(j);
    json_key(j, "value");
    json_list(j);
    for (int i = 0; i < g->nof; i++) api_value(w, g->of[i], row->value[i], j);
    json_list_end(j);
    json_map_end(j);
}

bool api_aggregate(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "by", "of", "filter", "limit", NULL };
    const Form *f = request_form(w, q);
    Groups g = { 0 };
    if (!f || !request_args_only(&w->cx, q, known)) return false;
    GroupAsk ask = { .form = f, .by = request_arg(q, "by"), .of = request_arg(q, "of"),
        .filter = request_arg(q, "filter") };
    ask.limit = (int)request_arg_int(&w->cx, q, "limit", 1000, 1, 10000);
    if (ask.filter && !*ask.filter) ask.filter = NULL;
    if (ask.by && !*ask.by) ask.by = NULL;
    if (!ask.of || !*ask.of) ask.of = "count()";
    if (w->cx.err || !query_group(w, &ask, &g)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "by");
    json_list(&j);
    for (int i = 0; i < g.nby; i++) json_text(&j, expr_text(g.by[i]));
    json_list_end(&j);
    json_key(&j, "of");
    json_list(&j);
    for (int i = 0; i < g.nof; i++) json_text(&j, expr_text(g.of[i]));
    json_list_end(&j);
    json_key(&j, "rows");
    json_list(&j);
    for (int i = 0; i < g.n; i++) put_row(w, &g, &g.row[i], &j);
    json_list_end(&j);
    pending_json(w, f, &j);
    json_map_end(&j);
    return !w->cx.err;
}
