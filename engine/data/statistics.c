/*
 * statistics.c — without figures SQLite takes every table for a million rows and every index
 * for a good one, and sorts thousands of rows where an index has the order ready.
 *
 * Ids count up, so the last one tells how much a table has grown without reading it; _figures
 * keeps what it was. Making that table anew also tells other connections to read the figures,
 * for they do so only when the schema has changed.
 * PostgreSQL keeps its figures itself.
 */
#include "data/statistics.h"

#define SMALL 1000
#define TIMES 2

/* What is known of small tables is forgotten again: they grow before the next look, and a table
   taken for a handful of rows is read as a whole, index or not. */
static bool gather(Cx *cx, Db *db, void *arg)
{
    (void)arg;
    return db_script(cx, db, "PRAGMA analysis_limit = 1000; ANALYZE;"
        "DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < 1000; ANALYZE sqlite_schema;"
        "DROP TABLE IF EXISTS _figures;"
        "CREATE TABLE _figures AS SELECT name, seq FROM sqlite_sequence");
}

MUST static bool has_figures(Cx *cx, Db *db, bool *yes)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Val v;

    sql_add(&q, "SELECT 1 FROM sqlite_schema WHERE name = '_figures'");
    return db_one(cx, db, &q, &v, 1, yes);
}

MUST static bool outgrown(Cx *cx, Db *db, bool known, bool *yes)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    Val v;

    sql_add(&q, "SELECT 1 FROM sqlite_sequence s WHERE s.seq > ");
    sql_int(&q, SMALL);
    if (known) {
        sql_add(&q, " AND s.seq > ");
        sql_int(&q, TIMES);
        sql_add(&q, " * coalesce((SELECT f.seq FROM _figures f WHERE f.name = s.name), 0)");
    }
    sql_add(&q, " LIMIT 1");
    return db_one(cx, db, &q, &v, 1, yes);
}

bool statistics_follow(Cx *cx, Db *db)
{
    bool known, grown;

    if (db_dialect(db) != DIALECT_SQLITE) return true;
    if (!has_figures(cx, db, &known) || !outgrown(cx, db, known, &grown)) return false;
    return !grown || db_write(cx, db, gather, NULL);
}
