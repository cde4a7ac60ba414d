/*
 * service_by.c — service levels by a field of the record, or by month; and those of approvals.
 *
 * The database counts: one statement for those that left and one for those that stand there, by month
 * one of each a month, so that months begin where the app's zone says.
 */
#include "data/service.h"
#include "data/perm.h"
#include "data/query_in.h"
#include "base/day.h"

enum { MOST_MONTHS = 36, MOST_GROUPS = 1000 };

typedef struct Gather {
    const Workflow *flow; const Expr *by; Val month;
    ServiceGroup *group; int n, cap;
} Gather;

static ServiceGroup *group_of(Work *w, Gather *g, Val stage, Val key)
{
    Stage *s = stage.kind == VAL_TEXT ? workflow_stage(g->flow, stage.t) : NULL;
    int scale = 0;

    if (!s) return NULL;
    if (g->by) {
        ValKind kind = expr_val_kind(g->by, &scale);
        key = val_copy(w->cx.a, db_typed(key, kind, scale));
    }
    for (int i = 0; i < g->n; i++)
        if (g->group[i].stage == s && val_eq(g->group[i].key, key)) return &g->group[i];
    if (g->n >= MOST_GROUPS) return NULL;
    ServiceGroup one = { .stage = s, .key = key };
    ARENA_PUSH(w->cx.a, g->group, g->n, g->cap, one);
    return &g->group[g->n - 1];
}

MUST static bool add_key(Work *w, const Gather *g, Sql *q)
{
    ExprSql how = query_sql(w, NULL);

    if (g->by) return !w->cx.err && expr_sql(&w->cx, g->by, &how, q);
    sql_add(q, "NULL");
    return true;
}

static void add_groups(const Gather *g, Sql *q)
{
    if (g->by) sql_add(q, " GROUP BY 1, 2 ORDER BY 1, 2");
    else sql_add(q, " GROUP BY 1");
    sql_limit(q, MOST_GROUPS);
}

MUST static bool left(Work *w, Gather *g, int64_t from, int64_t to)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[6];

    sql_add(&q, "SELECT h.\"from\", ");
    if (!add_key(w, g, &q)) return false;
    sql_add(&q, ", count(*), sum(CASE WHEN h.\"in_time\" = 1 THEN 1 ELSE 0 END), "
        "sum(CASE WHEN h.\"in_time\" = 0 THEN 1 ELSE 0 END), CAST(sum(h.\"working_seconds\") AS BIGINT)");
    if (!service_moves(w, g->flow, true, from, to, &q)) return false;
    sql_add(&q, " AND h.\"from\" IS NOT NULL");
    add_groups(g, &q);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        ServiceGroup *one = group_of(w, g, v[0], g->by ? v[1] : g->month);
        if (!one) continue;
        one->left = db_typed(v[2], VAL_INT, 0).i;
        one->in_time = db_typed(v[3], VAL_INT, 0).i;
        one->late = db_typed(v[4], VAL_INT, 0).i;
        one->working = db_typed(v[5], VAL_INT, 0).i;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool standing(Work *w, Gather *g, int64_t from, int64_t to)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[4];

    sql_add(&q, "SELECT r.\"stage\", ");
    if (!add_key(w, g, &q)) return false;
    sql_add(&q, ", count(*), sum(CASE WHEN r.\"stage_due\" < ");
    sql_bind(&q, val_datetime(w->now));
    sql_add(&q, " THEN 1 ELSE 0 END) FROM ");
    sql_name(&q, g->flow->form->names.table);
    sql_add(&q, " AS r WHERE r.\"workflow\" = ");
    sql_bind(&q, val_text(g->flow->key));
    if (!g->by) {
        sql_add(&q, " AND r.\"stage_since\" >= ");
        sql_bind(&q, val_datetime(from));
        sql_add(&q, " AND r.\"stage_since\" < ");
        sql_bind(&q, val_datetime(to));
    }
    sql_add(&q, " AND r.\"deleted_at\" IS NULL AND ");
    if (!perm_where(w, g->flow->form, ACT_READ, "r", &q)) return false;
    add_groups(g, &q);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        ServiceGroup *one = group_of(w, g, v[0], g->by ? v[1] : g->month);
        if (!one) continue;
        one->open = db_typed(v[2], VAL_INT, 0).i;
        one->open_late = db_typed(v[3], VAL_INT, 0).i;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool by_month(Work *w, Gather *g, int64_t from, int64_t to)
{
    Ymd m = day_split(local_day(from, w->app->zone));
    int64_t first = day_of((Ymd){ m.year, m.month, 1 });

    for (int i = 0; local_midnight(first, w->app->zone) < to; i++) {
        int64_t next = day_add_months(first, 1), begin = local_midnight(first, w->app->zone),
            end = local_midnight(next, w->app->zone);
        m = day_split(first);
        if (i == MOST_MONTHS) {
            cx_issue(&w->cx, at_field("from"), "too_many", "at most %d months", MOST_MONTHS);
            return cx_check(&w->cx);
        }
        g->month = val_text(arena_printf(w->cx.a, "%04d-%02d", m.year, m.month));
        begin = begin < from ? from : begin;
        end = end > to ? to : end;
        if (!left(w, g, begin, end) || !standing(w, g, begin, end)) return false;
        first = next;
    }
    return true;
}

bool service_groups(Work *w, const Workflow *flow, int64_t from, int64_t to, const char *by,
    ServiceGroups *out)
{
    Gather g = { .flow = flow };
    bool month = str_eq(by, "month");

    if (!month) {
        g.by = query_expr(w, flow->form, by, USE_FILTER, (Type){ 0 }, NULL);
        if (!g.by) return cx_check(&w->cx);
        if (expr_type(g.by).kind == T_LIST) {
            cx_issue(&w->cx, at_field("by"), "does_not_fit", "`%s` holds several values", by);
            return cx_check(&w->cx);
        }
    }
    if (month ? !by_month(w, &g, from, to) : !left(w, &g, from, to) || !standing(w, &g, from, to))
        return false;
    *out = (ServiceGroups){ .by = g.by, .group = g.group, .n = g.n };
    return true;
}

/* ---- approvals ---- */

/* Epoch seconds of an ISO text. */
static void add_seconds(Sql *q, const char *column)
{
    if (q->dialect == DIALECT_PG) sql_add(q, "extract(epoch FROM k.");
    else sql_add(q, "CAST(strftime('%s', k.");
    sql_name(q, column);
    if (q->dialect == DIALECT_PG) sql_add(q, "::timestamptz)");
    else sql_add(q, ") AS INTEGER)");
}

bool service_approvals(Work *w, const Workflow *flow, int64_t from, int64_t to,
    ServiceApproval **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    int cap = 0;
    Rows rows;
    Val v[6];

    *n = 0;
    *out = NULL;
    if (!flow->form->approves) return true;
    sql_add(&q, "SELECT a.\"transition\", k.\"step\", "
        "sum(CASE WHEN k.\"state\" <> 'open' AND ");
    add_seconds(&q, "decided_at");
    sql_add(&q, " <= k.\"due\" THEN 1 ELSE 0 END), sum(CASE WHEN k.\"state\" <> 'open' AND ");
    add_seconds(&q, "decided_at");
    sql_add(&q, " > k.\"due\" THEN 1 ELSE 0 END), "
        "sum(CASE WHEN k.\"state\" = 'open' THEN 1 ELSE 0 END), "
        "sum(CASE WHEN k.\"state\" = 'open' AND k.\"due\" < ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, " THEN 1 ELSE 0 END) FROM \"_task\" AS k JOIN \"_approval\" AS a "
        "ON a.\"id\" = k.\"approval\" JOIN ");
    sql_name(&q, flow->form->names.table);
    sql_add(&q, " AS r ON r.\"id\" = k.\"record\" WHERE k.\"form\" = ");
    sql_bind(&q, val_text(flow->form->key));
    sql_add(&q, " AND a.\"workflow\" = ");
    sql_bind(&q, val_text(flow->key));
    sql_add(&q, " AND k.\"kind\" = 'approve' AND (k.\"state\" = 'open' OR (k.\"due\" IS NOT NULL AND "
        "k.\"state\" IN ('approved', 'rejected', 'returned') AND k.\"decided_at\" >= ");
    sql_bind(&q, val_datetime(from));
    sql_add(&q, " AND k.\"decided_at\" < ");
    sql_bind(&q, val_datetime(to));
    sql_add(&q, ")) AND r.\"deleted_at\" IS NULL AND ");
    if (!perm_where(w, flow->form, ACT_READ, "r", &q)) return false;
    sql_add(&q, " GROUP BY 1, 2 ORDER BY 1, 2");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        const Transition *t = v[0].kind == VAL_TEXT ? workflow_transition(flow, v[0].t) : NULL;
        int64_t step = db_typed(v[1], VAL_INT, 0).i;
        bool due = t && step >= 0 && step < t->napprove && due_is(&t->approve[step].due);
        ServiceApproval one = { .transition = t, .step = (int)step,
            .in_time = db_typed(v[2], VAL_INT, 0).i, .late = db_typed(v[3], VAL_INT, 0).i,
            .open = db_typed(v[4], VAL_INT, 0).i, .open_late = db_typed(v[5], VAL_INT, 0).i };
        if (due) ARENA_PUSH(w->cx.a, *out, *n, cap, one);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}
