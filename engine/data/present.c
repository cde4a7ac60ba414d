/*
 * present.c — see present.h. Rows that have ended go with the next that is written.
 */
#include "data/present.h"
#include "base/sys.h"

typedef struct Here { const char *tab, *path; int64_t now; } Here;

static bool drop(Work *w, const Here *h)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM _present WHERE until <= ");
    sql_bind(&q, val_int(h->now));
    if (!h->path) {
        sql_add(&q, " OR (\"user\" = ");
        sql_bind(&q, val_int(w->who.id));
        sql_add(&q, " AND tab = ");
        sql_bind(&q, val_text(h->tab));
        sql_add(&q, ")");
    }
    q.minor = true;                           /* what is lost is said again */
    return db_run(&w->cx, w->db, &q, NULL);
}

static bool put(Work *w, void *arg)
{
    const Here *h = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    if (!drop(w, h)) return false;
    if (!h->path) return true;
    sql_add(&q, "INSERT INTO _present (\"user\", tab, path, until) VALUES (");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(h->tab));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(h->path));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(h->now + PRESENT_S));
    sql_add(&q, ") ON CONFLICT (\"user\", tab) DO UPDATE SET path = excluded.path, until = excluded.until");
    q.minor = true;
    return db_run(&w->cx, w->db, &q, NULL);
}

bool present_say(Work *w, const char *tab, const char *path)
{
    Here h = { tab, path, sys_now() };

    return work_note(w, put, &h);
}

bool present_list(Work *w, Present **out, int *n)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[3];
    int cap = 0;

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT DISTINCT p.\"user\", u.\"name\", p.path FROM _present p JOIN \"user\" u ON u.\"id\" = p.\"user\" "
        "WHERE p.until > ");
    sql_bind(&q, val_int(sys_now()));
    sql_add(&q, " AND p.\"user\" <> ");
    sql_bind(&q, val_int(w->who.id));
    sql_add(&q, " ORDER BY u.\"name\", p.\"user\", p.path LIMIT 500");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v)) {
        Present one = { v[0].i, v[1].kind == VAL_TEXT ? arena_dup(w->cx.a, v[1].t) : "",
            arena_dup(w->cx.a, v[2].t) };
        ARENA_PUSH(w->cx.a, *out, *n, cap, one);
    }
    db_rows_end(&rows);
    return !w->cx.err;
}

bool present_mark(Work *w, uint64_t *mark)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Rows rows;
    Val v[3];

    *mark = 1;
    sql_add(&q, "SELECT \"user\", tab, path FROM _present WHERE until > ");
    sql_bind(&q, val_int(sys_now()));
    sql_add(&q, " ORDER BY \"user\", tab");
    if (!db_query(&w->cx, w->db, &q, &rows)) return false;
    while (db_next(&w->cx, &rows, v))
        *mark = (*mark * 0x100000001b3u ^ (uint64_t)v[0].i) * 31 + str_hash(v[1].t) * 7 + str_hash(v[2].t);
    db_rows_end(&rows);
    return !w->cx.err;
}
