/*
 * process_now.c — what the database counts: who stands where, and whose consent is waited for.
 */
#include "data/passed.h"
#include "data/process.h"
#include "data/query_in.h"

MUST static bool add_standing(Work *w, const ProcessAsk *ask, Process *out)
{
    ListAsk where = { .form = ask->flow->form, .filter = ask->filter };
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[3];

    sql_add(&q, "SELECT r.\"stage\", count(*), sum(CASE WHEN ");
    passed_late(ask->flow, &q);
    sql_add(&q, " THEN 1 ELSE 0 END) FROM ");
    sql_name(&q, ask->flow->form->names.table);
    sql_add(&q, " AS r WHERE r.\"workflow\" = ");
    sql_bind(&q, val_text(ask->flow->key));
    sql_add(&q, " AND ");
    if (!query_where(w, &where, &q)) return false;
    sql_add(&q, " GROUP BY r.\"stage\"");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        if (v[0].kind != VAL_TEXT) continue;
        StageUse *u = process_stage(w, ask->flow, out, arena_dup(w->cx.a, v[0].t));
        u->standing = db_typed(v[1], VAL_INT, 0).i;
        u->overdue = db_typed(v[2], VAL_INT, 0).i;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool add_awaited(Work *w, const ProcessAsk *ask, Process *out)
{
    ListAsk where = { .form = ask->flow->form, .filter = ask->filter };
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[3];

    if (!ask->flow->form->approves) return true;
    sql_add(&q, "SELECT t.\"user\", count(DISTINCT a.\"record\"), "
        "count(DISTINCT CASE WHEN t.\"due\" < ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, " THEN a.\"record\" END) FROM \"_approval\" AS a JOIN \"_task\" AS t "
        "ON t.\"approval\" = a.\"id\" JOIN ");
    sql_name(&q, ask->flow->form->names.table);
    sql_add(&q, " AS r ON r.\"id\" = a.\"record\" WHERE a.\"state\" = 'waiting' AND a.\"form\" = ");
    sql_bind(&q, val_text(ask->flow->form->key));
    sql_add(&q, " AND a.\"workflow\" = ");
    sql_bind(&q, val_text(ask->flow->key));
    sql_add(&q, " AND t.\"state\" = 'open' AND t.\"kind\" = 'approve' AND ");
    if (!query_where(w, &where, &q)) return false;
    sql_add(&q, " GROUP BY t.\"user\" ORDER BY 2 DESC, 1");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Awaited one = { v[0].i, db_typed(v[1], VAL_INT, 0).i, db_typed(v[2], VAL_INT, 0).i };
        ARENA_PUSH(w->cx.a, out->awaited, out->nawaited, out->awaited_cap, one);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

MUST static bool fetch_names(Work *w, const Process *p)
{
    int64_t *id = ARENA_ARRAY(w->cx.a, int64_t, p->nawaited + 1);
    int n = 0;

    for (int i = 0; i < p->nawaited; i++) {        /* sorted, as the query wants them */
        int k = n++;
        for (; k > 0 && id[k - 1] > p->awaited[i].user; k--) id[k] = id[k - 1];
        id[k] = p->awaited[i].user;
    }
    return !n || query_titles_of(w, app_form(w->app, "user"), id, n);
}

bool process_now(Work *w, const ProcessAsk *ask, Process *out)
{
    return add_standing(w, ask, out) && add_awaited(w, ask, out) && fetch_names(w, out);
}
