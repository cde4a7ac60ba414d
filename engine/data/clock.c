/*
 * clock.c — the threads of time: one watches the folder, one fires timers, one runs jobs, and the
 * keeper (data/follow.c).
 *
 * Jobs have a thread of their own, for a slow mail server must not delay a reminder. The keeper
 * renews the lease of a job that takes long.
 */
#include "data/engine_parts.h"
#include "data/auth.h"
#include "data/forget.h"
#include "data/jobs.h"
#include "data/pending.h"
#include "data/statistics.h"
#include "data/tick.h"
#include "base/sys.h"

#include <time.h>

#define WATCH_MS 200
#define WATCH_AGAIN 10         /* looks */
#define TICK_MS 500
#define BETWEEN_MS 10          /* portions of a ripple: people's writes pass */
#define JOBS_MS 1000
#define MOST_HELD ((size_t)16 << 20)    /* bytes of a Work that runs jobs */
#define FIGURES_EVERY 20       /* ticks */
#define FORGET_EVERY 600

/* Sleeps until woken, stopped or the time is over. False: stop. */
static bool doze(Engine *e, int ms, bool for_jobs)
{
    struct timespec until = sys_in_ms(ms);

    pthread_mutex_lock(&e->time_lock);
    while (!e->stop && !(for_jobs && e->work_added))
        if (pthread_cond_timedwait(&e->woken, &e->time_lock, &until)) break;
    if (for_jobs) e->work_added = false;
    bool go = !e->stop;
    pthread_mutex_unlock(&e->time_lock);
    return go;
}

static bool stopped(Engine *e)
{
    pthread_mutex_lock(&e->time_lock);
    bool stop = e->stop;
    pthread_mutex_unlock(&e->time_lock);
    return stop;
}

/* A folder that is still being written (an editor saving, a checkout) is left alone until it has
   stood still from one look to the next. What failed for another reason than the folder (a busy
   database, a full disk) is tried again. */
static void *watch(void *arg)
{
    Engine *e = arg;
    Arena *a = arena_new();
    uint64_t loaded = e->seen, last = e->seen;
    int again = 0;             /* looks until the next try; 0: none is due */

    while (doze(e, WATCH_MS, false)) {
        arena_reset(a);
        uint64_t now = watch_state(a, e->dir);
        bool still = now == last, due = again && !--again;
        last = now;
        if (!still || (now == loaded && !due)) continue;
        loaded = now;
        Cx cx = cx_begin(a, NULL);
        bool ok = engine_reload(e, &cx, false);          /* told and logged there */
        bool folder = cx.err == E_DEF || cx.err == E_CONFLICT || cx.err == E_INPUT;
        again = ok || folder ? 0 : WATCH_AGAIN;
    }
    arena_free(a);
    return NULL;
}

static void set_job(Engine *e, const Job *job, int64_t claimed)
{
    pthread_mutex_lock(&e->time_lock);
    e->job = job ? job->id : 0;
    e->attempt = job ? job->attempts : 0;
    e->renewed = claimed;
    pthread_mutex_unlock(&e->time_lock);
}

bool clock_busy(Engine *e)
{
    pthread_mutex_lock(&e->time_lock);
    bool busy = e->job != 0;
    pthread_mutex_unlock(&e->time_lock);
    return busy;
}

void clock_renew(Engine *e, Db *db, Arena *a)
{
    Cx cx = cx_begin(a, NULL);
    int64_t now = sys_now();

    pthread_mutex_lock(&e->time_lock);
    int64_t id = now - e->renewed >= JOBS_LEASE_S / 4 ? e->job : 0;
    int attempt = e->attempt;
    pthread_mutex_unlock(&e->time_lock);
    if (!id || !jobs_renew(&cx, db, id, attempt, now)) return;
    pthread_mutex_lock(&e->time_lock);
    if (e->job == id) e->renewed = now;
    pthread_mutex_unlock(&e->time_lock);
}

/* Each is claimed for a time from now on, however long the others took. What they leave in the Work
   stays until it is given back; from `most` bytes on the others wait for the next one. */
static int64_t run_jobs(Engine *e, Work *w, size_t most)
{
    int64_t n = 0;
    bool found = true;
    Job job;

    while (found && !stopped(e)) {
        if (arena_size(w->cx.a) > most) {
            engine_wake(e);
            break;
        }
        auth_become_app(w, "job");
        int64_t now = w->clock ? w->clock : sys_now();
        if (!jobs_claim(w, now, &job, &found)) break;
        if (!found) break;
        set_job(e, &job, now);
        bool ok = jobs_run(w, now, &job);
        set_job(e, NULL, 0);
        if (!ok) break;
        n++;
        cx_clear(&w->cx);
    }
    return n;
}

static void log_failure(const char *what, const Cx *cx)
{
    if (cx->err && cx->err != E_MOVED)       /* the next turn has the new snapshot */
        sys_log(LOG_ERROR, what, "error", cx->text, "detail", cx->detail ? cx->detail : "",
            "from", cx->from, NULL);
}

/* One Work for a moment: what is due now. True: computed fields are still being followed. */
static bool turn(Engine *e, bool jobs, bool figures, bool forget)
{
    bool busy = false;
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Work *w = engine_take(e, &cx, NULL);

    if (w) {
        auth_become_app(w, jobs ? "job" : "timer");
        int64_t n = jobs ? run_jobs(e, w, MOST_HELD) : tick_run(w, w->now);
        const char *what = jobs ? "jobs failed" : "timers failed";
        if (figures && !w->cx.err && !statistics_follow(&w->cx, w->db)) what = "figures failed";
        if (forget && !w->cx.err && !forget_old(w)) what = "what ran out stays";
        log_failure(what, &w->cx);
        busy = !jobs && n && !w->cx.err && pending_any(w);
        engine_give(w);
    }
    arena_free(a);
    return busy;
}

static void *tick(void *arg)
{
    Engine *e = arg;
    int64_t n = 0;
    bool busy;

    do busy = turn(e, false, n % FIGURES_EVERY == 0, n % FORGET_EVERY == 0);
    while (n++, doze(e, busy ? BETWEEN_MS : TICK_MS, false));
    return NULL;
}

static void *work(void *arg)
{
    Engine *e = arg;

    do turn(e, true, false, false); while (doze(e, JOBS_MS, true));
    return NULL;
}

int64_t engine_tick(Engine *e, Cx *cx, int64_t now)
{
    Work *w = engine_take(e, cx, NULL);

    if (!w) return 0;
    auth_become_app(w, "timer");
    w->now = w->clock = now;
    int64_t n = tick_run(w, now);
    if (!w->cx.err) n += run_jobs(e, w, SIZE_MAX);
    if (w->cx.err) cx_copy(cx, &w->cx);
    engine_give(w);
    return n;
}

void engine_wake(Engine *e)
{
    pthread_mutex_lock(&e->time_lock);
    e->work_added = true;
    pthread_cond_broadcast(&e->woken);
    pthread_mutex_unlock(&e->time_lock);
}

void engine_wake_after(const Work *w)
{
    if (w->engine && w->jobs && !db_in_write(w->db)) engine_wake(w->engine);
}

MUST static bool start(Cx *cx, pthread_t *thread, void *(*run)(void *), Engine *e, bool *on)
{
    if (pthread_create(thread, NULL, run, e)) return cx_fail(cx, E_SYS, "no thread to be had");
    *on = true;
    return true;
}

bool clock_start(Engine *e, Cx *cx)
{
    if (e->o.watch && !start(cx, &e->watcher, watch, e, &e->watching)) return false;
    if (!e->o.tick || e->o.readonly) return true;
    return follow_start(e, cx) && start(cx, &e->ticker, tick, e, &e->ticking)
        && start(cx, &e->worker, work, e, &e->working);
}

void clock_stop(Engine *e)
{
    pthread_mutex_lock(&e->time_lock);
    e->stop = true;
    pthread_cond_broadcast(&e->woken);
    pthread_mutex_unlock(&e->time_lock);
    if (e->watching) pthread_join(e->watcher, NULL);
    if (e->ticking) pthread_join(e->ticker, NULL);
    if (e->working) pthread_join(e->worker, NULL);
    follow_stop(e);
}
