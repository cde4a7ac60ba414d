/*
 * service.c — the database counts, in three statements whatever their number: who left (with the
 * ranks that are median and ninth tenth), who came, who is late now.
 */
#include "data/service.h"
#include "data/perm.h"

static ServiceRow *row_of(const Workflow *flow, ServiceRow *row, Val key)
{
    Stage *s = key.kind == VAL_TEXT ? workflow_stage(flow, key.t) : NULL;
    return s ? &row[s->index] : NULL;
}

bool service_moves(Work *w, const Workflow *flow, bool out, int64_t from, int64_t to, Sql *q)
{
    sql_add(q, " FROM \"stage_history\" AS h JOIN ");
    sql_name(q, flow->form->names.table);
    sql_add(q, " AS r ON r.\"id\" = h.\"record\" WHERE h.\"form\" = ");
    sql_bind(q, val_text(flow->form->key));
    /* One that went on into another workflow left this one. */
    if (out) sql_add(q, " AND coalesce(h.\"from_workflow\", h.\"workflow\") = ");
    else sql_add(q, " AND h.\"workflow\" = ");
    sql_bind(q, val_text(flow->key));
    sql_add(q, " AND h.\"at\" >= ");
    sql_bind(q, val_datetime(from));
    sql_add(q, " AND h.\"at\" < ");
    sql_bind(q, val_datetime(to));
    sql_add(q, " AND r.\"deleted_at\" IS NULL AND ");
    return perm_where(w, flow->form, ACT_READ, "r", q);
}

MUST static bool left(Work *w, const Workflow *flow, int64_t from, int64_t to, ServiceRow *row)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[6];

    sql_add(&q, "SELECT s, max(n), sum(CASE WHEN ok = 1 THEN 1 ELSE 0 END), "
        "sum(CASE WHEN ok = 0 THEN 1 ELSE 0 END), "
        "max(CASE WHEN i = (n + 1) / 2 THEN took END), "
        "max(CASE WHEN i = (9 * n + 9) / 10 THEN took END) FROM "
        "(SELECT h.\"from\" AS s, h.\"in_time\" AS ok, h.\"working_seconds\" AS took, "
        "row_number() OVER (PARTITION BY h.\"from\" ORDER BY h.\"working_seconds\") AS i, "
        "count(*) OVER (PARTITION BY h.\"from\") AS n");
    if (!service_moves(w, flow, true, from, to, &q)) return false;
    sql_add(&q, " AND h.\"from\" IS NOT NULL) AS x GROUP BY s");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        ServiceRow *one = row_of(flow, row, v[0]);
        if (!one) continue;
        one->left = db_typed(v[1], VAL_INT, 0).i;
        one->in_time = db_typed(v[2], VAL_INT, 0).i;
        one->late = db_typed(v[3], VAL_INT, 0).i;
        one->median = db_typed(v[4], VAL_INT, 0);
        one->p90 = db_typed(v[5], VAL_INT, 0);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool entered(Work *w, const Workflow *flow, int64_t from, int64_t to, ServiceRow *row)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[2];

    sql_add(&q, "SELECT h.\"to\", count(*)");
    if (!service_moves(w, flow, false, from, to, &q)) return false;
    sql_add(&q, " GROUP BY h.\"to\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        ServiceRow *one = row_of(flow, row, v[0]);
        if (one) one->entered = db_typed(v[1], VAL_INT, 0).i;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool open_late(Work *w, const Workflow *flow, ServiceRow *row)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[2];
    bool any = false;

    sql_add(&q, "SELECT r.\"stage\", count(*) FROM \"_timer\" AS t JOIN ");
    sql_name(&q, flow->form->names.table);
    sql_add(&q, " AS r ON r.\"id\" = t.\"record\" WHERE t.\"form\" = ");
    sql_bind(&q, val_text(flow->form->key));
    for (int i = 0; i < flow->nstage; i++) {
        if (!due_is(&flow->stage[i].due)) continue;
        if (any) sql_add(&q, ", ");
        else sql_add(&q, " AND t.\"rule\" IN (");
        sql_bind(&q, val_text(arena_printf(w->cx.a, "within:%s.%s", flow->key,
            flow->stage[i].key)));
        any = true;
    }
    if (!any) return true;
    sql_add(&q, ") AND substr(t.\"payload\", 1, 5) = 'late ' AND r.\"deleted_at\" IS NULL AND ");
    if (!perm_where(w, flow->form, ACT_READ, "r", &q)) return false;
    sql_add(&q, " GROUP BY r.\"stage\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        ServiceRow *one = row_of(flow, row, v[0]);
        if (one) one->open_late = db_typed(v[1], VAL_INT, 0).i;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool service_levels(Work *w, const Workflow *flow, int64_t from, int64_t to,
    ServiceRow **out, int *n)
{
    *n = flow->nstage;
    *out = ARENA_ARRAY(w->cx.a, ServiceRow, *n + 1);
    for (int i = 0; i < *n; i++)
        (*out)[i] = (ServiceRow){ .stage = &flow->stage[i], .median = val_blank(),
            .p90 = val_blank() };
    return left(w, flow, from, to, *out) && entered(w, flow, from, to, *out)
        && open_late(w, flow, *out);
}
