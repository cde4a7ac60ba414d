/*
 * recompute.c — page by page of ids: load, compute a copy, compare; store where asked to.
 */
#include "data/apart.h"
#include "data/recompute.h"
#include "data/record_row.h"
#include "data/ripple.h"

#define PORTION 200

typedef struct Walk {
    const RecomputeAsk *ask;
    const Form *form;
    const int64_t *id; int n;
    Recomputed *out, before;  /* before the portion, which may run again */
    int64_t total;
} Walk;

static bool computes(const Field *f)
{
    return f->computed && !f->serial;
}

static const char *shown(Work *w, const Field *f, Val v)
{
    Show show = { .lang = w->cx.lang, .zone = w->app->zone };
    return val_is_blank(v) ? "" : field_show(w->cx.a, f, v, &show);
}

static void tell(Work *w, Walk *k, const Record *r, int64_t row, const Field *f, Val was, Val now)
{
    Drift d = { .form = k->form, .id = record_id(r), .row = row, .field = f,
        .stored = shown(w, f, was), .computed = shown(w, f, now) };

    k->out->drifts++;
    if (k->ask->drift) k->ask->drift(k->ask->ctx, &d);
}

/* Rows stand in the same order in both: computing adds and moves none. */
static void compare(Work *w, Walk *k, const Record *whole, const Record *was, const Record *now)
{
    const Form *f = was->form;
    int64_t row = f->parent ? was->val[ROW_ID].i : 0;

    for (int i = f->nsystem; i < f->nfield; i++) {
        const Field *x = f->field[i];
        Val old = was->val[i], new = now->val[i];
        for (int n = 0; field_is_rows(x) && old.kind == VAL_LIST && n < old.n; n++)
            compare(w, k, whole, old.list[n].p, new.list[n].p);
        if (computes(x) && record_differs(was, now, x)) tell(w, k, whole, row, x, old, new);
    }
}

MUST static bool one(Work *w, Walk *k, int64_t id)
{
    Record *was;
    int64_t before = k->out->drifts;

    if (!record_load(w, k->form, id, true, &was)) return false;
    if (!was) return true;
    Record *now = record_copy(w, was);
    if (!record_compute(w, now)) return false;
    compare(w, k, was, was, now);
    k->out->records++;
    return !k->ask->repair || k->out->drifts == before || ripple_again(w, k->form, id, true);
}

static bool look(Work *w, void *arg)
{
    Walk *k = arg;

    *k->out = k->before;
    for (int i = 0; i < k->n; i++)
        if (!one(w, k, k->id[i])) return false;
    return true;
}

static bool portion(Work *w, void *arg)
{
    Walk *k = arg;

    k->before = *k->out;
    bool ok = k->ask->repair ? work_write(w, look, arg) : look(w, arg);
    if (!ok) *k->out = k->before;
    return ok;
}

MUST static bool count(Work *w, const Form *f, int64_t *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, f->names.table);
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *n += v.i;
    return true;
}

static bool wanted(const RecomputeAsk *ask, const Form *f)
{
    bool computed = false;

    for (int i = 0; i < f->norder; i++) computed = computed || computes(f->order[i]);
    return computed && (!ask->form || ask->form == f);
}

bool recompute(Work *w, const RecomputeAsk *ask, Recomputed *out)
{
    Walk k = { .ask = ask, .out = out };
    int64_t id[PORTION];

    *out = (Recomputed){ 0 };
    for (int i = 0; i < w->app->nform; i++)
        if (wanted(ask, w->app->form[i]) && !count(w, w->app->form[i], &k.total)) return false;
    for (int i = 0; i < w->app->nform; i++) {
        int64_t after = 0;
        k.form = w->app->form[i];
        if (!wanted(ask, k.form)) continue;
        do {
            if (!record_ids(w, k.form, after, true, id, PORTION, &k.n)) return false;
            k.id = id;
            if (k.n && !work_apart(w, portion, &k)) return false;
            if (k.n) after = id[k.n - 1];
            if (ask->progress) ask->progress(ask->ctx, out->records, k.total);
        } while (k.n == PORTION);
    }
    return true;
}
