/*
 * forget.c — a portion of keys, a write, until there is none.
 */
#include "data/forget.h"
#include "data/idempotency.h"
#include "data/session.h"

enum { PORTION = 200 };

typedef struct Keys { const Sql *find, *drop; Val key[PORTION][2]; int n; } Keys;

MUST static bool find(Work *w, Keys *k)
{
    Rows rows;
    Val v[2];

    k->n = 0;
    if (!db_query(&w->cx, w->db, k->find, &rows)) return false;
    while (k->n < PORTION && db_next(&w->cx, &rows, v)) {
        for (int i = 0; i < 2; i++) k->key[k->n][i] = val_copy(w->cx.a, v[i]);
        k->n++;
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

static bool drop_unit(Work *w, void *arg)
{
    const Keys *k = arg;

    for (int i = 0; i < k->n; i++) {
        Sql q = sql_begin(w->cx.a, db_dialect(w->db));
        sql_join(&q, k->drop);
        sql_bind(&q, k->key[i][0]);
        sql_add(&q, " AND \"user\" = ");
        sql_bind(&q, k->key[i][1]);
        q.minor = true;                       /* nobody accepts them any more */
        if (!db_run(&w->cx, w->db, &q, NULL)) return false;
    }
    return true;
}

/* `where` tells what has run out; `drop` ends where the key is to stand. */
MUST static bool forget(Work *w, Sql *where, const Sql *drop)
{
    Keys *k = ARENA_NEW(w->cx.a, Keys);

    sql_add(where, " LIMIT ");
    sql_int(where, PORTION);
    k->find = where;
    k->drop = drop;
    do {
        if (!find(w, k) || (k->n && !work_note(w, drop_unit, k))) return false;
    } while (k->n == PORTION);
    return true;
}

bool forget_old(Work *w)
{
    Dialect d = db_dialect(w->db);
    Sql where = sql_begin(w->cx.a, d), drop = sql_begin(w->cx.a, d);

    sql_add(&where, "SELECT \"hash\", \"user\" FROM \"_session\" WHERE ");
    session_over(w, &where);
    sql_add(&drop, "DELETE FROM \"_session\" WHERE \"hash\" = ");
    if (!forget(w, &where, &drop)) return false;
    where = sql_begin(w->cx.a, d);
    drop = sql_begin(w->cx.a, d);
    sql_add(&where, "SELECT \"key\", \"user\" FROM \"_idempotency\" WHERE \"at\" <= ");
    sql_bind(&where, val_datetime(idempotency_since(w)));
    sql_add(&drop, "DELETE FROM \"_idempotency\" WHERE \"key\" = ");
    return forget(w, &where, &drop);
}
