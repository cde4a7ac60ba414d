/*
 * Rows in number: COPY … FROM STDIN in text form, what is owed sent before; and what else one
 * needs to know of a database to move all of it: keys, the last ids, a moment that stands still.
 */
#include "db/pg.h"
#include <string.h>

#define PIECE 65536           /* bytes sent at a time */

static bool take_names(Cx *cx, Db *db, const Sql *q, const char ***out, int *n)
{
    Err before = cx->err;
    int cap = 0;
    Rows rows;
    Val v;

    *out = NULL;
    *n = 0;
    if (!db_query(cx, db, q, &rows)) return false;
    while (db_next(cx, &rows, &v)) ARENA_PUSH(cx->a, *out, *n, cap, arena_dup(cx->a, v.t));
    db_rows_end(&rows);
    return cx->err == before;
}

bool pg_key(Cx *cx, Db *db, const char *table, const char ***out, int *n)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);

    sql_add(&q, "SELECT a.attname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid,"
        " unnest(x.indkey::int2[]) WITH ORDINALITY k(key, at), pg_attribute a"
        " WHERE x.indisprimary AND a.attrelid = c.oid AND a.attnum = k.key"
        " AND c.relnamespace = current_schema()::regnamespace AND c.relname = ");
    sql_bind(&q, val_text(table));
    sql_add(&q, " ORDER BY k.at");
    return take_names(cx, db, &q, out, n);
}

/* ---- COPY ---- */

/* A field of a line: tabs part fields, newlines lines, a backslash says that neither does. */
MUST static bool add_text(Cx *cx, Str *s, const char *text, size_t n)
{
    if (memchr(text, 0, n))
        return cx_fail(cx, E_INPUT, "a text holds a zero byte, which PostgreSQL does not take");
    while (n) {
        size_t k = 0;
        while (k < n && text[k] != '\\' && text[k] != '\t' && text[k] != '\n' && text[k] != '\r') k++;
        str_add_n(s, text, k);
        if (k == n) break;
        str_add_char(s, '\\');
        str_add_char(s, text[k] == '\t' ? 't' : text[k] == '\n' ? 'n' : text[k] == '\r' ? 'r' : '\\');
        text += k + 1;
        n -= k + 1;
    }
    return true;
}

MUST static bool add_row(Cx *cx, Arena *scratch, Str *s, const Val *row, int n)
{
    for (int i = 0; i < n; i++) {
        if (i) str_add_char(s, '\t');
        if (val_is_blank(row[i])) str_add(s, "\\N");
        else if (row[i].kind != VAL_TEXT) str_add(s, pg_value(scratch, row[i]));
        else if (!add_text(cx, s, row[i].t, (size_t)row[i].n)) return false;
    }
    str_add_char(s, '\n');
    return true;
}

typedef struct Feed { PgDb *db; const char *sql; int n; DbNextRow next; void *arg; } Feed;

MUST static bool send_piece(Cx *cx, const Feed *f, Str *s)
{
    if (!s->n || PQputCopyData(f->db->conn, s->p, (int)s->n) == 1) return true;
    return pg_fail(cx, f->db, NULL, f->sql);
}

MUST static bool send_rows(Cx *cx, const Feed *f, int64_t *rows)
{
    Err before = cx->err;
    Arena *scratch = arena_new();
    Str s = str_begin(scratch);
    Val *row = ARENA_ARRAY(cx->a, Val, f->n);
    bool ok = true;

    while (ok && f->next(cx, f->arg, row)) {
        ok = add_row(cx, scratch, &s, row, f->n);
        ++*rows;
        if (!ok || s.n < PIECE) continue;
        ok = send_piece(cx, f, &s);
        arena_reset(scratch);
        s = str_begin(scratch);
    }
    ok = ok && cx->err == before && send_piece(cx, f, &s);
    arena_free(scratch);
    return ok;
}

/* The answer to the whole; after a failure of ours there is nothing to say about it. */
MUST static bool end_copy(Cx *cx, const Feed *f, bool sent)
{
    PGconn *conn = f->db->conn;
    bool ok = conn && PQputCopyEnd(conn, sent ? NULL : "stopped") == 1;

    if (!ok) return sent ? pg_fail(cx, f->db, NULL, f->sql) : false;
    PGresult *bad = NULL;
    for (PGresult *r; (r = PQgetResult(conn)); ) {
        if (!bad && pg_is_bad(r)) bad = r;
        else PQclear(r);
    }
    if (bad && sent) ok = pg_fail(cx, f->db, bad, f->sql);
    PQclear(bad);
    return ok && sent;
}

static const char *copy_sql(Arena *a, const char *table, const char *const *column, int n)
{
    Sql q = sql_begin(a, DIALECT_PG);

    sql_add(&q, "COPY ");
    sql_name(&q, table);
    for (int i = 0; i < n; i++) {
        if (i) sql_add(&q, ", ");
        else sql_add(&q, " (");
        sql_name(&q, column[i]);
    }
    sql_add(&q, ") FROM STDIN");
    return sql_text(&q);
}

bool pg_load(Cx *cx, Db *base, const char *table, const char *const *column, int n,
    DbNextRow next, void *arg, int64_t *rows)
{
    PgDb *db = (PgDb *)base;
    Feed f = { db, copy_sql(cx->a, table, column, n), n, next, arg };
    PGresult *r;

    *rows = 0;
    if (!pg_script(cx, base, "SELECT")) return false;      /* connected, and nothing is owed */
    r = PQexec(db->conn, f.sql);
    bool ok = PQresultStatus(r) == PGRES_COPY_IN || pg_fail(cx, db, r, f.sql);
    PQclear(r);
    return ok && end_copy(cx, &f, send_rows(cx, &f, rows));
}

/* ---- ids ---- */

static void add_sequence(Sql *q, const char *table)
{
    sql_add(q, "pg_get_serial_sequence(quote_ident(");
    sql_bind(q, val_text(table));
    sql_add(q, "), 'id')");
}

bool pg_last_id(Cx *cx, Db *db, const char *table, int64_t *id)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);
    bool found;
    Val v;

    *id = 0;
    sql_add(&q, "SELECT pg_sequence_last_value(");
    add_sequence(&q, table);
    sql_add(&q, "::regclass)");
    if (!db_one(cx, db, &q, &v, 1, &found)) return false;
    if (found && v.kind == VAL_INT) *id = v.i;
    return true;
}

bool pg_set_last_id(Cx *cx, Db *db, const char *table, int64_t id)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);

    if (id < 1) return true;
    sql_add(&q, "SELECT setval(");
    add_sequence(&q, table);
    sql_add(&q, ", ");
    sql_int(&q, id);
    sql_add(&q, ")");
    return db_run(cx, db, &q, NULL);
}

/* ---- one moment ---- */

/* Readers go on, writers wait. The locks come before the first look, which sets the moment. */
bool pg_hold(Cx *cx, Db *base)
{
    PgDb *db = (PgDb *)base;
    Sql q = sql_begin(cx->a, DIALECT_PG);
    const char **table;
    int n;

    if (!pg_tables(cx, base, &table, &n)) return false;
    sql_add(&q, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
        " SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '5s'");
    for (int i = 0; i < n; i++) {
        if (i) sql_add(&q, ", ");
        else sql_add(&q, "; LOCK TABLE ");
        sql_name(&q, table[i]);
    }
    if (n) sql_add(&q, " IN SHARE MODE");
    if (!pg_connect(cx, db) || !pg_exec(cx, db, sql_text(&q))) return false;
    db->held = true;
    return true;
}

bool pg_backup(Cx *cx, DbPool *pool, const char *path, void (*progress)(int percent))
{
    (void)pool, (void)path, (void)progress;
    return cx_fail(cx, E_INPUT, "a PostgreSQL database is backed up by pg_dump, or copied into a "
        "file by `tenon copy`");
}
