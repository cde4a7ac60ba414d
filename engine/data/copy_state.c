/*
 * copy_state.c — _copy, in the target, while it is not whole: a row a table that was begun, its
 * last key and how many rows are in; one more row tells which source it is. It changes
 * in the transaction that brings the rows, and goes when the copy was found to be the same.
 */
#include "data/copy_in.h"
#include "data/schema.h"

bool copy_is_whole(Cx *cx, Db *db)
{
    const char **table;
    int n;

    if (!db_tables(cx, db, &table, &n)) return false;
    return !str_in("_copy", table, n) || cx_fail(cx, E_CONFLICT, "this database is a copy that is "
        "not whole yet: run `tenon copy` again, which goes on where it stopped, or empty it");
}

bool copy_state(Cx *cx, Db *db, const char *table, CopyState *out)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val v[3];

    *out = (CopyState){ 0 };
    sql_add(&q, "SELECT last, copied, done FROM _copy WHERE name = ");
    sql_bind(&q, val_text(table));
    if (!db_one(cx, db, &q, v, LEN(v), &found)) return false;
    if (found) *out = (CopyState){ v[0].kind == VAL_TEXT ? v[0].t : NULL, v[1].i, v[2].i != 0 };
    return true;
}

bool copy_note(Cx *cx, Db *db, const char *table, const CopyState *s)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "INSERT INTO _copy (name, last, copied, done) VALUES (");
    sql_bind(&q, val_text(table));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(s->last));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(s->rows));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(s->done));
    sql_add(&q, ") ON CONFLICT (name) DO UPDATE SET last = excluded.last, "
        "copied = excluded.copied, done = excluded.done");
    return db_run(cx, db, &q, NULL);
}

bool copy_end(Cx *cx, Db *db)
{
    return db_script(cx, db, "DROP TABLE _copy");
}

/* ---- the beginning ---- */

#define SOURCE "."            /* no table is called so */

static bool make(Cx *cx, Db *db, void *arg)
{
    const Copy *c = arg;
    Dialect d = db_dialect(db);
    const char *text = spec_type(VAL_TEXT, d), *whole = spec_type(VAL_INT, d);
    CopyState s = { c->mark, 0, false };

    if (!db_script(cx, db, arena_printf(cx->a, "CREATE TABLE _copy (name %s PRIMARY KEY, last %s, "
            "copied %s NOT NULL, done %s NOT NULL)", text, text, whole, whole))
        || !schema_system(cx, db)) return false;
    for (int i = 0; i < c->spec.ntable; i++)
        if (!db_script(cx, db, spec_create(cx->a, &c->spec, &c->spec.table[i]))) return false;
    return copy_note(cx, db, SOURCE, &s);
}

/* What a database of a later program has of the engine's, this one's tables have not. */
MUST static bool fits(Cx *cx, const Copy *c)
{
    for (int i = 0; i < c->n; i++) {
        const CopyTable *t = &c->table[i];
        const char **name;
        Column *column;
        int n;
        if (!db_columns(cx, c->to, t->name, &column, &n)) return false;
        name = ARENA_ARRAY(cx->a, const char *, n + 1);
        for (int k = 0; k < n; k++) name[k] = column[k].name;
        for (int k = 0; k < t->n; k++)
            if (!str_in(t->names[k], name, n))
                return cx_fail(cx, E_CONFLICT, "the source has a column %s.%s that this version of "
                    "the program does not know; copy it with the version that made it", t->name,
                    t->names[k]);
    }
    return true;
}

bool copy_begin(Cx *cx, Copy *c)
{
    const char **table;
    CopyState s;
    int n;

    if (!db_tables(cx, c->to, &table, &n)) return false;
    if (n && !str_in("_copy", table, n))
        return cx_fail(cx, E_CONFLICT, "the target holds something already (a table %s); a copy "
            "goes into an empty database", table[0]);
    if (!n && !db_write(cx, c->to, make, c)) return false;
    if (!copy_state(cx, c->to, SOURCE, &s)) return false;
    if (!str_eq(s.last, c->mark))
        return cx_fail(cx, E_CONFLICT, "the target holds the beginning of a copy of another source, "
            "or the source has changed since; empty the target and copy again");
    return fits(cx, c);
}
