/*
 * compute.c — runs form->order over a record and its rows; each value is fitted to its field
 * at once, so that later ones see what will be stored.
 */
#include "data/compute.h"
#include "data/record_row.h"

MUST static bool compute_lookup(Work *w, const Record *r, const Field *f, Val *out)
{
    Val link = record_get(r, f->via);

    *out = val_blank();
    if (link.kind != VAL_REC) return true;
    Eval env = record_eval(w, r, NULL);
    const Record *target = env.follow(&env, &f->source->form->names, link.i);
    if (w->cx.err) return false;
    return !target || env.get(&env, target, &f->source->name, out);
}

/* t links to the record: by a column, or by one of a list. */
static void add_via(Sql *q, const Field *via, int64_t id)
{
    if (field_is_list(via)) {
        sql_add(q, "\"t\".\"id\" IN (SELECT \"record\" FROM ");
        sql_name(q, via->name.table);
        sql_add(q, " WHERE \"value\" = ");
        sql_bind(q, val_int(id));
        sql_add(q, ")");
    } else {
        sql_column(q, "t", via->name.column);
        sql_add(q, " = ");
        sql_bind(q, val_int(id));
    }
}

/* do(…) over the records of `from` whose `via` leads here. */
MUST static bool compute_rollup(Work *w, const Record *r, const Field *f, Val *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Eval self = record_eval(w, r, NULL);
    ExprSql ask = { .asker = work_asker(w), .alias = "t", .self = &self };
    bool found;
    Val raw;
    int scale = 0;

    sql_add(&q, "SELECT ");
    if (!expr_sql(&w->cx, f->do_, &ask, &q)) return false;
    sql_add(&q, " FROM ");
    sql_name(&q, f->from->names.table);
    sql_add(&q, " AS \"t\" WHERE ");
    add_via(&q, f->via, record_id(r));
    if (f->from->names.binned) sql_add(&q, " AND \"t\".\"deleted_at\" IS NULL");
    if (f->where) {
        sql_add(&q, " AND (");
        if (!expr_sql(&w->cx, f->where, &ask, &q)) return false;
        sql_add(&q, ")");
    }
    if (!db_one(&w->cx, w->db, &q, &raw, 1, &found)) return false;
    ValKind kind = expr_val_kind(f->do_, &scale);
    *out = found ? db_typed(raw, kind, scale) : val_blank();
    return true;
}

MUST static bool compute_one(Work *w, Record *r, const Field *f, ComputeRollup rollup,
    const void *ctx)
{
    Val v = val_blank();

    if (f->serial) return true;
    if (f->do_) {
        if (!rollup(ctx, f)) return true;
        if (!compute_rollup(w, r, f, &v)) return false;
    } else if (f->formula) {
        Eval env = record_eval(w, r, NULL);
        if (!expr_eval(f->formula, &env, &v)) return false;
    } else if (f->source && f->via) {
        if (!compute_lookup(w, r, f, &v)) return false;
    } else {
        return true;
    }
    record_set(r, f, record_fit(w, f, v));
    return true;
}

/* A field of the form's rows: in each row. */
MUST static bool compute_in_rows(Work *w, Record *r, const Field *f, ComputeRollup rollup,
    const void *ctx)
{
    Val rows = record_get(r, f->form->in);

    for (int i = 0; rows.kind == VAL_LIST && i < rows.n; i++)
        if (rows.list[i].p && !compute_one(w, (Record *)rows.list[i].p, f, rollup, ctx))
            return false;
    return true;
}

bool compute_fields(Work *w, Record *r, ComputeRollup rollup, const void *ctx)
{
    for (int i = 0; i < r->form->norder; i++) {
        const Field *f = r->form->order[i];
        if (f->form != r->form && !r->full && !record_fill(w, r)) return false;
        bool ok = f->form == r->form ? compute_one(w, r, f, rollup, ctx)
            : compute_in_rows(w, r, f, rollup, ctx);
        if (!ok) return false;
    }
    return true;
}

static bool always(const void *ctx, const Field *f)
{
    (void)ctx; (void)f;
    return true;
}

static bool never(const void *ctx, const Field *f)
{
    (void)ctx; (void)f;
    return false;
}

bool record_compute(Work *w, Record *r)
{
    return compute_fields(w, r, always, NULL);
}

bool record_compute_own(Work *w, Record *r)
{
    return compute_fields(w, r, never, NULL);
}
