/*
 * clock.c — the threads of time: one watches the folder, one fires timers, one runs jobs.
 *
 * Jobs have a thread of their own, for a slow mail server must not delay a reminder.
 */
#include "data/engine_parts.h"
#include "data/auth.h"
#include "data/jobs.h"
#include "data/pending.h"
#include "data/statistics.h"
#include "data/tick.h"
#include "base/sys.h"

#include <time.h>

#define WATCH_MS 300
#define TICK_MS 500
#define BETWEEN_MS 10          /* portions of a ripple: people's writes pass */
#define JOBS_MS 1000
#define FIGURES_EVERY 20       /* ticks */

/* Sleeps until woken, stopped or the time is over. False: stop. */
static bool doze(Engine *e, int ms, bool for_jobs)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
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

static void *watch(void *arg)
{
    Engine *e = arg;
    Arena *a = arena_new();
    uint64_t seen = e->seen;

    while (doze(e, WATCH_MS, false)) {
        arena_reset(a);
        uint64_t now = watch_state(a, e->dir);
        if (now == seen) continue;
        seen = now;
        Cx cx = cx_begin(a, NULL);
        if (!engine_reload(e, &cx, false)) continue;     /* told and logged there */
    }
    arena_free(a);
    return NULL;
}

static int64_t run_jobs(Engine *e, Work *w, int64_t now)
{
    int64_t n = 0;
    bool found = true;

    while (found && !stopped(e)) {
        auth_become_app(w, "job");
        if (!jobs_run_one(w, now, &found)) break;
        n += found;
        cx_clear(&w->cx);
    }
    return n;
}

static void log_failure(const char *what, const Cx *cx)
{
    if (cx->err)
        sys_log(LOG_ERROR, what, "error", cx->text, "detail", cx->detail ? cx->detail : "",
            "from", cx->from, NULL);
}

/* One Work for a moment: what is due now. True: computed fields are still being followed. */
static bool turn(Engine *e, bool jobs, bool figures)
{
    bool busy = false;
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Work *w = engine_take(e, &cx, NULL);

    if (w) {
        auth_become_app(w, jobs ? "job" : "timer");
        if (jobs) run_jobs(e, w, w->now);
        else tick_run(w, w->now);
        const char *what = jobs ? "jobs failed" : "timers failed";
        if (figures && !w->cx.err && !statistics_follow(&w->cx, w->db)) what = "figures failed";
        log_failure(what, &w->cx);
        busy = !jobs && !w->cx.err && pending_any(w);
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

    do busy = turn(e, false, n++ % FIGURES_EVERY == 0);
    while (doze(e, busy ? BETWEEN_MS : TICK_MS, false));
    return NULL;
}

static void *work(void *arg)
{
    Engine *e = arg;

    do turn(e, true, false); while (doze(e, JOBS_MS, true));
    return NULL;
}

int64_t engine_tick(Engine *e, Cx *cx, int64_t now)
{
    Work *w = engine_take(e, cx, NULL);

    if (!w) return 0;
    auth_become_app(w, "timer");
    w->now = w->clock = now;
    int64_t n = tick_run(w, now);
    if (!w->cx.err) n += run_jobs(e, w, now);
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
    return start(cx, &e->ticker, tick, e, &e->ticking)
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
}
