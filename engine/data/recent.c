/*
 * recent.c — plain looks at the engine's own tables, bounded: history is not indexed by person,
 * so only its newest rows are searched.
 */
#include "data/recent.h"

enum { LOOK_BACK = 5000, ROWS_A_RECORD = 12, PASSAGES = 100 };

static const char *text(Work *w, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup_n(w->cx.a, v.t, (size_t)v.n) : NULL;
}

static int64_t moment(Val v)
{
    return db_typed(v, VAL_DATETIME, 0).i;
}

static bool is_known(const Recent *list, int n, const Form *f, int64_t id)
{
    for (int i = 0; i < n; i++)
        if (list[i].form == f && list[i].id == id) return true;
    return false;
}

bool recent_list(Work *w, int limit, Recent **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[3];

    *n = 0;
    *out = ARENA_ARRAY(w->cx.a, Recent, limit + 1);
    sql_add(&q, "SELECT \"form\", \"record\", \"at\" FROM \"_history\" WHERE \"id\" > "
        "(SELECT COALESCE(MAX(\"id\"), 0) FROM \"_history\") - ");
    sql_int(&q, LOOK_BACK);
    sql_add(&q, " AND \"by\" = ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_int(&q, limit * ROWS_A_RECORD);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (*n < limit && db_next(&w->cx, &rows, v)) {
        const Form *f = v[0].kind == VAL_TEXT ? app_form(w->app, v[0].t) : NULL;
        if (!f || is_known(*out, *n, f, v[1].i)) continue;
        (*out)[(*n)++] = (Recent){ f, v[1].i, moment(v[2]) };
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool recent_passages(Work *w, const Form *f, int64_t id, Passage **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[11];

    *n = 0;
    *out = ARENA_ARRAY(w->cx.a, Passage, PASSAGES);
    sql_add(&q, "SELECT \"at\", \"by\", \"seconds\", \"workflow\", \"from\", \"to\", "
        "\"transition\", \"comment\", \"from_workflow\", \"working_seconds\", \"in_time\" FROM \"stage_history\" WHERE \"form\" = ");
    sql_bind(&q, val_text(f->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(id));
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT ");
    sql_int(&q, PASSAGES);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v))
        (*out)[(*n)++] = (Passage){ .at = moment(v[0]), .by = v[1].kind == VAL_INT ? v[1].i : 0,
            .seconds = v[2].kind == VAL_INT ? v[2].i : -1, .workflow = text(w, v[3]),
            .from = text(w, v[4]), .to = text(w, v[5]), .transition = text(w, v[6]),
            .comment = text(w, v[7]),
            .before = text(w, v[8]), .working = v[9].kind == VAL_INT ? v[9].i : -1,
            .in_time = v[10].kind == VAL_INT ? (int)v[10].i : -1 };
    db_rows_end(&rows);
    return !w->cx.err;
}

bool recent_dead(Work *w, int limit, DeadJob **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[4];

    *n = 0;
    *out = ARENA_ARRAY(w->cx.a, DeadJob, limit + 1);
    sql_add(&q, "SELECT \"id\", \"kind\", \"created_at\", \"last_error\" FROM \"_job\" "
        "WHERE \"state\" = 'dead' ORDER BY \"id\" DESC LIMIT ");
    sql_int(&q, limit);
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v))
        (*out)[(*n)++] = (DeadJob){ v[0].i, text(w, v[1]), text(w, v[2]), text(w, v[3]) };
    db_rows_end(&rows);
    return !w->cx.err;
}
