/*
 * tick.c — the earliest due timer is claimed and fired in one write, then the next.
 *
 * What is due is looked up outside of any write, a portion at a time; the write begins by taking
 * that one row by its id. So nodes that share the work read nothing that another one is writing:
 * who comes second to a row passes on, and who dies in the middle leaves it as it was.
 *
 * A timer whose write fails is undone with it and set a little later in a write of its own, so
 * that it is never lost and never in the way. The arena is wound back after each.
 *
 * What was missed comes in the order in which it was due: after each that is late the earliest is
 * looked up anew, so that what one sets for a later moment of the past has its place before what
 * was due after that. What is set for the same moment or an earlier one waits for the next tick,
 * even when it is due: a rule that keeps setting timers cannot hold the rest.
 */
#include "data/tick.h"
#include "data/approval_due.h"
#include "data/wait.h"
#include "data/wait_due.h"
#include "data/auth.h"
#include "data/automation.h"
#include "data/digest.h"
#include "data/incoming.h"
#include "data/due_stage.h"
#include "data/engine.h"
#include "data/figures.h"
#include "data/file.h"
#include "data/jobs.h"
#include "data/midnight.h"
#include "data/move_part.h"
#include "data/own_reminder.h"
#include "data/pool.h"
#include "data/reminder.h"
#include "data/ripple.h"
#include "data/run_log.h"
#include "data/timer_row.h"
#include "base/out.h"
#include "base/sys.h"

#include <string.h>

#define LATE_S 60                             /* below that nobody calls it late */
#define AGAIN_S 300
#define AT_ONCE 1000                          /* rounds at one instant, when walking */

#define PORTION 50                            /* looked up at once */

typedef struct Turn { int64_t now, id; Timer timer; bool found; } Turn;

/* "every:PLUGIN.NAME"; the next time is set first, from the cron text it carries. */
static int64_t next_time(Work *w, const Timer *t)
{
    Cron cron;
    int64_t after = w->now > t->due ? w->now : t->due;

    if (!t->payload || !cron_parse(t->payload, &cron)) return WHEN_NEVER;
    return cron_next(&cron, after, w->app->zone);
}

/* The rule itself is a job: it may take longer than the writer can be held. */
MUST static bool fire_schedule(Work *w, const Timer *t)
{
    const char *plugin = t->rule + strlen("every:"), *dot = strchr(plugin, '.');

    if (!dot) return true;
    if (!timer_set(w, t->rule, t->form, 0, t->occurrence, next_time(w, t), t->payload))
        return false;
    Node *body = node_map(w->cx.a);
    node_put_text(w->cx.a, body, "plugin",
        arena_dup_n(w->cx.a, plugin, (size_t)(dot - plugin)));
    node_put_text(w->cx.a, body, "name", dot + 1);
    return jobs_add(w, "schedule", node_json(w->cx.a, body));
}

/* Once a day; while there is more than a portion, the next follows. */
MUST static bool runs_sweep(Work *w)
{
    bool more = false;

    return incoming_sweep(w, &more) && run_log_sweep(w, &more)
        && timer_set(w, RUN_SWEEP, NULL, 0, "", w->now + (more ? 1 : RUN_SWEEP_S), NULL);
}

MUST static bool fire(Work *w, const Timer *t)
{
    int64_t late = w->now - t->due;
    int64_t late_s = late > LATE_S ? late : 0;

    if (str_starts(t->rule, "reminder:")) return reminder_fire(w, t, late_s);
    if (str_starts(t->rule, "remind:")) return reminder_fire_said(w, t, late_s);
    if (str_eq(t->rule, DIGEST_RULE)) return digest_fire(w, t);
    if (str_eq(t->rule, OWN_RULE)) return own_reminder_fire(w, t, late_s);
    if (str_starts(t->rule, "after:")) return stage_fire_after(w, t);
    if (str_starts(t->rule, "wait:")) return wait_fire(w, t);
    if (str_starts(t->rule, "within:")) return stage_due_fire(w, t, late_s);
    if (str_starts(t->rule, APPROVAL_DUE)) return approval_due_fire(w, t, late_s);
    if (str_starts(t->rule, WAIT_DUE)) return wait_due_fire(w, t, late_s);
    if (str_starts(t->rule, "due:")) return stage_due_walk(w, t);
    if (str_starts(t->rule, AUTOMATION_AT)) return automation_fire_at(w, t);
    if (str_starts(t->rule, AUTOMATION_CRON)) return automation_fire_cron(w, t);
    if (str_starts(t->rule, "every:")) return fire_schedule(w, t);
    if (str_eq(t->rule, RUN_SWEEP)) return runs_sweep(w);
    if (str_eq(t->rule, FILE_SWEEP))
        return timer_set(w, t->rule, t->form, 0, t->occurrence, w->now + FILE_SWEEP_S, NULL)
            && jobs_add(w, "files", "{}");
    if (str_starts(t->rule, RECYCLE_RULE)) return recycle_fire(w, t);
    if (str_starts(t->rule, POOLS_RULE)) return pools_fire(w, t);
    if (str_starts(t->rule, "midnight:")) return midnight_fire(w, t);
    if (str_starts(t->rule, RIPPLE_RULE)) return ripple_fire(w, t);
    return true;
}

static bool turn_unit(Work *w, void *arg)
{
    Turn *turn = arg;

    if (!timer_claim(w, turn->id, turn->now, &turn->timer, &turn->found)) return false;
    return !turn->found || fire(w, &turn->timer);
}

static bool later_unit(Work *w, void *arg)
{
    const Turn *turn = arg;
    const Timer *t = &turn->timer;
    int64_t due = str_starts(t->rule, "every:") ? next_time(w, t) : WHEN_NEVER;

    if (due == WHEN_NEVER) due = (w->now > turn->now ? w->now : turn->now) + AGAIN_S;
    return timer_later(w, t, due);
}

/* False when it was not to be had, or the database does not work. */
static bool one_turn(Work *w, int64_t now, int64_t id)
{
    Turn turn = { .now = now, .id = id };

    if (work_write(w, turn_unit, &turn)) {
        if (turn.found) figures_timer(now - turn.timer.due);
        return turn.found;
    }
    if (!turn.found || w->cx.err == E_MOVED) return false;
    if (w->cx.err == E_BUSY) {                /* nobody's fault: it stays due */
        cx_clear(&w->cx);
        return false;
    }
    figures_timer_failed();
    sys_log(LOG_ERROR, "a timer failed", "rule", turn.timer.rule, "error",
        w->cx.text ? w->cx.text : "", "detail", w->cx.detail ? w->cx.detail : "", NULL);
    cx_clear(&w->cx);
    return work_write(w, later_unit, &turn);
}

/* How far a tick has come: what is due later may be newer than `last`. */
typedef struct Reach { int64_t at, last; } Reach;

/* How many of a portion were fired; those of others, and what failed, do not count. */
static int64_t portion(Work *w, int64_t now, Reach *reach)
{
    Moment row[PORTION];
    int64_t fired = 0;
    Asker asker = w->asker;
    Person who = w->who;
    int n;
    bool late = false;

    if (!timer_due(w, now, reach->last, reach->at, row, PORTION, &n)) return 0;
    for (int i = 0; i < n && !(late && fired); i++) {
        ArenaMark mark = arena_mark(w->cx.a);
        w->cache = NULL;
        late = now - row[i].due > LATE_S;
        if (late && row[i].due > reach->at && !timer_last(w, &reach->last)) break;
        if (row[i].due > reach->at) reach->at = row[i].due;
        fired += one_turn(w, now, row[i].id);
        if (w->cx.err) break;                 /* its text is told to the caller */
        cx_clear(&w->cx);
        arena_rewind(w->cx.a, mark);
        w->asker = asker;
        w->who = who;
    }
    return fired;
}

int64_t tick_run(Work *w, int64_t now)
{
    bool as_app = w->as_app;
    void *cache = w->cache;
    Reach reach = { .at = INT64_MIN };
    int64_t n = 0, fired;

    w->as_app = true;
    (void)work_asker(w);
    if (timer_app_follow(w) && timer_last(w, &reach.last))
        do n += fired = portion(w, now, &reach); while (fired && !w->cx.err);
    w->cache = cache;
    w->as_app = as_app;
    if (n && w->engine) engine_wake(w->engine);
    return n;
}

MUST static bool next_job(Work *w, int64_t *due)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    *due = 0;
    sql_add(&q, "SELECT min(\"due\") FROM \"_job\" WHERE \"state\" = 'waiting'");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    if (found && v.kind == VAL_INT) *due = v.i;
    return true;
}

MUST static bool run_jobs(Work *w, int64_t now)
{
    bool found = true;

    while (found)
        if (!jobs_run_one(w, now, &found)) return false;
    return true;
}

MUST static bool walk(Work *w, int64_t until)
{
    for (int same = 0;;) {
        int64_t timer, job;
        if (!timer_next(w, &timer) || !next_job(w, &job)) return false;
        int64_t due = !timer || (job && job < timer) ? job : timer;
        if (!due || due > until) return true;
        if (due > w->now) {
            sys_clock_set(w->now = due);
            same = 0;
        } else if (++same > AT_ONCE) {
            return cx_fail(&w->cx, E_RULE, "timers keep setting timers that are due at once");
        }
        tick_run(w, w->now);
        if (w->cx.err || !run_jobs(w, w->now)) return false;
    }
}

bool tick_until(Work *w, int64_t until)
{
    Person who = w->who;
    const char *via = w->via;
    bool as_app = w->as_app;

    auth_become_app(w, JOBS_QUIET);
    sys_clock_set(w->now = sys_now());
    bool ok = timer_app_follow(w) && walk(w, until);
    if (until > w->now) sys_clock_set(w->now = until);
    w->who = who;
    w->via = via;
    w->as_app = as_app;
    return ok;
}
