/*
 * One batch after the other:
 *     wait for a unit → BEGIN IMMEDIATE → each: SAVEPOINT, run, RELEASE or undo → COMMIT
 *     → wake all → checkpoint when the log is long.
 * All fields of Writer and Turn that two threads see are under the lock. The lock is free while
 * a unit runs: the line grows meanwhile and is the next batch.
 */
#include "db/db_writer.h"
#include "base/sys.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#define BATCH_UNITS 128
#define BATCH_US 5000
#define STACK (8 << 20)               /* rules recurse in C on this stack */
#define WAIT_SECONDS 30
#define LOG_PAGES 1000                /* a checkpoint is due */
#define LONG_LOG_PAGES 16000          /* readers kept it from starting over: 64 MB */

/* One who waits in line. */
typedef struct Turn Turn;
struct Turn {
    Cx *cx;
    Db *caller;
    DbUnit run;
    void *arg;
    DbWrite how;
    bool ok;
    bool taken, done;
    pthread_cond_t woken;
    Turn *next;
};

struct Writer {
    SqliteDb *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    Turn *first, **last;
    bool stop;
    DbStats stats;
    Hist batch, commit;               /* shared without the lock */
    int pages, checkpoint_at;         /* the thread's own: pages in the log, next checkpoint */
};

/* A unit has its savepoint: nothing of it stays when it fails. Rows that an outermost unit left
   open would stand in the way of the release and of the commit; an inner one's callers may be
   reading theirs. */
static bool run_unit(SqliteDb *db, Cx *cx, DbUnit run, void *arg, bool outermost)
{
    Err before = cx->err;
    bool ok;

    if (!sqlite_control(db, CONTROL_SAVEPOINT))
        return sqlite_fail(cx, db, NULL);
    ok = run(cx, &db->base, arg) && cx->err == before;
    if (outermost)
        sqlite_rest(&db->base);
    if (ok && sqlite_control(db, CONTROL_RELEASE))
        return true;
    if (ok)
        sqlite_fail(cx, db, NULL);
    else if (sqlite3_get_autocommit(db->handle))
        return false;                 /* the error took the whole transaction with it */
    if (sqlite_control(db, CONTROL_ROLLBACK_TO))
        sqlite_control(db, CONTROL_RELEASE);
    return false;
}

bool writer_nest(Cx *cx, Db *base, DbUnit unit, void *arg)
{
    SqliteDb *db = (SqliteDb *)base;

    if (sqlite3_get_autocommit(db->handle))
        return cx_fail(cx, E_DB, "the transaction was undone");
    return run_unit(db, cx, unit, arg, false);
}

/* With the lock held and someone in line. */
static Turn *take_turn(Writer *w)
{
    Turn *u = w->first;

    u->taken = true;
    w->stats.queued--;
    if (!(w->first = u->next))
        w->last = &w->first;
    return u;
}

/* The next in line; NULL if there is none or it must be alone. */
static Turn *join(Writer *w)
{
    Turn *u;

    pthread_mutex_lock(&w->lock);
    u = w->first && w->first->how == DB_UNIT ? take_turn(w) : NULL;
    pthread_mutex_unlock(&w->lock);
    return u;
}

static void run_timed(Writer *w, Turn *u)
{
    int64_t start = sys_mono_us(), us;

    *w->db->base.violated = '\0';
    u->ok = run_unit(w->db, u->cx, u->run, u->arg, true);
    snprintf(u->caller->violated, sizeof u->caller->violated, "%s", w->db->base.violated);
    us = sys_mono_us() - start;
    pthread_mutex_lock(&w->lock);
    w->stats.units++;
    if (us > w->stats.longest_us)
        w->stats.longest_us = us;
    pthread_mutex_unlock(&w->lock);
}

/* Fails those of the batch that thought they were done. */
static void fail_batch(SqliteDb *db, Turn **batch, int n)
{
    for (int i = 0; i < n; i++) {
        if (batch[i]->ok)
            sqlite_fail(batch[i]->cx, db, NULL);
        batch[i]->ok = false;
    }
}

/* Rows that refer to nothing after tables were rebuilt. */
static bool references_hold(SqliteDb *db, Turn *u)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db->handle, "PRAGMA foreign_key_check", -1, &s, NULL);

    if (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        cx_fail(u->cx, E_CONFLICT, "a record that belongs to it is missing or in use");
        cx_detail(u->cx, "%s row %s refers to no row of %s", sqlite3_column_text(s, 0),
                  sqlite3_column_text(s, 1), sqlite3_column_text(s, 2));
    } else if (code != SQLITE_DONE) {
        sqlite_fail(u->cx, db, NULL);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE;
}

static int run_units(Writer *w, Turn **batch)
{
    int64_t start = sys_mono_us();
    int n = 1;

    run_timed(w, batch[0]);
    while (batch[0]->how == DB_UNIT && n < BATCH_UNITS && sys_mono_us() - start < BATCH_US
           && !sqlite3_get_autocommit(w->db->handle) && (batch[n] = join(w)))
        run_timed(w, batch[n++]);
    return n;
}

static void commit(Writer *w, Turn **batch, int n)
{
    SqliteDb *db = w->db;
    bool alone = batch[0]->how != DB_UNIT;
    int64_t start = sys_mono_us();

    if (sqlite3_get_autocommit(db->handle)) {
        for (int i = 0; i < n; i++)
            if (batch[i]->ok)
                batch[i]->ok = cx_fail(batch[i]->cx, E_DB, "the transaction was undone");
        sys_log(LOG_ERROR, "the database undid a batch of writes", NULL);
        return;
    }
    if (batch[0]->how == DB_REBUILD && batch[0]->ok)
        batch[0]->ok = references_hold(db, batch[0]);
    if (alone && !batch[0]->ok) {
        sqlite_exec(db, "ROLLBACK");
    } else if (!sqlite_exec(db, "COMMIT")) {
        sys_log(LOG_ERROR, "a commit failed", "error", sqlite3_errmsg(db->handle), NULL);
        fail_batch(db, batch, n);
        sqlite_exec(db, "ROLLBACK");
    }
    hist_add(&w->commit, &hist_time, sys_mono_us() - start);
    hist_add(&w->batch, &hist_count, n);
}

/* Who waits for a database that does not answer is told so at once. */
static int refuse_waiting(Writer *w, Turn **batch)
{
    int n = 1;

    sys_log(LOG_ERROR, "a write could not begin", "error", sqlite3_errmsg(w->db->handle), NULL);
    batch[0]->ok = true;
    while (n < BATCH_UNITS && (batch[n] = join(w)))
        batch[n++]->ok = true;
    fail_batch(w->db, batch, n);
    return n;
}

static void wake(Writer *w, Turn **batch, int n)
{
    pthread_mutex_lock(&w->lock);
    w->stats.commits++;
    for (int i = 0; i < n; i++) {
        batch[i]->done = true;
        pthread_cond_signal(&batch[i]->woken);
    }
    pthread_mutex_unlock(&w->lock);
}

/* PASSIVE waits for nobody. A log that readers have kept growing is cut as soon as they let
   go, which is tried for a moment only. */
static void checkpoint(Writer *w)
{
    int mode = w->pages > LONG_LOG_PAGES ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int left = 0, done = 0;

    if (w->pages < w->checkpoint_at)
        return;
    sqlite3_busy_timeout(w->db->handle, 20);
    sqlite3_wal_checkpoint_v2(w->db->handle, NULL, mode, &left, &done);
    sqlite3_busy_timeout(w->db->handle, 5000);
    w->checkpoint_at = left == done ? LOG_PAGES : w->pages + LOG_PAGES;
}

static void run_batch(Writer *w, Turn *first)
{
    Turn *batch[BATCH_UNITS] = { first };
    bool alone = first->how != DB_UNIT;
    int n;

    if (alone)
        sqlite_exec(w->db, "PRAGMA foreign_keys=OFF");
    if (sqlite_exec(w->db, "BEGIN IMMEDIATE")) {
        n = run_units(w, batch);
        commit(w, batch, n);
    } else {
        n = refuse_waiting(w, batch);
    }
    if (alone)
        sqlite_exec(w->db, "PRAGMA foreign_keys=ON");
    clock_strike(w->db->clocks);
    wake(w, batch, n);
    db_ring(w->db->base.pool);
    checkpoint(w);
}

static void *writer_main(void *arg)
{
    Writer *w = arg;
    Turn *u;

    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->stop)
            pthread_cond_wait(&w->work, &w->lock);
        if (!w->first)
            break;
        u = take_turn(w);
        pthread_mutex_unlock(&w->lock);
        run_batch(w, u);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static int note_pages(void *arg, sqlite3 *handle, const char *name, int pages)
{
    Writer *w = arg;

    (void)handle, (void)name;
    if (pages < w->pages)             /* the log started over */
        w->checkpoint_at = LOG_PAGES;
    w->pages = pages;
    return SQLITE_OK;
}

/* Signals are the main thread's. */
static int start_thread(Writer *w)
{
    pthread_attr_t attr;
    sigset_t all, old;
    int error;

    sigfillset(&all);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    error = pthread_create(&w->thread, &attr, writer_main, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    return error;
}

bool writer_open(Cx *cx, SqliteDb *db, Writer **out)
{
    Writer *w = mem_alloc(sizeof *w);

    w->db = db;
    w->last = &w->first;
    w->checkpoint_at = LOG_PAGES;
    w->stats = (DbStats){ .batch = &w->batch, .commit = &w->commit };
    pthread_mutex_init(&w->lock, NULL);
    sys_cond_init(&w->work);
    sqlite3_wal_hook(db->handle, note_pages, w);
    if (start_thread(w)) {
        mem_free(w);
        return cx_fail(cx, E_SYS, "cannot start the writing thread");
    }
    *out = w;
    return true;
}

void writer_close(Writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    sqlite3_busy_timeout(w->db->handle, 20);
    sqlite3_wal_checkpoint_v2(w->db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite_close(w->db);
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}

static void leave_line(Writer *w, Turn *u)
{
    Turn **p = &w->first;

    while (*p != u)
        p = &(*p)->next;
    *p = u->next;
    if (!*p)
        w->last = p;
    w->stats.queued--;
}

/* With the lock held. A unit that has begun is waited for: it uses what the caller owns. */
static bool wait_for(Writer *w, Turn *u)
{
    struct timespec until = sys_in_ms(WAIT_SECONDS * 1000);

    while (!u->done) {
        if (u->taken) {
            pthread_cond_wait(&u->woken, &w->lock);
        } else if (pthread_cond_timedwait(&u->woken, &w->lock, &until) == ETIMEDOUT
                   && !u->taken) {
            leave_line(w, u);
            return false;
        }
    }
    return true;
}

bool writer_run(Writer *w, Cx *cx, Db *caller, DbUnit unit, void *arg, DbWrite how)
{
    Turn u = { .cx = cx, .caller = caller, .run = unit, .arg = arg, .how = how };
    bool served, stopped;

    BUG_IF(pthread_equal(pthread_self(), w->thread));     /* use the unit's own Db inside */
    sys_cond_init(&u.woken);
    pthread_mutex_lock(&w->lock);
    stopped = w->stop;
    if (!stopped) {
        *w->last = &u;
        w->last = &u.next;
        w->stats.queued++;
        pthread_cond_signal(&w->work);
    }
    served = !stopped && wait_for(w, &u);
    pthread_mutex_unlock(&w->lock);
    pthread_cond_destroy(&u.woken);
    if (!served)
        return cx_fail(cx, E_BUSY, "the database is busy");
    return u.ok;
}

DbStats writer_stats(Writer *w)
{
    DbStats out;

    pthread_mutex_lock(&w->lock);
    out = w->stats;
    pthread_mutex_unlock(&w->lock);
    return out;
}
