/*
 * The backend is chosen by the url's scheme; here is only what both have in common.
 */
#include "db/db.h"
#include "base/decimal.h"
#include "base/when.h"
#include "db/backend.h"
#include <string.h>

static const DbBackend *const backends[] = { &sqlite_backend, &pg_backend };

bool db_pool_open(Cx *cx, const char *url, bool readonly, DbPool **out)
{
    size_t n = strcspn(url, ":");
    const char *scheme = arena_dup_n(cx->a, url, n);

    if (str_eq(scheme, "postgres")) scheme = pg_backend.scheme;      /* as libpq has it */
    for (int i = 0; url[n] && i < LEN(backends); i++)
        if (str_eq(scheme, backends[i]->scheme))
            return backends[i]->pool_open(cx, url + n + 1, readonly, out);
    return cx_fail(cx, E_INPUT, "a database is sqlite:FILE or postgresql://USER@HOST/NAME, not %s:…",
        scheme);
}

void db_pool_close(DbPool *pool)
{
    if (pool)
        pool->backend->pool_close(pool);
}

void db_listen(DbPool *pool, void (*heard)(void *ctx), void *ctx)
{
    BUG_IF(pool->nlistener == LEN(pool->listener));
    pool->listener[pool->nlistener].heard = heard;
    pool->listener[pool->nlistener++].ctx = ctx;
}

void db_ring(DbPool *pool)
{
    for (int i = 0; i < pool->nlistener; i++) pool->listener[i].heard(pool->listener[i].ctx);
}

bool db_open(Cx *cx, DbPool *pool, Db **out)
{
    return pool->backend->open(cx, pool, out);
}

void db_close(Db *db)
{
    if (db)
        db->backend->close(db);
}

Dialect db_dialect(const Db *db)
{
    return db->backend->dialect;
}

void db_look(Db *db, const char *with)
{
    db->look = with;
}

bool db_looks(const Db *db)
{
    return db->look != NULL;
}

/* The statement with what stands for its tables; one that has a list of its own goes on with it. */
static Sql shaded(Cx *cx, const Db *db, const Sql *q)
{
    const char *text = sql_text(q);
    bool own = str_starts(text, "WITH "), ring = str_starts(text, "WITH RECURSIVE ");
    Sql out = *q;

    out.text = str_begin(cx->a);
    str_printf(&out.text, "WITH %s%s%s%s", ring ? "RECURSIVE " : "", db->look, own ? ", " : " ",
        text + (ring ? strlen("WITH RECURSIVE ") : own ? strlen("WITH ") : 0));
    return out;
}

bool db_query(Cx *cx, Db *db, const Sql *q, Rows *rows)
{
    *rows = (Rows){ .db = db, .done = true };
    const char *text = db->look && *db->look ? sql_text(q) : "";
    if (!str_starts(text, "SELECT ") && !str_starts(text, "WITH "))
        return db->backend->query(cx, db, q, rows);
    Sql with = shaded(cx, db, q);
    return db->backend->query(cx, db, &with, rows);
}

bool db_next(Cx *cx, Rows *rows, Val *row)
{
    return !rows->done && rows->db->backend->next(cx, rows, row);
}

void db_rows_end(Rows *rows)
{
    if (rows->stmt)
        rows->db->backend->rows_end(rows);
    rows->stmt = NULL;
    rows->done = true;
}

void db_rest(Db *db)
{
    db->backend->rest(db);
}

bool db_reading(const Db *db)
{
    return db->nopen > 0;
}

bool db_run(Cx *cx, Db *db, const Sql *q, int64_t *changed)
{
    Err before = cx->err;
    Rows rows;
    bool ok;

    if (!db_query(cx, db, q, &rows))
        return false;
    Val *row = ARENA_ARRAY(cx->a, Val, rows.n + 1);
    while (db_next(cx, &rows, row))
        ;
    ok = cx->err == before;
    if (changed)
        *changed = rows.changed;
    db_rows_end(&rows);
    return ok;
}

bool db_send(Cx *cx, Db *db, const Sql *q)
{
    BUG_IF(!db->writing);
    return db->backend->send ? db->backend->send(cx, db, q) : db_run(cx, db, q, NULL);
}

bool db_one(Cx *cx, Db *db, const Sql *q, Val *row, int n, bool *found)
{
    Err before = cx->err;
    Rows rows;
    bool got;

    if (found)
        *found = false;
    if (!db_query(cx, db, q, &rows))
        return false;
    BUG_IF(n > rows.n);
    Val *all = ARENA_ARRAY(cx->a, Val, rows.n + 1);
    got = db_next(cx, &rows, all);
    for (int i = 0; i < n; i++)
        row[i] = got ? val_copy(cx->a, all[i]) : val_blank();
    db_rows_end(&rows);
    if (found)
        *found = got;
    return cx->err == before;
}

bool db_script(Cx *cx, Db *db, const char *sql)
{
    BUG_IF(!db->writing);
    return db->backend->script(cx, db, sql);
}

bool db_write(Cx *cx, Db *db, DbUnit unit, void *arg)
{
    return db->backend->write(cx, db, NULL, unit, arg, DB_UNIT);
}

bool db_write_on(Cx *cx, Db *db, const DbGround *ground, DbUnit unit, void *arg)
{
    if (db->look) return cx_fail(cx, E_DENIED, "this is only to look at");
    return db->backend->write(cx, db, ground, unit, arg, DB_UNIT);
}

bool db_rebuild(Cx *cx, Db *db, DbUnit unit, void *arg)
{
    BUG_IF(db->writing);
    return db->backend->write(cx, db, NULL, unit, arg, DB_REBUILD);
}

bool db_bulk(Cx *cx, Db *db, DbUnit unit, void *arg)
{
    BUG_IF(db->writing);
    return db->backend->write(cx, db, NULL, unit, arg, DB_BULK);
}

bool db_in_write(const Db *db)
{
    return db->writing;
}

const char *db_violated(const Db *db)
{
    return *db->violated ? db->violated : NULL;
}

void db_timeout(Db *db, int ms)
{
    db->backend->timeout(db, ms);
}

bool db_columns(Cx *cx, Db *db, const char *table, Column **out, int *n)
{
    return db->backend->columns(cx, db, table, out, n);
}

bool db_tables(Cx *cx, Db *db, const char ***out, int *n)
{
    return db->backend->tables(cx, db, out, n);
}

bool db_indexes(Cx *cx, Db *db, Index **out, int *n)
{
    return db->backend->indexes(cx, db, out, n);
}

bool db_key(Cx *cx, Db *db, const char *table, const char ***out, int *n)
{
    return db->backend->key(cx, db, table, out, n);
}

bool db_load(Cx *cx, Db *db, const char *table, const char *const *column, int n, DbNextRow next,
    void *arg, int64_t *rows)
{
    BUG_IF(!db->writing);
    return db->backend->load(cx, db, table, column, n, next, arg, rows);
}

bool db_last_id(Cx *cx, Db *db, const char *table, int64_t *id)
{
    return db->backend->last_id(cx, db, table, id);
}

bool db_set_last_id(Cx *cx, Db *db, const char *table, int64_t id)
{
    BUG_IF(!db->writing);
    return db->backend->set_last_id(cx, db, table, id);
}

bool db_hold(Cx *cx, Db *db)
{
    BUG_IF(db->writing);
    return db->backend->hold(cx, db);
}

bool db_backup(Cx *cx, DbPool *pool, const char *path, void (*progress)(int percent))
{
    return pool->backend->backup(cx, pool, path, progress);
}

/* A copy is marked in the head of its file (see sqlite_backup.c). */
bool db_is_copy(Cx *cx, Db *db, bool *copy)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val v;

    *copy = false;
    if (db_dialect(db) != DIALECT_SQLITE)
        return true;
    sql_add(&q, "PRAGMA user_version");
    if (!db_one(cx, db, &q, &v, 1, &found))
        return false;
    *copy = found && v.kind == VAL_INT && v.i == 1;
    return true;
}

bool db_settle_copy(Cx *cx, Db *db)
{
    return db_dialect(db) != DIALECT_SQLITE || db_script(cx, db, "PRAGMA user_version = 0");
}

const DbClock *db_clock(DbPool *pool, const char *table)
{
    return pool->backend->clock(pool, table);
}

void db_seldom(DbPool *pool, const char *counts, const char *const *table, int n)
{
    if (pool->backend->seldom) pool->backend->seldom(pool, counts, table, n);
}

void db_reshaped(DbPool *pool)
{
    if (pool->backend->reshaped) pool->backend->reshaped(pool);
}

DbStats db_stats(const DbPool *pool)
{
    return pool->backend->stats(pool);
}

static Val typed_number(Val raw, int scale)
{
    int64_t i;
    bool ok = raw.kind == VAL_INT ? (i = raw.i, true)
        : raw.kind == VAL_TEXT ? decimal_parse(raw.t, scale, &i)
        : raw.kind == VAL_DEC ? decimal_rescale(raw.i, raw.scale, scale, &i)
        : raw.kind == VAL_REAL && decimal_from_real(raw.d, scale, &i);

    return ok ? val_dec(i, scale) : val_blank();
}

static Val typed_text(Val raw, ValKind kind)
{
    Val duration = val_blank();
    int64_t i;

    switch (kind) {
    case VAL_BOOL:
        return val_bool(*raw.t == 't' || *raw.t == '1');
    case VAL_INT:
    case VAL_REC:
        if (!decimal_parse(raw.t, 0, &i))
            return val_blank();
        return kind == VAL_INT ? val_int(i) : val_rec(i);
    case VAL_DATE:
        return date_parse(raw.t, &i) ? val_date(i) : val_blank();
    case VAL_DATETIME:
        return datetime_parse(raw.t, NULL, &i) ? val_datetime(i) : val_blank();
    case VAL_TIME:
        return time_parse(raw.t, &i) ? val_time(i) : val_blank();
    case VAL_DURATION:
        return duration_parse(raw.t, &duration) ? duration : val_blank();
    default:
        return raw;
    }
}

static Val typed(Val raw, ValKind kind, int scale)
{
    int64_t whole;

    if (val_is_blank(raw))
        return raw;
    if (kind == VAL_DEC)
        return typed_number(raw, scale);
    if (raw.kind == VAL_TEXT)
        return typed_text(raw, kind);
    if (kind == VAL_REAL)
        return val_real(val_number(raw));
    if (raw.kind == VAL_DEC)
        return typed(decimal_rescale(raw.i, raw.scale, 0, &whole) ? val_int(whole)
            : val_blank(), kind, 0);
    if (raw.kind != VAL_INT)
        return raw;
    switch (kind) {
    case VAL_BOOL: return val_bool(raw.i != 0);
    case VAL_REC:  return val_rec(raw.i);
    case VAL_DURATION: return duration_of(raw.i);
    default:       return raw;
    }
}

static bool is_number(ValKind kind)
{
    return kind == VAL_INT || kind == VAL_DEC || kind == VAL_REAL;
}

/* Another node may have given the column another type meanwhile: what comes is of the kind asked
   for, whatever is stored. */
Val db_typed(Val raw, ValKind kind, int scale)
{
    Val v = typed(raw, kind, scale);

    return v.kind == kind || (is_number(v.kind) && is_number(kind)) ? v : val_blank();
}
