/*
 * What is in the current schema, asked of PostgreSQL's own catalog.
 */
#include "db/pg.h"
#include <string.h>

typedef void (*Take)(Cx *cx, const Val *v, void *to);

/* Each row of a query to `take`. */
MUST static bool each(Cx *cx, Db *db, const Sql *q, Take take, void *to)
{
    Err before = cx->err;
    Val v[8];
    Rows rows;

    if (!db_query(cx, db, q, &rows)) return false;
    BUG_IF(rows.n > LEN(v));
    while (db_next(cx, &rows, v)) take(cx, v, to);
    db_rows_end(&rows);
    return cx->err == before;
}

static const char *text(Cx *cx, Val v)
{
    return v.kind == VAL_TEXT ? arena_dup(cx->a, v.t) : NULL;
}

typedef struct Names { const char **name; int n, cap; } Names;

static void take_name(Cx *cx, const Val *v, void *to)
{
    Names *l = to;
    ARENA_PUSH(cx->a, l->name, l->n, l->cap, text(cx, v[0]));
}

bool pg_tables(Cx *cx, Db *db, const char ***out, int *n)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);
    Names l = { 0 };

    sql_add(&q, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace ="
        " current_schema()::regnamespace ORDER BY relname COLLATE \"C\"");
    bool ok = each(cx, db, &q, take_name, &l);
    *out = l.name;
    *n = l.n;
    return ok;
}

typedef struct Columns { Column *column; int n, cap; } Columns;

static void take_column(Cx *cx, const Val *v, void *to)
{
    Columns *l = to;
    Column c = { text(cx, v[0]), text(cx, v[1]), v[2].i != 0, text(cx, v[3]) };
    ARENA_PUSH(cx->a, l->column, l->n, l->cap, c);
}

bool pg_columns(Cx *cx, Db *db, const char *table, Column **out, int *n)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);
    Columns l = { 0 };

    sql_add(&q, "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
        " (SELECT f.relname FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid"
        " WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1)"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relname = ");
    sql_bind(&q, val_text(table));
    sql_add(&q, " AND c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
        " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum");
    bool ok = each(cx, db, &q, take_column, &l);
    *out = l.column;
    *n = l.n;
    return ok;
}

typedef struct Indexes { Index *index; int n, cap; } Indexes;

static void take_index(Cx *cx, const Val *v, void *to)
{
    Indexes *l = to;
    Index x = { text(cx, v[0]), text(cx, v[1]), v[2].kind == VAL_TEXT ? text(cx, v[2]) : "",
        v[3].i != 0 };
    ARENA_PUSH(cx->a, l->index, l->n, l->cap, x);
}

/* Not those that a constraint brings along. */
bool pg_indexes(Cx *cx, Db *db, Index **out, int *n)
{
    Sql q = sql_begin(cx->a, DIALECT_PG);
    Indexes l = { 0 };

    sql_add(&q, "SELECT i.relname, t.relname, (SELECT string_agg('\"' || a.attname || '\"' ||"
        " CASE WHEN o.option & 1 = 1 THEN ' DESC' ELSE '' END, ', ' ORDER BY o.at)"
        " FROM unnest(x.indkey::int2[], x.indoption::int2[]) WITH ORDINALITY o(key, option, at)"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = o.key), x.indisunique"
        " FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_class t ON t.oid = x.indrelid"
        " WHERE t.relnamespace = current_schema()::regnamespace AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid)"
        " ORDER BY i.relname COLLATE \"C\"");
    bool ok = each(cx, db, &q, take_index, &l);
    *out = l.index;
    *n = l.n;
    return ok;
}
