/*
 * chart.c — what a card asks the database, and its answer as rows and series.
 */
#include "data/chart_in.h"
#include "data/query_in.h"
#include "data/record_row.h"
#include "def/types.h"
#include "expr/shape.h"

#include <string.h>

enum { MOST_SERIES = 500, MOST_ROWS = 10000 };

/* ---- what is meant ---- */

static const Field *field_named(const Form *f, const char *key)
{
    return key ? form_field(f, key) : NULL;
}

static const Field *inside(Work *w, const Form *f, const char *text, const char *pattern, const char **value)
{
    Shape s = { 0 };

    if (!expr_shape(&w->cx, text, pattern, &s)) return NULL;
    if (value) *value = s.n ? s.value[0] : NULL;
    return field_named(f, s.field);
}

/* The field at the end of customer.industry; NULL: the text is no way along links. */
static const Field *along(Work *w, const Form *f, const char *text)
{
    const Field *found = NULL;
    char **part;
    int n = strchr(text, '.') && !strpbrk(text, " ('\"") ? str_split(w->cx.a, text, '.', &part) : 0;

    for (int i = 0; i < n && f; i++) {
        found = form_field(f, part[i]);
        f = found && found->name.type.kind == T_RECORD ? found->name.type.form->form : NULL;
        if (!f && i + 1 < n) return NULL;
    }
    return found;
}

void chart_dim(Work *w, const Form *f, Dim *d)
{
    static const char *const parts[] = { "weekday", "month", "quarter" };
    const char *unit = NULL;

    if ((d->field = inside(w, f, d->text, "f", NULL)) || (d->field = along(w, f, d->text))) return;
    if ((d->field = inside(w, f, d->text, "start_of(f, v)", &unit))) d->step = unit;
    for (int i = 0; !d->field && i < LEN(parts); i++)
        if ((d->field = inside(w, f, d->text, arena_printf(w->cx.a, "%s(f)", parts[i]), NULL)))
            d->part = parts[i];
    if (!d->field) d->field = inside(w, f, d->text, "year(f)", NULL);
}

/* sum(if(won, amount, 0)) is money too, when `amount` is. */
static const Field *money_of(const Expr *e)
{
    const Field *only = NULL;
    const ExprRead *read;
    int n = expr_reads(e, &read);

    for (int i = 0; i < n; i++) {
        const Field *f = read[i].name->field, *like = f && f->like ? f->like : f;
        bool money = like && (like->value ? like->value : like->type) == &type_money;
        if (f && f->name.type.kind == T_NUMBER && !money) return NULL;
        if (money && only && only != f) return NULL;
        if (money) only = f;
    }
    return str_starts(expr_text(e), "sum(") ? only : NULL;
}

void chart_measure(Work *w, const Form *f, Measure *m)
{
    static const char *const how[] = { "sum", "average", "min", "max", "count" };

    m->form = f;
    if (str_eq(str_trim(w->cx.a, m->text), "count()")) m->how = "count";
    for (int i = 0; !m->how && i < LEN(how); i++)
        if ((m->field = inside(w, f, m->text, arena_printf(w->cx.a, "%s(f)", how[i]), NULL)))
            m->how = how[i];
    if (!m->how && m->expr) m->money = money_of(m->expr);
}

const char *measure_unit(const Measure *m)
{
    const Field *f = str_eq(m->how, "count") ? NULL : m->field ? m->field : m->money;
    const Field *like = f && f->like ? f->like : f;

    if (!like) return "";
    return like->currency ? like->currency : (like->value ? like->value : like->type)->name;
}

bool measure_adds(const Measure *m)
{
    return str_eq(m->how, "sum") || str_eq(m->how, "count");
}

/* ---- what is asked ---- */

static const char *joined(Arena *a, const char *const *text, int n, const char *more)
{
    Str s = str_begin(a);

    for (int i = 0; i < n; i++) str_printf(&s, "%s%s", i ? ", " : "", text[i]);
    if (more) str_printf(&s, "%s%s", s.n ? ", " : "", more);
    return s.n ? str_show(&s) : NULL;
}

typedef struct Query { const Card *c; const char *filter; } Query;

MUST static bool ask(Work *w, const Query *q, int nby, const char *across, Groups *g)
{
    Arena *a = w->cx.a;
    GroupAsk by = { .form = q->c->form, .by = joined(a, q->c->by, nby, across),
        .of = joined(a, q->c->value, q->c->nvalue, NULL), .filter = q->filter, .limit = MOST_ROWS };

    return query_group(w, &by, g);
}

/* ---- rows and series ---- */

static bool same_keys(const Val *x, const Val *y, int n)
{
    for (int i = 0; i < n; i++)
        if (!val_eq(x[i], y[i])) return false;
    return true;
}

/* The series of a key; n when it is one too many. */
static int series_at(Work *w, Chart *k, Val key, int *cap)
{
    int of = k->nof;

    for (int i = 0; i < k->nseries; i += of)
        if (val_eq(k->series[i].key, key)) return i;
    if (k->nseries / of >= MOST_SERIES) return -1;
    for (int i = 0; i < of; i++) {
        Series one = { .key = key, .of = i };
        ARENA_PUSH(w->cx.a, k->series, k->nseries, *cap, one);
    }
    return k->nseries - of;
}

static void measures_as_series(Work *w, Chart *k)
{
    k->series = ARENA_ARRAY(w->cx.a, Series, k->nof + 1);
    for (int i = 0; i < k->nof; i++) k->series[k->nseries++] = (Series){ .key = val_blank(), .of = i };
}

Val *chart_blanks(Arena *a, int n)
{
    Val *out = ARENA_ARRAY(a, Val, n + 1);

    for (int i = 0; i < n; i++) out[i] = val_blank();
    return out;
}

/* Groups come in the order of their keys, so those of a row stand together. */
static void take_groups(Work *w, Chart *k, const Groups *g)
{
    int cap = 0, series_cap = 0, columns = 0, nrow = k->nby;
    int *at = ARENA_ARRAY(w->cx.a, int, g->n + 1);

    if (!k->across) measures_as_series(w, k);
    for (int i = 0; i < g->n; i++) {
        at[i] = k->across ? series_at(w, k, g->row[i].key[nrow], &series_cap) : 0;
        if (at[i] < 0) k->cut = "largest";
    }
    columns = k->nseries;
    for (int i = 0; i < g->n; i++) {
        const GroupRow *from = &g->row[i];
        if (at[i] < 0) continue;
        if (!k->nrow || !same_keys(k->row[k->nrow - 1].key, from->key, nrow)) {
            ChartRow one = { .key = from->key, .cell = chart_blanks(w->cx.a, columns) };
            ARENA_PUSH(w->cx.a, k->row, k->nrow, cap, one);
        }
        for (int m = 0; m < k->nof; m++) k->row[k->nrow - 1].cell[at[i] + m] = from->value[m];
    }
    if (g->n >= MOST_ROWS) k->cut = "largest";
}

static void meant(Work *w, const Card *c, const Groups *g, Chart *k)
{
    bool pivot = c->chart == CHART_PIVOT;
    const char *across = pivot ? c->across : c->nby == 2 ? c->by[1] : NULL;

    k->nby = pivot ? c->nby : 1;
    k->by = ARENA_ARRAY(w->cx.a, Dim, k->nby + 1);
    for (int i = 0; i < k->nby; i++) {
        k->by[i] = (Dim){ .text = c->by[i], .expr = g->by[i] };
        chart_dim(w, c->form, &k->by[i]);
    }
    if (across) {
        k->across = &k->by[k->nby];
        *k->across = (Dim){ .text = across, .expr = g->by[k->nby] };
        chart_dim(w, c->form, k->across);
    }
    k->nof = g->nof;
    k->of = ARENA_ARRAY(w->cx.a, Measure, k->nof + 1);
    for (int i = 0; i < k->nof; i++) {
        k->of[i] = (Measure){ .text = c->value[i], .expr = g->of[i] };
        chart_measure(w, c->form, &k->of[i]);
    }
}

/* Asked for themselves: an average of averages would be none. */
MUST static bool add_totals(Work *w, const Query *q, Chart *k)
{
    Groups g;

    if (!ask(w, q, 0, NULL, &g)) return false;
    k->all = g.n ? g.row[0].value : chart_blanks(w->cx.a, k->nof);
    k->total = k->all;
    if (!k->across) return true;
    if (!ask(w, q, 0, k->across->text, &g)) return false;
    k->total = chart_blanks(w->cx.a, k->nseries);
    for (int i = 0; i < g.n; i++)
        for (int s = 0; s < k->nseries; s++)
            if (val_eq(k->series[s].key, g.row[i].key[0])) k->total[s] = g.row[i].value[k->series[s].of];
    if (!ask(w, q, k->nby, NULL, &g)) return false;
    for (int i = 0, r = 0; i < g.n && r < k->nrow; i++)
        if (same_keys(g.row[i].key, k->row[r].key, k->nby)) k->row[r++].total = g.row[i].value;
    for (int r = 0; r < k->nrow; r++)
        if (!k->row[r].total) k->row[r].total = chart_blanks(w->cx.a, k->nof);
    return true;
}

bool chart_groups(Work *w, const Card *c, const char *filter, Chart *out)
{
    Query q = { c, filter };
    Groups g;

    *out = (Chart){ 0 };
    if (!ask(w, &q, c->nby, c->across, &g)) return false;
    meant(w, c, &g, out);
    take_groups(w, out, &g);
    if (c->chart == CHART_PIVOT && !add_totals(w, &q, out)) return false;
    return chart_arrange(w, c, out);
}

bool chart_values(Work *w, const Card *c, const char *filter, const char *const *text, int n, Measure *of, Val *out)
{
    GroupAsk all = { .form = c->form, .of = joined(w->cx.a, text, n, NULL), .filter = filter };
    Groups g;

    if (!query_group(w, &all, &g)) return false;
    for (int i = 0; i < n; i++) {
        of[i] = (Measure){ .text = text[i], .expr = g.of[i] };
        chart_measure(w, c->form, &of[i]);
        out[i] = g.n ? g.row[0].value[i] : val_blank();
    }
    return true;
}
