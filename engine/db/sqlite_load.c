/*
 * Rows in number: one prepared INSERT, its values exchanged for each row.
 */
#include "db/sqlite.h"

bool sqlite_key(Cx *cx, Db *db, const char *table, const char ***out, int *n)
{
    Err before = cx->err;
    Sql q = sql_begin(cx->a, DIALECT_SQLITE);
    int cap = 0;
    Rows rows;
    Val name;

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT name FROM pragma_table_info(");
    sql_bind(&q, val_text(table));
    sql_add(&q, ") WHERE pk > 0 ORDER BY pk");
    if (!db_query(cx, db, &q, &rows))
        return false;
    while (db_next(cx, &rows, &name))
        ARENA_PUSH(cx->a, *out, *n, cap, arena_dup(cx->a, name.t));
    db_rows_end(&rows);
    return cx->err == before;
}

static Sql insert(Arena *a, const char *table, const char *const *column, int n)
{
    Sql q = sql_begin(a, DIALECT_SQLITE);

    sql_add(&q, "INSERT INTO ");
    sql_name(&q, table);
    for (int i = 0; i < n; i++) {
        if (i) sql_add(&q, ", ");
        else sql_add(&q, " (");
        sql_name(&q, column[i]);
    }
    for (int i = 0; i < n; i++) {
        if (i) sql_add(&q, ", ");
        else sql_add(&q, ") VALUES (");
        sql_bind(&q, val_blank());
    }
    sql_add(&q, ")");
    return q;
}

bool sqlite_load(Cx *cx, Db *db, const char *table, const char *const *column, int n,
    DbNextRow next, void *arg, int64_t *rows)
{
    Err before = cx->err;
    Sql q = insert(cx->a, table, column, n);
    Rows none;

    for (*rows = 0; next(cx, arg, q.val); ++*rows) {
        if (!sqlite_query(cx, db, &q, &none))
            return false;
        sqlite_next(cx, &none, NULL);
        sqlite_rows_end(&none);
        if (cx->err != before)
            return false;
    }
    return cx->err == before;
}

/* SQLite keeps it for tables that never give an id twice. */
bool sqlite_last_id(Cx *cx, Db *db, const char *table, int64_t *id)
{
    Sql q = sql_begin(cx->a, DIALECT_SQLITE);
    bool found;
    Val v;

    *id = 0;
    sql_add(&q, "SELECT seq FROM sqlite_sequence WHERE name = ");
    sql_bind(&q, val_text(table));
    if (!db_one(cx, db, &q, &v, 1, &found))
        return false;
    if (found && v.kind == VAL_INT)
        *id = v.i;
    return true;
}

bool sqlite_set_last_id(Cx *cx, Db *db, const char *table, int64_t id)
{
    Sql q = sql_begin(cx->a, DIALECT_SQLITE);

    sql_add(&q, "DELETE FROM sqlite_sequence WHERE name = ");
    sql_bind(&q, val_text(table));
    if (!db_run(cx, db, &q, NULL))
        return false;
    q = sql_begin(cx->a, DIALECT_SQLITE);
    sql_add(&q, "INSERT INTO sqlite_sequence (name, seq) VALUES (");
    sql_bind(&q, val_text(table));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(id));
    sql_add(&q, ")");
    return db_run(cx, db, &q, NULL);
}
