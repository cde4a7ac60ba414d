/*
 * asked.c — tasks of the person, or of those they stand in for now, on the record.
 */
#include "data/asked.h"
#include "data/task.h"

MUST static bool tasks_of_mine(Work *w, const Form *f, Sql *out)
{
    Delegation *d;
    int n;

    if (!delegators_of_me(w, &d, &n)) return false;
    sql_add(out, "\"k\".\"form\" = ");
    sql_bind(out, val_text(f->key));
    sql_add(out, " AND \"k\".\"state\" <> 'waiting' AND \"k\".\"user\" IN (");
    sql_bind(out, val_int(w->who.id));
    for (int i = 0; i < n; i++) {
        if (d[i].form && d[i].form != f) continue;
        sql_add(out, ", ");
        sql_bind(out, val_int(d[i].user));
    }
    sql_add(out, ")");
    return true;
}

bool asked_where(Work *w, const Form *f, const char *alias, Sql *out)
{
    sql_add(out, "EXISTS (SELECT 1 FROM \"_task\" AS \"k\" WHERE ");
    if (!tasks_of_mine(w, f, out)) return false;
    sql_add(out, " AND \"k\".\"record\" = ");
    sql_name(out, alias);
    sql_add(out, ".\"id\")");
    return true;
}

bool asked_on(Work *w, const Record *r)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    if (!r->form->approves || !w->who.id || !record_id(r)) return false;
    sql_add(&q, "SELECT \"k\".\"id\" FROM \"_task\" AS \"k\" WHERE ");
    if (!tasks_of_mine(w, r->form, &q)) return false;
    sql_add(&q, " AND \"k\".\"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    sql_add(&q, " LIMIT 1");
    return db_one(&w->cx, w->db, &q, &v, 1, &found) && found;
}
