/*
 * swept.c — the marks of sweeps.
 */
#include "data/swept.h"
#include "base/sys.h"

bool swept_find(Work *w, const char *hash, Swept *out)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v[3];

    *out = (Swept){ 0 };
    sql_add(&q, "SELECT \"mark\", \"at\", \"done\" FROM \"_swept\" WHERE \"hash\" = ");
    sql_bind(&q, val_text(hash));
    if (!db_one(&w->cx, w->db, &q, v, 3, &found)) return false;
    if (found)
        *out = (Swept){ .mark = v[0].t, .over = v[2].i || w->now - v[1].i > SWEPT_STALE_S };
    return true;
}

bool swept_forget(Work *w, const char *hash)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_swept\" WHERE \"hash\" = ");
    sql_bind(&q, val_text(hash));
    return db_run(&w->cx, w->db, &q, NULL);
}

bool swept_begin(Work *w, const char *hash, const char **mark)
{
    Sql named = sql_begin(w->cx.a, db_dialect(w->db)), q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Swept last;
    Val v;

    *mark = NULL;
    sql_add(&named, "SELECT 1 FROM \"_file\" WHERE \"hash\" = ");
    sql_bind(&named, val_text(hash));
    sql_add(&named, " LIMIT 1");
    if (!db_one(&w->cx, w->db, &named, &v, 1, &found) || !swept_find(w, hash, &last))
        return false;
    if (found || (last.mark && !last.over)) return true;
    const char *token = sys_token(w->cx.a);
    if (last.mark && !swept_forget(w, hash)) return false;
    sql_add(&q, "INSERT INTO \"_swept\" (\"hash\", \"mark\", \"at\", \"done\") VALUES (");
    sql_bind(&q, val_text(hash));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(token));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->now));
    sql_add(&q, ", 0)");
    if (!db_run(&w->cx, w->db, &q, NULL)) return false;
    *mark = token;
    return true;
}

typedef struct Over { const char *hash, *mark; } Over;

static bool over_unit(Work *w, void *arg)
{
    const Over *o = arg;
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "UPDATE \"_swept\" SET \"done\" = 1 WHERE \"hash\" = ");
    sql_bind(&q, val_text(o->hash));
    sql_add(&q, " AND \"mark\" = ");
    sql_bind(&q, val_text(o->mark));
    return db_run(&w->cx, w->db, &q, NULL);
}

bool swept_over(Work *w, const char *hash, const char *mark)
{
    Over o = { hash, mark };
    return work_write(w, over_unit, &o);
}

bool swept_trim(Work *w, int64_t before)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_swept\" WHERE \"at\" < ");
    sql_bind(&q, val_int(before));
    return db_run(&w->cx, w->db, &q, NULL);
}
