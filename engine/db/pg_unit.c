/*
 * A unit runs on the caller's thread and connection:
 *     BEGIN SERIALIZABLE → run → COMMIT;  what others' writes came in the way of runs again.
 * Units of one turn share a transaction where they meet (pg_lane.c).
 * The first try is free of any waiting; later ones go one by one within a node and pause longer
 * each time, so that one of several that fight for the same row always gets through.
 */
#include "db/pg.h"
#include "base/sys.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define UNLOCK "SELECT pg_advisory_unlock_all()"
#define RETRY_S 30            /* others may be in the way so long */
#define MOVED_TRIES 4
#define SETTLE_S 10           /* how long the fate of a commit is asked for */
#define BATCH_UNITS 24        /* in one transaction: a server looks fast through 64 savepoints */
#define BATCH_US 10000

int64_t pg_jitter(int64_t us)
{
    uint32_t r;

    sys_random(&r, sizeof r);
    return us / 2 + (int64_t)(r % (uint64_t)(us / 2 + 1));
}

static void pause_us(int64_t us)
{
    struct timespec t = { us / 1000000, us % 1000000 * 1000 };
    nanosleep(&t, NULL);
}

static void roll_back(PgDb *db)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    bool begun = db->begun;

    pg_drop_owed(db, 0);
    if (db->nline && !pg_settle(&cx, db)) cx_clear(&cx);
    if (db->conn && begun && !pg_exec(&cx, db, "ROLLBACK")) pg_disconnect(db);
    db->begun = db->lost = db->doomed = false;
    arena_free(a);
}

/* Was the transaction committed? *out is PG_FINAL: it was; PG_MOVED: it was not, run it again.
   False: nobody knows. A server that crashed gives the number of a transaction that did not reach
   its disk to another one, so it is believed only in the life in which it gave the number. */
static bool settle(PgDb *db, const char *number, PgAgain *out)
{
    Arena *a = arena_new();
    int64_t until = sys_mono_us() + SETTLE_S * INT64_C(1000000);
    const char *life = arena_dup(a, db->life);
    bool known = false;

    while (!known && str_eq(db->life, life) && sys_mono_us() < until) {
        Cx cx = cx_begin(a, NULL);
        Sql q = sql_begin(a, DIALECT_PG);
        bool found;
        Val v;
        sql_add(&q, "SELECT pg_xact_status((");
        sql_bind(&q, val_text(number));
        sql_add(&q, "::text)::xid8)");
        if (db_one(&cx, &db->base, &q, &v, 1, &found) && found && v.kind == VAL_TEXT) {
            known = str_eq(db->life, life)
                && (str_eq(v.t, "committed") || str_eq(v.t, "aborted"));
            *out = str_eq(v.t, "committed") ? PG_FINAL : PG_MOVED;
        }
        if (!known) pause_us(200000);
    }
    arena_free(a);
    return known;
}

/* The transaction's number must be known before the commit is tried: if the connection breaks
   then, the server knows what became of it. */
MUST static bool know_number(Cx *cx, PgDb *db)
{
    PgCall call = { .text = "SELECT" };       /* it goes before */
    PGresult *r;

    if (!db->wrote || *db->number) return true;
    if (!pg_call(cx, db, &call, &r)) return false;
    PQclear(r);
    return true;
}

MUST static bool count_clocks(Cx *cx, PgDb *db)
{
    PgCall call = { .text = pg_clocks_count(cx->a, (PgPool *)db->base.pool, db->told) };

    return !call.text || pg_pass_on(cx, db, &call);
}

static bool unsure(Cx *cx)
{
    return cx_fail(cx, E_BUSY, "the connection to the database broke while it confirmed the "
        "write; look whether it is there before you repeat it");
}

static bool be_unsure(Cx *cx, PgDb *db)
{
    db->again = PG_FINAL;
    db->unsure = true;
    return unsure(cx);
}

MUST static bool commit(Cx *cx, PgDb *db)
{
    PgCall call = { .text = "COMMIT", .after = db->has_turn ? UNLOCK : NULL };
    PGresult *r;

    if (!db->begun) {                         /* nothing was asked at all */
        pg_drop_owed(db, 0);
        return true;
    }
    Cx before = *cx;
    if (!count_clocks(cx, db) || !know_number(cx, db)) return false;
    if (!db->pooled) call.stmt = pg_stmt_of(db, "COMMIT", 6);
    if (pg_call(cx, db, &call, &r)) {
        /* In a transaction that failed before, and nobody looked, it means ROLLBACK. */
        bool done = str_eq(PQcmdStatus(r), "COMMIT");
        PQclear(r);
        db->begun = false;
        return done || cx_fail(cx, E_DB, "the transaction was undone");
    }
    if (db->conn || !*db->number) return false;
    *cx = before;
    db->base.writing = false;
    db->again = PG_FINAL;
    bool known = settle(db, db->number, &db->again);
    if (!known) return be_unsure(cx, db);
    return db->again == PG_FINAL || cx_fail(cx, E_BUSY, "the database cannot be reached");
}

typedef struct Job {
    const DbGround *ground; DbUnit run; void *arg; bool twice, takes_long;
    PgRider *lead;            /* takes others along; NULL: it is alone */
} Job;

/* A lock on a table takes no snapshot: what is read after it is of that moment, and the truth stays
   one while the lock is held. Plain reads pass both kinds. */
static void stand_on(PgDb *db, const DbGround *g)
{
    Arena *a = arena_new();

    pg_owe(db, PG_WORD, arena_printf(a, "LOCK TABLE \"%s\" IN %s MODE", g->table,
        g->alone ? "EXCLUSIVE" : "ROW SHARE"));
    pg_owe(db, PG_TRUTH, sql_text(&g->truth));
    arena_free(a);
}

/* A lock of the session, in a transaction of its own before the unit's: what is read then is of a
   moment when it is held. */
static void take_turn(PgDb *db, const char *turn)
{
    Arena *a = arena_new();

    if (!db->has_turn)
        pg_owe(db, PG_APART, arena_printf(a, "SELECT pg_advisory_lock(%lld)",
            (long long)sql_hash(turn, strlen(turn))));
    arena_free(a);
}

/* Changing the tables, and much at once, takes as long as it takes. */
static void limit(PgDb *db, bool takes_long)
{
    if (db->pooled) {
        pg_owe(db, PG_WORD, "SET LOCAL lock_timeout = '10s'");
        pg_owe(db, PG_WORD, "SET LOCAL idle_in_transaction_session_timeout = '5min'");
    }
    if (!takes_long) pg_owe(db, PG_WORD, "SET LOCAL statement_timeout = '60s'");
}

static void begin(PgDb *db, const Job *u)
{
    const DbGround *ground = u->ground;

    db->again = PG_FINAL;
    db->lost = db->doomed = db->wrote = db->unsure = false;
    db->changed = db->told = 0;
    *db->number = *db->base.violated = '\0';
    if (ground && ground->turn) take_turn(db, ground->turn);
    pg_owe(db, PG_WORD, "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE");
    limit(db, u->takes_long);
    if (ground && ground->table) stand_on(db, ground);
    db->base.writing = true;
}

/* Does the unit come to nothing, whatever is done in it? */
static bool is_dead(const PgDb *db)
{
    return db->again || db->lost || db->doomed;
}

/* A savepoint that is only owed when the inner unit fails needs no going back to. */
static bool nest(Cx *cx, PgDb *db, DbUnit unit, void *arg)
{
    Err before = cx->err;

    if (db->lost) return pg_lost(cx);
    if (is_dead(db)) return cx_fail(cx, E_BUSY, "the database is busy");
    pg_owe(db, PG_WORD, "SAVEPOINT unit");
    int owed = db->nowed;
    unsigned paid = db->paid;
    bool ok = unit(cx, &db->base, arg) && cx->err == before && !is_dead(db);
    if (paid == db->paid) {
        pg_drop_owed(db, owed - 1);
        return ok;
    }
    if (ok) {
        pg_owe(db, PG_WORD, "RELEASE unit");
        return true;
    }
    Arena *a = arena_new();
    Cx inner = cx_begin(a, NULL);
    if (!is_dead(db) && !pg_exec(&inner, db, "ROLLBACK TO unit; RELEASE unit") && !is_dead(db))
        db->again = PG_MOVED;
    arena_free(a);
    return false;
}

/* Those who came meanwhile, each behind a savepoint; how many units there are then. */
static int take_along(PgDb *db, PgRider *lead)
{
    PgPool *p = (PgPool *)db->base.pool;
    int64_t began = sys_mono_us();
    PgRider *r;
    int n = 1;

    while (n < BATCH_UNITS && !is_dead(db) && sys_mono_us() - began < BATCH_US
           && (r = pg_lane_take(p, lead))) {
        *db->base.violated = '\0';
        r->ok = nest(r->cx, db, r->run, r->arg);
        pg_rest(&db->base);
        snprintf(r->caller->violated, sizeof r->caller->violated, "%s", db->base.violated);
        n++;
    }
    return n;
}

static bool run_once(Cx *cx, PgDb *db, const Job *u)
{
    PgPool *p = (PgPool *)db->base.pool;
    Err before = cx->err;
    int64_t start = sys_mono_us(), us;

    begin(db, u);
    bool ok = u->run(cx, &db->base, u->arg) && cx->err == before && !is_dead(db);
    if (db->lost && cx->err == before) pg_lost(cx);
    if (db->doomed && cx->err == before) cx_fail(cx, E_DB, "the transaction was undone");
    pg_rest(&db->base);
    int n = ok && u->lead ? take_along(db, u->lead) : 1;
    ok = ok && !is_dead(db);
    if (ok && u->twice) {
        ok = false;
        db->again = PG_SERIAL;
    } else if (ok) {
        int64_t from = sys_mono_us();
        ok = commit(cx, db);
        hist_add(&p->commit, &hist_time, sys_mono_us() - from);
        if (ok) hist_add(&p->batch, &hist_count, n);
    }
    if (!ok) roll_back(db);
    db->base.writing = false;
    us = sys_mono_us() - start;
    pthread_mutex_lock(&p->lock);
    p->stats.units += n;
    p->stats.commits += ok;
    p->stats.retries += !ok && db->again;
    if (us > p->stats.longest_us) p->stats.longest_us = us;
    pthread_mutex_unlock(&p->lock);
    return ok;
}

/* Another try, with what the failed one left in cx forgotten. False: no more. */
static bool once_more(PgDb *db, int tries, int64_t began)
{
    if (db->again == PG_MOVED) return tries < MOVED_TRIES;
    return db->again == PG_SERIAL && sys_mono_us() - began < RETRY_S * INT64_C(1000000);
}

/* What a unit that failed still holds. */
static void give_turn(PgDb *db)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);

    if (db->has_turn && db->conn && !pg_exec(&cx, db, UNLOCK)) pg_disconnect(db);
    db->has_turn = false;
    arena_free(a);
}

/* The others of its transaction hear what became of that. */
static void tell(PgPool *p, Job *u, PgFate fate)
{
    if (u->lead) pg_lane_tell(p, u->lead, fate);
    u->lead = NULL;
}

static bool run_unit(Cx *cx, PgDb *db, Job u)
{
    PgPool *p = (PgPool *)db->base.pool;
    int64_t began = sys_mono_us();
    Cx before = *cx;
    bool ok, waits = false;
    int tries = 0;

    for (;;) {
        ok = run_once(cx, db, &u);
        give_turn(db);                        /* who waits for it may hold the lock below */
        if (u.lead) pg_lane_pass(p, u.lead);
        bool shared = u.lead && u.lead->along;          /* it may have failed for another's sake */
        if (ok || db->unsure || (!once_more(db, ++tries, began) && !shared)) break;
        tell(p, &u, PG_ALONE);
        *cx = before;
        if (!waits) pthread_mutex_lock(&p->retrying);
        waits = true;
        if (!u.twice) pause_us(pg_jitter(500 << (tries < 6 ? tries : 6)));
        if (db->again == PG_MOVED) pg_disconnect(db);
        u.twice = false;
    }
    if (waits) pthread_mutex_unlock(&p->retrying);
    if (ok) pg_clocks_strike(p, db->changed);
    if (ok && p->clocks && db->told) pg_clocks_wait(db);
    if (ok && p->bell) pg_bell_pull(p->bell);
    tell(p, &u, ok ? PG_DONE : db->unsure ? PG_UNSURE : PG_ALONE);
    return ok;
}

MUST static bool run_in_lane(Cx *cx, PgDb *db, Job u)
{
    PgRider r = { .cx = cx, .caller = &db->base, .ground = u.ground, .run = u.run, .arg = u.arg };
    Cx before = *cx;
    PgFate fate = pg_lane_enter((PgPool *)db->base.pool, &r);

    if (fate == PG_DONE) return r.ok;
    *cx = before;
    if (fate == PG_UNSURE) return unsure(cx);
    u.lead = fate == PG_LEADS ? &r : NULL;
    return run_unit(cx, db, u);
}

bool pg_write(Cx *cx, Db *base, const DbGround *ground, DbUnit unit, void *arg,
    DbWrite how)
{
    PgDb *db = (PgDb *)base;
    PgPool *p = (PgPool *)base->pool;

    if (base->writing) return nest(cx, db, unit, arg);
    if (p->readonly) return cx_fail(cx, E_DENIED, "the database is open for reading only");
    Job u = { .ground = ground, .run = unit, .arg = arg, .twice = p->twice,
        .takes_long = how != DB_UNIT || (ground && ground->alone) };
    bool lane = ground && ground->turn && !u.takes_long;
    return lane ? run_in_lane(cx, db, u) : run_unit(cx, db, u);
}
