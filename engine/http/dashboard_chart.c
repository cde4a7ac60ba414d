/*
 * dashboard_chart.c — cards of numbers and of groups.
 */
#include "http/dashboard.h"
#include "base/i18n.h"
#include "expr/shape.h"

#include <math.h>
#include <string.h>

static const char *both(Work *w, const char *x, const char *y)
{
    const char *const piece[] = { x ? x : y, y };
    return x && y ? expr_join(w->cx.a, piece, 2) : piece[0];
}

static void put_value(Work *w, Node *into, const char *name, const Measure *m, Val v)
{
    Arena *a = w->cx.a;

    node_put(a, into, name, number_node(a, v));
    node_put_text(a, into, arena_printf(a, "%s_text", name), measure_shown(w, m, v));
}

/* ---- metric, gauge ---- */

MUST static bool add_before(Work *w, const CardAsk *c, Node *card, Val now)
{
    Arena *a = w->cx.a;
    const char *filter;
    int64_t from, to;
    Measure m;
    Val then;

    node_put(a, card, "before", node_new_null(a));
    if (!dash_before(w, c->ask, c->card, &filter, &from, &to)) return true;
    if (!chart_values(w, c->card, filter, c->card->value, 1, &m, &then)) return false;
    Node *before = node_put(a, card, "before", node_map(a));
    put_value(w, before, "value", &m, then);
    node_put_text(a, before, "label", arena_printf(a, "%s – %s", date_text(a, from), date_text(a, to)));
    node_put_text(a, before, "href", records_href(w, c->card->form, filter));
    double x = val_number(then), change = x != 0 ? (val_number(now) - x) / fabs(x) : 0;
    bool known = !val_is_blank(now) && !val_is_blank(then) && x != 0;
    node_put(a, card, "change", known ? node_new_number(a, arena_printf(a, "%.4f", change)) : node_new_null(a));
    node_put_text(a, card, "change_text", known ? share_shown(w, change, true) : NULL);
    node_put_text(a, card, "trend", !known || fabs(change) < 0.0005 ? "flat" : change > 0 ? "up" : "down");
    return true;
}

bool card_metric(Work *w, const CardAsk *c, Node *card)
{
    Measure m;
    Val v;

    if (!chart_values(w, c->card, c->filter, c->card->value, 1, &m, &v)) return false;
    put_value(w, card, "value", &m, v);
    node_put_text(w->cx.a, card, "measure", measure_label(w, &m));
    return add_before(w, c, card, v);
}

bool card_gauge(Work *w, const CardAsk *c, Node *card)
{
    const char *text[] = { c->card->value[0], c->card->target };
    Arena *a = w->cx.a;
    Measure m[2];
    Val v[2];

    if (!chart_values(w, c->card, c->filter, text, 2, m, v)) return false;
    double target = val_number(v[1]);
    double share = target > 0 ? val_number(v[0]) / target : 0;
    put_value(w, card, "value", &m[0], v[0]);
    put_value(w, card, "target", &m[0], v[1]);
    node_put_text(a, card, "measure", measure_label(w, &m[0]));
    node_put(a, card, "share", target > 0 ? node_new_number(a, arena_printf(a, "%.4f", share)) : node_new_null(a));
    node_put_text(a, card, "share_text", target > 0 ? share_shown(w, share, false) : NULL);
    return true;
}

/* ---- groups ---- */

static const char *kind_of(const Dim *d)
{
    switch (expr_type(d->expr).kind) {
    case T_NUMBER: return "number";
    case T_DATE: case T_DATETIME: return "date";
    case T_RECORD: return "record";
    case T_BOOL: return "boolean";
    default: return "text";
    }
}

static Node *key_node(Work *w, Val key)
{
    return val_is_blank(key) ? node_new_null(w->cx.a) : node_new_text(w->cx.a, val_show(w->cx.a, key));
}

static void add_heads(Work *w, Node *card, const Chart *k)
{
    Arena *a = w->cx.a;
    Node *heads = node_put(a, card, "heads", node_list(a));

    for (int i = 0; i < k->nby; i++) {
        Node *one = node_add(a, heads, node_map(a));
        node_put_text(a, one, "label", dim_label(w, &k->by[i]));
        node_put_text(a, one, "kind", kind_of(&k->by[i]));
        node_put_text(a, one, "step", k->by[i].step);
    }
}

static void add_series(Work *w, Node *card, const Chart *k)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, card, "series", node_list(a));

    for (int i = 0; i < k->nseries; i++) {
        const Series *s = &k->series[i];
        const char *measure = measure_label(w, &k->of[s->of]);
        const char *key = !k->across ? NULL : s->others ? page_say(w, "Others") : dim_shown(w, k->across, s->key);
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", !key ? measure : k->nof > 1 ? arena_printf(a, "%s · %s", key, measure) : key);
        node_put_text(a, one, "measure", measure);
        node_put_text(a, one, "unit", measure_unit(&k->of[s->of]));
        node_put(a, one, "key", k->across && !s->others ? key_node(w, s->key) : node_new_null(a));
        node_put_text(a, one, "color", k->across && !s->others ? dim_color(k->across, s->key) : NULL);
        node_put_text(a, one, "status", k->across && !s->others ? dim_status(k->across, s->key) : NULL);
    }
}

/* All groups but those that are shown. */
static const char *others(Work *w, const char *filter, const Dim *d, const Chart *k, bool rows)
{
    Val *key = ARENA_ARRAY(w->cx.a, Val, k->nrow + k->nseries + 1);
    int n = 0;

    for (int i = 0; rows && i < k->nrow; i++)
        if (!k->row[i].others) key[n++] = k->row[i].key[0];
    for (int i = 0; !rows && i < k->nseries; i++)
        if (!k->series[i].others) key[n++] = k->series[i].key;
    return both(w, filter, dim_others(w, d, key, n));
}

/* The condition of a row: of all its keys. */
static const char *row_condition(Work *w, const CardAsk *c, const Chart *k, const ChartRow *row)
{
    const char *filter = c->filter;

    if (row->others) return others(w, filter, &k->by[0], k, true);
    for (int i = 0; i < k->nby; i++) filter = both(w, filter, dim_condition(w, &k->by[i], row->key[i]));
    return filter;
}

static const char *series_condition(Work *w, const Chart *k, const Series *s, const char *filter)
{
    if (!k->across) return filter;
    return s->others ? others(w, filter, k->across, k, false) : both(w, filter, dim_condition(w, k->across, s->key));
}

static void add_cells(Work *w, const CardAsk *c, const Chart *k, const ChartRow *row, const char *filter, Node *one)
{
    Arena *a = w->cx.a;
    Node *cells = node_put(a, one, "cells", node_list(a));

    for (int i = 0; i < k->nseries; i++) {
        const Series *s = &k->series[i];
        bool linked = filter && !val_is_blank(row->cell[i]);
        Node *cell = node_add(a, cells, node_map(a));
        put_value(w, cell, "value", &k->of[s->of], row->cell[i]);
        node_put_text(a, cell, "href", !linked ? NULL : records_href(w, c->card->form,
            series_condition(w, k, s, filter)));
    }
}

static void add_totals(Work *w, const Chart *k, Node *into, const char *name, const Val *total, bool by_series)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, into, name, node_list(a));

    for (int i = 0; total && i < (by_series ? k->nseries : k->nof); i++)
        put_value(w, node_add(a, list, node_map(a)), "value", &k->of[by_series ? k->series[i].of : i], total[i]);
}

static void add_rows(Work *w, const CardAsk *c, Node *card, const Chart *k)
{
    Arena *a = w->cx.a;
    Node *rows = node_put(a, card, "rows", node_list(a));

    for (int r = 0; r < k->nrow; r++) {
        const ChartRow *row = &k->row[r];
        const char *filter = row_condition(w, c, k, row);
        Node *one = node_add(a, rows, node_map(a));
        Node *texts = node_put(a, one, "texts", node_list(a)), *keys = node_put(a, one, "key", node_list(a));
        for (int i = 0; i < k->nby; i++) {
            node_add(a, texts, node_new_text(a, row->others ? page_say(w, "Others")
                : dim_shown(w, &k->by[i], row->key[i])));
            node_add(a, keys, key_node(w, row->key[i]));
        }
        node_put_bool(a, one, "others", row->others);
        node_put_text(a, one, "color", row->others ? NULL : dim_color(&k->by[0], row->key[0]));
        node_put_text(a, one, "status", row->others ? NULL : dim_status(&k->by[0], row->key[0]));
        node_put_text(a, one, "href", filter ? records_href(w, c->card->form, filter) : NULL);
        add_cells(w, c, k, row, filter, one);
        add_totals(w, k, one, "totals", row->total, false);
    }
}

bool card_matrix(Work *w, const CardAsk *c, Node *card)
{
    Arena *a = w->cx.a;
    Chart k;

    if (!chart_groups(w, c->card, c->filter, &k)) return false;
    add_heads(w, card, &k);
    add_series(w, card, &k);
    add_rows(w, c, card, &k);
    bool totalled = k.total != NULL, wide = totalled && k.across;
    node_put_bool(a, card, "totalled", totalled);
    node_put_bool(a, card, "wide", wide);
    add_totals(w, &k, card, "totals", k.total, true);
    add_totals(w, &k, card, "all", wide ? k.all : NULL, false);
    Node *measures = node_put(a, card, "measures", node_list(a));
    for (int i = 0; i < k.nof; i++) node_add(a, measures, node_new_text(a, measure_label(w, &k.of[i])));
    node_put_bool(a, card, "stack", c->card->stack);
    node_put_bool(a, card, "truncated", k.cut != NULL);
    node_put_text(a, card, "cut", k.cut);
    node_put_bool(a, card, "empty", k.nrow == 0);
    return true;
}
