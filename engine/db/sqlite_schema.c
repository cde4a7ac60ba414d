/*
 * What is in the database, asked of SQLite's own tables of tables.
 */
#include "db/sqlite.h"
#include <stdio.h>

static bool list_names(Cx *cx, Db *db, const Sql *q, const char ***out, int *n)
{
    Err before = cx->err;
    int cap = 0;
    Val name;
    Rows rows;

    *out = NULL;
    *n = 0;
    if (!db_query(cx, db, q, &rows))
        return false;
    while (db_next(cx, &rows, &name))
        ARENA_PUSH(cx->a, *out, *n, cap, arena_dup(cx->a, name.t));
    db_rows_end(&rows);
    return cx->err == before;
}

bool sqlite_tables(Cx *cx, Db *db, const char ***out, int *n)
{
    Sql q = sql_begin(cx->a, DIALECT_SQLITE);

    sql_add(&q, "SELECT name FROM pragma_table_list WHERE schema = 'main'"
                " AND type IN ('table', 'virtual') AND name NOT GLOB 'sqlite_*' ORDER BY name");
    return list_names(cx, db, &q, out, n);
}

bool sqlite_indexes(Cx *cx, Db *db, Index **out, int *n)
{
    Err before = cx->err;
    Sql q = sql_begin(cx->a, DIALECT_SQLITE);
    int cap = 0;
    Val v[4];
    Rows rows;

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT m.name, m.tbl_name, (SELECT group_concat(c, ', ') FROM (SELECT '\"' ||"
                " x.name || '\"' || CASE x.\"desc\" WHEN 1 THEN ' DESC' ELSE '' END AS c FROM"
                " pragma_index_xinfo(m.name) x WHERE x.key = 1 ORDER BY x.seqno)),"
                " m.sql LIKE 'CREATE UNIQUE%' FROM sqlite_schema m WHERE m.type = 'index'"
                " AND m.sql IS NOT NULL ORDER BY m.name");
    if (!db_query(cx, db, &q, &rows))
        return false;
    while (db_next(cx, &rows, v)) {
        Index x = { arena_dup(cx->a, v[0].t), arena_dup(cx->a, v[1].t),
                    v[2].kind == VAL_TEXT ? arena_dup(cx->a, v[2].t) : "", v[3].i != 0 };
        ARENA_PUSH(cx->a, *out, *n, cap, x);
    }
    db_rows_end(&rows);
    return cx->err == before;
}

bool sqlite_columns(Cx *cx, Db *db, const char *table, Column **out, int *n)
{
    Err before = cx->err;
    Sql q = sql_begin(cx->a, DIALECT_SQLITE);
    int cap = 0;
    Val v[4];
    Rows rows;

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT c.name, c.type, c.\"notnull\", (SELECT f.\"table\" FROM"
                " pragma_foreign_key_list(");
    sql_bind(&q, val_text(table));
    sql_add(&q, ") f WHERE f.\"from\" = c.name) FROM pragma_table_xinfo($1) c"
                " WHERE c.hidden <> 1 ORDER BY c.cid");
    if (!db_query(cx, db, &q, &rows))
        return false;
    while (db_next(cx, &rows, v)) {
        Column c = { arena_dup(cx->a, v[0].t), val_show(cx->a, v[1]), v[2].i != 0,
                     v[3].kind == VAL_TEXT ? arena_dup(cx->a, v[3].t) : NULL };
        ARENA_PUSH(cx->a, *out, *n, cap, c);
    }
    db_rows_end(&rows);
    return cx->err == before;
}

bool sqlite_index_of(sqlite3 *handle, const char *columns, char *out, size_t cap)
{
    static const char *const find =
        "SELECT i.name FROM pragma_index_list(substr($1, 1, instr($1, '.') - 1)) i"
        " WHERE i.\"unique\" AND $1 = (SELECT group_concat(c, ', ') FROM"
        " (SELECT substr($1, 1, instr($1, '.')) || name AS c FROM pragma_index_info(i.name)"
        " ORDER BY seqno))";
    sqlite3_stmt *s = NULL;
    bool found = sqlite3_prepare_v2(handle, find, -1, &s, NULL) == SQLITE_OK
        && sqlite3_bind_text(s, 1, columns, -1, SQLITE_STATIC) == SQLITE_OK
        && sqlite3_step(s) == SQLITE_ROW;

    if (found)
        snprintf(out, cap, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    return found;
}
