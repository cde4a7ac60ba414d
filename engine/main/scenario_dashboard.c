/*
 * scenario_dashboard.c — the figures of a card, as somebody sees them.
 *
 * Of a chart with series the numbers of a group are added up.
 */
#include "main/scenario.h"
#include "data/chart.h"
#include "data/readable.h"

#include <math.h>
#include <stdlib.h>

static Outcome differs(const char *expected, const char *actual)
{
    return (Outcome){ .expected = expected, .actual = actual };
}

static Outcome wrong_step(Scenario *s, const char *expected, const char *actual)
{
    s->mistaken = true;
    return differs(expected, actual);
}

static const char *asked(void *ctx, const char *name)
{
    return node_text(node_find(ctx, name));
}

static const Card *card_of(const Dashboard *d, const char *which)
{
    char *end;
    long nth = which ? strtol(which, &end, 10) : 0;

    if (nth > 0 && !*end) return nth <= d->ncard ? &d->card[nth - 1] : NULL;
    for (int i = 0; which && i < d->ncard; i++)
        for (int k = 0; k < d->card[i].label.n; k++)
            if (str_eq(d->card[i].label.text[k], which)) return &d->card[i];
    return NULL;
}

static const char *shown(Work *w, double d)
{
    return val_show(w->cx.a, val_real(d));
}

static bool same(double x, double y)
{
    return fabs(x - y) < 0.0005;
}

static Outcome judge_value(Work *w, const Card *c, const char *filter, double wanted)
{
    Measure of;
    Val v;

    if (!c->nvalue) return differs("a card with a value", chart_names[c->chart]);
    if (!chart_values(w, c, filter, c->value, 1, &of, &v)) return step_failed(w);
    if (!val_is_blank(v) && same(val_number(v), wanted)) return (Outcome){ .ok = true };
    return differs(shown(w, wanted), val_is_blank(v) ? "blank" : shown(w, val_number(v)));
}

static const char *key_text(Work *w, const Dim *d, Val key)
{
    Type t = expr_type(d->expr);

    if (val_is_blank(key)) return "blank";
    if (key.kind == VAL_REC && t.form) return readable_title(w, t.form->form, key.i);
    return val_show(w->cx.a, key);
}

static double sum_of(const Chart *k, const ChartRow *row)
{
    double sum = 0;

    for (int i = 0; i < k->nseries; i++)
        if (k->series[i].of == 0) sum += val_number(row->cell[i]);
    return sum;
}

/* Groups in which nothing is are not asked for. */
static Outcome judge_groups(Work *w, const Card *c, const char *filter, const Node *wanted)
{
    Str got = str_begin(w->cx.a);
    Chart k;
    int n = 0;
    bool fine = true;

    if (!c->nby) return differs("a card with groups", chart_names[c->chart]);
    if (!chart_groups(w, c, filter, &k)) return step_failed(w);
    for (int i = 0; i < k.nrow; i++) {
        double sum = sum_of(&k, &k.row[i]), want;
        const char *key = k.row[i].others ? "others" : key_text(w, &k.by[0], k.row[i].key[0]);
        const Node *one = node_find(wanted, key ? key : "");
        if (sum == 0 && !one) continue;
        str_printf(&got, "%s%s: %s", n++ ? ", " : "", key ? key : "?", shown(w, sum));
        want = one && node_text(one) ? strtod(node_text(one), NULL) : NAN;
        fine &= same(sum, want);
    }
    if (fine && n == wanted->n) return (Outcome){ .ok = true };
    return differs(node_json(w->cx.a, wanted), str_show(&got));
}

Outcome step_dashboard(Scenario *s, Work *w, const Node *step)
{
    const char *key = node_text(node_find(step, "dashboard")), *which = node_text(node_find(step, "card"));
    const Node *value = node_find(step, "value"), *groups = node_find(step, "groups");
    const Dashboard *d = app_dashboard(w->app, key);
    const Card *c = d ? card_of(d, which) : NULL;
    DashAsk ask;

    if (!d) return wrong_step(s, "a dashboard", key);
    if (!c) return wrong_step(s, "a card of it", which);
    if (!dash_may(w, d)) {
        cx_fail(&w->cx, E_MISSING, "there is no dashboard %s", d->key);
        return step_failed(w);
    }
    if (!dash_ask(w, d, asked, (void *)(uintptr_t)node_find(step, "filters"), &ask)) return step_failed(w);
    const char *filter = dash_filter(w, &ask, c);
    Outcome o = value ? judge_value(w, c, filter, strtod(node_text(value), NULL)) : (Outcome){ .ok = true };
    return o.ok && groups ? judge_groups(w, c, filter, groups) : o;
}
