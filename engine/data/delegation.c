/*
 * delegation.c — who stands in for whom, for how long, for which records. It does not go on: who
 * stands in for somebody is not asked for those whom that one stands in for.
 */
#include "data/task.h"

#define COLUMNS "\"id\", \"user\", \"delegate\", \"begins\", \"ends\", \"form\""

MUST static bool read_all(Work *w, const Sql *q, Delegation **out, int *n)
{
    int cap = 0;
    Rows rows;
    Val v[6];

    *out = NULL;
    *n = 0;
    if (!db_query(&w->cx, w->db, q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        const char *form = v[5].kind == VAL_TEXT && v[5].n ? arena_dup(w->cx.a, v[5].t) : NULL;
        Delegation d = { v[0].i, v[1].i, v[2].i, v[3].i, v[4].i,
            form ? app_form(w->app, form) : NULL };
        if (!form || d.form) ARENA_PUSH(w->cx.a, *out, *n, cap, d);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

static void running(Work *w, Sql *q)
{
    sql_add(q, " AND \"begins\" <= ");
    sql_bind(q, val_int(w->now));
    sql_add(q, " AND \"ends\" > ");
    sql_bind(q, val_int(w->now));
}

bool delegation_list(Work *w, int64_t user, Delegation **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT " COLUMNS " FROM \"_delegation\" WHERE \"user\" = ");
    sql_bind(&q, val_int(user));
    sql_add(&q, " AND \"ends\" > ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, " ORDER BY \"begins\", \"id\"");
    return read_all(w, &q, out, n);
}

bool delegators_of_me(Work *w, Delegation **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT " COLUMNS " FROM \"_delegation\" WHERE \"delegate\" = ");
    sql_bind(&q, val_int(w->who.id));
    running(w, &q);
    return read_all(w, &q, out, n);
}

bool delegates_of(Work *w, int64_t user, const Form *f, int64_t **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Delegation *d;
    int all;

    *n = 0;
    *out = NULL;
    sql_add(&q, "SELECT " COLUMNS " FROM \"_delegation\" WHERE \"user\" = ");
    sql_bind(&q, val_int(user));
    running(w, &q);
    if (!read_all(w, &q, &d, &all)) return false;
    *out = ARENA_ARRAY(w->cx.a, int64_t, all + 1);
    for (int i = 0; i < all; i++)
        if (!d[i].form || d[i].form == f) (*out)[(*n)++] = d[i].delegate;
    return true;
}

bool task_can_ask(Work *w, int64_t user, bool *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    sql_add(&q, "SELECT \"id\" FROM \"user\" WHERE \"deleted_at\" IS NULL AND \"active\" = ");
    sql_truth(&q, true);
    sql_add(&q, " AND \"id\" = ");
    sql_bind(&q, val_int(user));
    return db_one(&w->cx, w->db, &q, &v, 1, out);
}

MUST static bool judge(Work *w, const Delegation *d)
{
    bool active;

    if (d->user != w->who.id && !w->who.admin && !w->as_app)
        return cx_fail(&w->cx, E_DENIED, "only an admin lets somebody stand in for others");
    if (!task_can_ask(w, d->delegate, &active)) return false;
    if (!active) cx_issue(&w->cx, at_field("delegate"), "no_people", "choose an active user");
    else if (d->delegate == d->user)
        cx_issue(&w->cx, at_field("delegate"), "does_not_fit", "choose somebody else");
    if (d->ends <= d->begins || d->ends <= w->now)
        cx_issue(&w->cx, at_field("until"), "out_of_range", "must be after the beginning, and to come");
    return cx_check(&w->cx);
}

typedef struct Adding { const Delegation *d; int64_t *id; } Adding;

static bool add_unit(Work *w, void *arg)
{
    const Adding *x = arg;
    const Delegation *d = x->d;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    const Val v[] = { val_int(d->user), val_int(d->delegate), val_int(d->begins),
        val_int(d->ends), val_text(d->form ? d->form->key : NULL), val_datetime(w->now) };
    bool found;
    Val id;

    sql_add(&q, "INSERT INTO \"_delegation\" (\"user\", \"delegate\", \"begins\", \"ends\", "
        "\"form\", \"at\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ") RETURNING \"id\"");
    if (!db_one(&w->cx, w->db, &q, &id, 1, &found)) return false;
    *x->id = id.i;
    return true;
}

bool delegation_add(Work *w, const Delegation *d, int64_t *id)
{
    return judge(w, d) && work_write(w, add_unit, &(Adding){ d, id });
}

static bool end_unit(Work *w, void *arg)
{
    int64_t id = *(const int64_t *)arg, changed;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_delegation\" WHERE \"id\" = ");
    sql_bind(&q, val_int(id));
    if (!w->who.admin && !w->as_app) {
        sql_add(&q, " AND \"user\" = ");
        sql_bind(&q, val_int(w->who.id));
    }
    if (!db_run(&w->cx, w->db, &q, &changed)) return false;
    return changed > 0 || cx_fail(&w->cx, E_MISSING, "there is no such record");
}

bool delegation_end(Work *w, int64_t id)
{
    return work_write(w, end_unit, &id);
}
