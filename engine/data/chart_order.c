/*
 * chart_order.c — rows and series in the order people expect, without gaps, not too many of them.
 */
#include "data/chart_in.h"
#include "data/readable.h"
#include "data/record_row.h"
#include "base/str.h"
#include "def/types.h"

#include <stdlib.h>
#include <string.h>

enum { SERIES = 8, WIDE_SERIES = 60, MOST_STEPS = 500, UNKNOWN = 100000 };

/* What to sort by: a rank, else the value, else a text. */
typedef struct SortAs { bool blank; int64_t rank; double size; const char *text; Val v; int at; } SortAs;

static const Field *like_of(const Field *f)
{
    return f && f->like ? f->like : f;
}

static bool is_plain(const Dim *d)
{
    return d->field && !d->step && !d->part;
}

static bool is_stage(const Dim *d)
{
    return is_plain(d) && d->field->name.kind == NAME_STAGE;
}

/* Of its own: names and people have no order that says more than how many they are. */
static bool has_order(const Dim *d)
{
    TypeKind t = expr_type(d->expr).kind;

    return is_stage(d) || (is_plain(d) && like_of(d->field)->noption) || (t != T_TEXT && t != T_RECORD);
}

static int64_t stage_rank(const Form *f, const char *key)
{
    int64_t rank = 0;

    for (int i = 0; i < f->nworkflow; i++)
        for (int k = 0; k < f->workflow[i]->nstage; k++, rank++)
            if (str_eq(f->workflow[i]->stage[k].key, key)) return rank;
    return UNKNOWN;
}

static int64_t option_rank(const Field *f, const char *value)
{
    for (int i = 0; i < f->noption; i++)
        if (str_eq(f->option[i].value, value)) return i;
    return UNKNOWN;
}

static const Form *linked(const Dim *d)
{
    Type t = expr_type(d->expr);
    return t.kind == T_RECORD && t.form ? t.form->form : NULL;
}

static SortAs sort_key(Work *w, const Dim *d, Val v)
{
    SortAs s = { .blank = val_is_blank(v), .v = v, .text = "" };
    const Form *to = linked(d);

    if (s.blank) return s;
    if (is_stage(d)) s.rank = stage_rank(d->field->form, v.t);
    else if (is_plain(d) && like_of(d->field)->noption && v.kind == VAL_TEXT)
        s.rank = option_rank(like_of(d->field), v.t);
    else if (to && v.kind == VAL_REC) {
        const char *title = readable_title(w, to, v.i);
        s.text = str_fold(w->cx.a, title ? title : "");
        s.v = val_blank();
    }
    return s;
}

static int compare(const void *px, const void *py)
{
    const SortAs *x = px, *y = py;

    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    if (x->blank != y->blank) return x->blank - y->blank;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    int by = strcmp(x->text, y->text);
    if (!by && !val_is_blank(x->v) && !val_is_blank(y->v)) by = val_cmp(x->v, y->v);
    return by ? by : x->at - y->at;
}

Val chart_add(Val x, Val y)
{
    int64_t sum;

    if (val_is_blank(x)) return y;
    if (val_is_blank(y)) return x;
    if (x.kind == y.kind && x.kind != VAL_REAL && x.scale == y.scale && !__builtin_add_overflow(x.i, y.i, &sum))
        return x.kind == VAL_DEC ? val_dec(sum, x.scale) : val_int(sum);
    return val_real(val_number(x) + val_number(y));
}

/* ---- titles ---- */

static int by_number(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

MUST static bool fetch_titles(Work *w, const Dim *d, const Val *key, int n)
{
    const Form *to = linked(d);
    int64_t *id = ARENA_ARRAY(w->cx.a, int64_t, n + 1);
    int count = 0;

    for (int i = 0; to && i < n; i++)
        if (key[i].kind == VAL_REC && key[i].i) id[count++] = key[i].i;
    if (!count) return true;
    qsort(id, (size_t)count, sizeof *id, by_number);
    int kept = 1;
    for (int i = 1; i < count; i++)
        if (id[i] != id[kept - 1]) id[kept++] = id[i];
    return query_titles_of(w, to, id, kept);
}

MUST static bool titles(Work *w, const Chart *k)
{
    Val *key = ARENA_ARRAY(w->cx.a, Val, k->nrow + k->nseries + 1);

    for (int d = 0; d < k->nby; d++) {
        for (int r = 0; r < k->nrow; r++) key[r] = k->row[r].key[d];
        if (!fetch_titles(w, &k->by[d], key, k->nrow)) return false;
    }
    for (int s = 0; s < k->nseries; s++) key[s] = k->series[s].key;
    return !k->across || fetch_titles(w, k->across, key, k->nseries);
}

/* ---- gaps ---- */

static int64_t step_on(const char *step, int64_t day)
{
    if (str_eq(step, "week")) return day + 7;
    return day_add_months(day, str_eq(step, "month") ? 1 : str_eq(step, "quarter") ? 3 : 12);
}

static Val *nothing(Work *w, const Chart *k)
{
    Val *cell = chart_blanks(w->cx.a, k->nseries);

    for (int i = 0; i < k->nseries; i++)
        if (!k->across && measure_adds(&k->of[k->series[i].of])) cell[i] = val_int(0);
    return cell;
}

static const ChartRow *row_of(const Chart *k, Val key)
{
    for (int i = 0; i < k->nrow; i++)
        if (val_eq(k->row[i].key[0], key)) return &k->row[i];
    return NULL;
}

/* Every key from the first to the last one; those that are there are kept as they are. */
static void fill(Work *w, Chart *k, const Val *key, int n)
{
    ChartRow *all = ARENA_ARRAY(w->cx.a, ChartRow, k->nrow + n + 1);
    int count = 0;

    for (int i = 0; i < n; i++) {
        const ChartRow *is = row_of(k, key[i]);
        Val *own = ARENA_NEW(w->cx.a, Val);
        *own = key[i];
        all[count++] = is ? *is : (ChartRow){ .key = own, .cell = nothing(w, k) };
    }
    for (int i = 0; i < k->nrow; i++)
        if (val_is_blank(k->row[i].key[0])) all[count++] = k->row[i];
    k->row = all;
    k->nrow = count;
}

static void fill_days(Work *w, Chart *k)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    Val key[MOST_STEPS];
    int n = 0;

    for (int i = 0; i < k->nrow; i++) {
        Val v = k->row[i].key[0];
        if (v.kind != VAL_DATE) continue;
        if (v.i < first) first = v.i;
        if (v.i > last) last = v.i;
    }
    for (int64_t day = first; first <= last && day <= last && n < MOST_STEPS; day = step_on(k->by[0].step, day))
        key[n++] = val_date(day);
    if (n && n < MOST_STEPS) fill(w, k, key, n);
}

static void fill_parts(Work *w, Chart *k)
{
    int most = str_eq(k->by[0].part, "weekday") ? 7 : str_eq(k->by[0].part, "month") ? 12 : 4;
    Val key[12];

    for (int i = 0; i < most; i++) key[i] = val_int(i + 1);
    if (k->nrow) fill(w, k, key, most);
}

/* A series has a number at each step between its first and its last one. */
static void fill_series(Chart *k)
{
    for (int s = 0; s < k->nseries; s++) {
        int first = k->nrow, last = -1;
        for (int r = 0; r < k->nrow; r++) {
            if (val_is_blank(k->row[r].key[0]) || val_is_blank(k->row[r].cell[s])) continue;
            if (first == k->nrow) first = r;
            last = r;
        }
        for (int r = first; r <= last && measure_adds(&k->of[k->series[s].of]); r++)
            if (val_is_blank(k->row[r].cell[s]) && !val_is_blank(k->row[r].key[0])) k->row[r].cell[s] = val_int(0);
    }
}

/* ---- order ---- */

static double size_of(const Chart *k, const ChartRow *row)
{
    double size = 0;

    for (int i = 0; i < k->nseries; i++)
        if (k->series[i].of == 0) size += val_number(row->cell[i]);
    return size;
}

static bool by_size(const Card *c, const Dim *d)
{
    return c->order == ORDER_VALUE || (c->order == ORDER_AUTO && !has_order(d));
}

/* Those rows from `from` on that have its first `n` keys: they stand together. */
static int same_until(const Chart *k, int from, int end, int n)
{
    int to = from + 1;

    while (to < end) {
        for (int d = 0; d < n; d++)
            if (!val_eq(k->row[to].key[d], k->row[from].key[d])) return to;
        to++;
    }
    return to;
}

/* The groups of one key among the rows from `from` to `end`; then, within each, those of the next. */
static void sort_rows(Work *w, const Card *c, Chart *k, int d, int from, int end)
{
    SortAs *as = ARENA_ARRAY(w->cx.a, SortAs, end - from + 1);
    ChartRow *sorted = ARENA_ARRAY(w->cx.a, ChartRow, end - from + 1);
    int n = 0, put = 0;

    for (int i = from; i < end; n++) {
        as[n] = sort_key(w, &k->by[d], k->row[i].key[d]);
        as[n].at = i;
        for (int to = same_until(k, i, end, d + 1); i < to; i++)
            if (by_size(c, &k->by[d])) as[n].size += size_of(k, &k->row[i]);
    }
    qsort(as, (size_t)n, sizeof *as, compare);
    for (int g = 0; g < n; g++) {
        int to = same_until(k, as[g].at, end, d + 1);
        for (int i = as[g].at; i < to; i++) sorted[put++] = k->row[i];
    }
    memcpy(k->row + from, sorted, (size_t)put * sizeof *sorted);
    for (int i = from, to; d + 1 < k->nby && i < end; i = to) {
        to = same_until(k, i, end, d + 1);
        sort_rows(w, c, k, d + 1, i, to);
    }
}

static void sort_series(Work *w, Chart *k)
{
    int of = k->nof, n = k->nseries / of;
    SortAs *as = ARENA_ARRAY(w->cx.a, SortAs, n + 1);
    Series *series = ARENA_ARRAY(w->cx.a, Series, k->nseries + 1);
    Val *total = k->total ? ARENA_ARRAY(w->cx.a, Val, k->nseries + 1) : NULL;

    for (int i = 0; i < n; i++) {
        as[i] = sort_key(w, k->across, k->series[i * of].key);
        as[i].at = i;
        for (int r = 0; !has_order(k->across) && r < k->nrow; r++)
            as[i].size += val_number(k->row[r].cell[i * of]);
    }
    qsort(as, (size_t)n, sizeof *as, compare);
    for (int i = 0; i < k->nseries; i++) {
        series[i] = k->series[as[i / of].at * of + i % of];
        if (total) total[i] = k->total[as[i / of].at * of + i % of];
    }
    for (int r = 0; r < k->nrow; r++) {
        Val *cell = ARENA_ARRAY(w->cx.a, Val, k->nseries + 1);
        for (int i = 0; i < k->nseries; i++) cell[i] = k->row[r].cell[as[i / of].at * of + i % of];
        k->row[r].cell = cell;
    }
    k->series = series;
    if (total) k->total = total;
}

/* ---- limits ---- */

static bool adds_up(const Chart *k)
{
    for (int i = 0; i < k->nof; i++)
        if (!measure_adds(&k->of[i])) return false;
    return true;
}

static void limit_series(const Card *c, Chart *k)
{
    bool wide = c->chart == CHART_HEATMAP || c->chart == CHART_PIVOT;
    int most = (wide ? WIDE_SERIES : SERIES) * k->nof;

    if (k->nseries <= most) return;
    if (wide || !adds_up(k)) k->cut = has_order(k->across) ? "first" : "largest";
    if (!k->cut) {
        for (int r = 0; r < k->nrow; r++)
            for (int i = most; i < k->nseries; i++)
                k->row[r].cell[most - 1] = chart_add(k->row[r].cell[most - 1], k->row[r].cell[i]);
        k->series[most - 1] = (Series){ .key = val_blank(), .of = k->series[most - 1].of, .others = true };
    }
    k->nseries = most;
}

/* Of days the last ones stay; else the first. */
static void limit_rows(Work *w, const Card *c, Chart *k)
{
    bool days = has_order(&k->by[0]) && c->order != ORDER_VALUE && expr_type(k->by[0].expr).kind != T_TEXT;
    bool whole = c->chart == CHART_LEADERBOARD || c->chart == CHART_PIVOT || c->chart == CHART_HEATMAP
        || c->chart == CHART_RADAR;
    int most = c->limit;

    if (!most || k->nrow <= most || (days && !c->limited)) return;
    if (days || whole || !adds_up(k) || k->cut || most == 1) {
        k->cut = days ? "latest" : by_size(c, &k->by[0]) ? "largest" : "first";
        if (days) k->row += k->nrow - most;
        k->nrow = most;
        return;
    }
    ChartRow rest = { .key = chart_blanks(w->cx.a, k->nby), .others = true,
        .cell = chart_blanks(w->cx.a, k->nseries) };
    for (int r = most - 1; r < k->nrow; r++)
        for (int i = 0; i < k->nseries; i++) rest.cell[i] = chart_add(rest.cell[i], k->row[r].cell[i]);
    k->row[most - 1] = rest;
    k->nrow = most;
}

static bool is_drawn(const Card *c)
{
    return c->chart == CHART_LINE || c->chart == CHART_AREA || c->chart == CHART_BAR;
}

bool chart_arrange(Work *w, const Card *c, Chart *k)
{
    if (!titles(w, k)) return false;
    if (k->nby == 1 && k->by[0].step) fill_days(w, k);
    if (k->nby == 1 && k->by[0].part) fill_parts(w, k);
    if (is_drawn(c) && (k->by[0].step || k->by[0].part)) fill_series(k);
    sort_rows(w, c, k, 0, 0, k->nrow);
    if (k->across && k->nseries) sort_series(w, k);
    if (k->across) limit_series(c, k);
    limit_rows(w, c, k);
    return !w->cx.err;
}
