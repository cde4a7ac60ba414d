/*
 * The pool: an address, what became of its units, how long a server that was away is left alone.
 */
#include "db/pg.h"
#include "base/sys.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AWAY_MS 100           /* a server that was away is left alone for so long, then twice … */
#define AWAY_MOST_MS 2000

bool pg_may_connect(PgPool *p)
{
    pthread_mutex_lock(&p->lock);
    bool may = sys_mono_us() >= p->away_until;
    pthread_mutex_unlock(&p->lock);
    return may;
}

void pg_was_away(PgPool *p, bool away)
{
    pthread_mutex_lock(&p->lock);
    p->away_ms = !away ? 0 : !p->away_ms ? AWAY_MS
        : p->away_ms * 2 > AWAY_MOST_MS ? AWAY_MOST_MS : p->away_ms * 2;
    p->away_until = away ? sys_mono_us() + pg_jitter(p->away_ms * INT64_C(1000)) : 0;
    pthread_mutex_unlock(&p->lock);
}

/* ---- pool ---- */

static void pool_close(DbPool *base)
{
    PgPool *p = (PgPool *)base;

    if (p->bell) pg_bell_close(p->bell);
    pg_clocks_free(p);
    pthread_mutex_destroy(&p->lock);
    pthread_mutex_destroy(&p->retrying);
    mem_free(p->url);
    mem_free(p);
}

/* The first connection tells whether the address is right at all. */
MUST static bool try_address(Cx *cx, PgPool *p)
{
    PGconn *conn = pg_connection(p);
    bool ok = PQstatus(conn) == CONNECTION_OK;

    if (!ok) {
        cx_fail(cx, E_BUSY, "the database cannot be reached: %s",
            str_trim(cx->a, arena_dup(cx->a, PQerrorMessage(conn))));
    } else if (PQserverVersion(conn) < 140000) {
        ok = cx_fail(cx, E_INPUT, "PostgreSQL 14 or later is needed");
    } else if (!str_eq(PQparameterStatus(conn, "server_encoding"), "UTF8")) {
        ok = cx_fail(cx, E_INPUT, "the database must have the encoding UTF8");
    }
    PQfinish(conn);
    return ok;
}

static bool pool_open(Cx *cx, const char *rest, bool readonly, DbPool **out)
{
    PgPool *p = mem_alloc(sizeof *p);

    *p = (PgPool){ .base.backend = &pg_backend, .readonly = readonly,
        .url = mem_dup(arena_printf(cx->a, "postgresql:%s", rest)),
        .twice = getenv("TENON_PG_RETRY") != NULL };
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->retrying, NULL);
    if (try_address(cx, p) && (readonly || pg_bell_open(cx, p, &p->bell))) {
        *out = &p->base;
        return true;
    }
    pool_close(&p->base);
    return false;
}

static bool open_one(Cx *cx, DbPool *pool, Db **out)
{
    PgDb *db = mem_alloc(sizeof *db);

    *db = (PgDb){ .base = { .backend = &pg_backend, .pool = pool } };
    if (!pg_connect(cx, db)) {
        mem_free(db);
        return false;
    }
    *out = &db->base;
    return true;
}

static void close_one(Db *base)
{
    PgDb *db = (PgDb *)base;

    BUG_IF(base->writing);
    pg_rest(base);
    pg_disconnect(db);
    mem_free(db->gone);
    mem_free(db);
}

static void timeout(Db *base, int ms)
{
    ((PgDb *)base)->timeout_ms = ms;
}

static DbStats stats(const DbPool *pool)
{
    PgPool *p = (PgPool *)pool;

    pthread_mutex_lock(&p->lock);
    DbStats out = p->stats;
    out.batch = &p->batch;
    out.commit = &p->commit;
    pthread_mutex_unlock(&p->lock);
    return out;
}

const DbBackend pg_backend = {
    .scheme = "postgresql", .dialect = DIALECT_PG,
    .pool_open = pool_open, .pool_close = pool_close,
    .open = open_one, .close = close_one,
    .query = pg_query, .send = pg_send, .next = pg_next, .rows_end = pg_rows_end,
    .rest = pg_rest, .script = pg_script, .write = pg_write, .timeout = timeout,
    .columns = pg_columns, .tables = pg_tables, .indexes = pg_indexes,
    .key = pg_key, .load = pg_load, .last_id = pg_last_id, .set_last_id = pg_set_last_id,
    .hold = pg_hold,
    .backup = pg_backup, .stats = stats, .clock = pg_clock, .seldom = pg_seldom,
    .reshaped = pg_reshaped,
};
