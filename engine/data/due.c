/*
 * due.c — the row's payload is a DueRun as JSON; its time is when to look next: the next step, or
 * the next midnight where `pause` depends on the day. One that waits for nothing but a change of
 * the record is a note.
 */
#include "data/due.h"
#include "data/due_time.h"
#include "data/action_steps.h"
#include "data/history.h"
#include "data/midnight.h"
#include "data/move.h"
#include "data/notice.h"
#include "data/reminder.h"
#include "data/timer_row.h"
#include "base/i18n.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

/* Before the payload of one whose due time is over: statements ask for it (service.c). */
#define DUE_LATE "late "

static const struct { const char *key; size_t at; } parts[] = {
    { "since", offsetof(DueRun, since) }, { "base", offsetof(DueRun, base) },
    { "shift", offsetof(DueRun, shift) }, { "paused", offsetof(DueRun, paused) },
    { "halted", offsetof(DueRun, halted) }, { "step", offsetof(DueRun, step) },
    { "again", offsetof(DueRun, again) },
};

static int64_t *part(DueRun *run, int i)
{
    return (int64_t *)((char *)run + parts[i].at);
}

static const char *run_text(Work *w, DueRun *run)
{
    Node *n = node_map(w->cx.a);

    for (int i = 0; i < LEN(parts); i++)
        if (*part(run, i)) node_put_int(w->cx.a, n, parts[i].key, *part(run, i));
    return arena_printf(w->cx.a, "%s%s", run->step > 1 ? DUE_LATE : "", node_json(w->cx.a, n));
}

MUST static bool run_read(Work *w, const char *payload, DueRun *run)
{
    if (payload && str_starts(payload, DUE_LATE)) payload += strlen(DUE_LATE);
    Node *n = payload ? json_parse(&w->cx, payload, strlen(payload)) : NULL;

    *run = (DueRun){ 0 };
    for (int i = 0; i < LEN(parts); i++) (void)node_int(node_find(n, parts[i].key), part(run, i));
    return !w->cx.err;
}

MUST static bool run_load(Work *w, const DueThing *d, DueRun *run, bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val v;

    sql_add(&q, "SELECT \"payload\" FROM \"_timer\" WHERE \"rule\" = ");
    sql_bind(&q, val_text(d->rule));
    sql_add(&q, " AND \"form\" = ");
    sql_bind(&q, timer_text(d->r->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record_id(d->r)));
    sql_add(&q, " AND \"occurrence\" = ");
    sql_bind(&q, timer_text(d->key));
    if (!db_one(&w->cx, w->db, &q, &v, 1, found)) return false;
    *run = (DueRun){ 0 };
    if (!*found || v.kind != VAL_TEXT) return true;
    return run_read(w, arena_dup_n(w->cx.a, v.t, (size_t)v.n), run);
}

const Calendar *due_calendar(const Work *w, const Due *due)
{
    return due->calendar ? due->calendar : app_calendar(w->app, NULL);
}

static DueClock clock_of(const Work *w, const Due *due)
{
    return (DueClock){ due, due_calendar(w, due), w->app->zone };
}

/* A date is over when its day is. */
MUST static bool base_of(Work *w, const DueThing *d, int64_t since, int64_t *base)
{
    DueClock c = clock_of(w, d->due);
    Val v;

    *base = WHEN_NEVER;
    if (!d->due->due) {
        *base = due_base(&c, since);
        return true;
    }
    Eval env = record_eval(w, d->r, NULL);
    if (!expr_eval(d->due->due, &env, &v)) return false;
    if (v.kind == VAL_DATETIME) *base = v.i;
    if (v.kind == VAL_DATE) *base = local_midnight(v.i + 1, c.zone);
    return true;
}

/* Steps that are past begin anew when the due time has moved into the future. */
MUST static bool refresh(Work *w, const DueThing *d, DueRun *run)
{
    DueClock c = clock_of(w, d->due);
    int64_t base;
    bool halt = false;

    if (!run->since) run->since = d->since;
    if (!base_of(w, d, run->since, &base)) return false;
    bool other = run->base != base;
    run->base = base;
    if (other && run->step && due_at(&c, run, w->now) > w->now) run->step = run->again = 0;
    if (d->due->pause) {
        Eval env = record_eval(w, d->r, NULL);
        halt = expr_true(d->due->pause, &env);
        if (w->cx.err) return false;
    }
    due_halt(&c, run, halt, w->now);
    return true;
}

MUST static bool run_store(Work *w, const DueThing *d, DueRun *run)
{
    DueClock c = clock_of(w, d->due);
    int64_t at = run->halted ? WHEN_NEVER : due_next(&c, run, w->now);

    if (d->due->pause && expr_uses(d->due->pause) & EXPR_NOW
            && run->step - 2 < d->due->nthen) {
        int64_t look = midnight_next(w, w->now);
        if (look < at) at = look;
    }
    return timer_set(w, d->rule, d->r->form->key, record_id(d->r), d->key,
        at == WHEN_NEVER ? TIMER_NOTE : at, run_text(w, run));
}

bool due_end(Work *w, const DueThing *d)
{
    return timer_drop(w, d->rule, d->r->form->key, record_id(d->r), d->key);
}

bool due_begin(Work *w, const DueThing *d)
{
    DueRun run = { .base = WHEN_NEVER };

    if (!due_is(d->due)) return true;
    return refresh(w, d, &run) && run_store(w, d, &run);
}

bool due_follow(Work *w, const DueThing *d)
{
    DueRun run;
    bool found;

    if (!due_is(d->due)) return due_end(w, d);
    return run_load(w, d, &run, &found) && refresh(w, d, &run) && run_store(w, d, &run);
}

static DueState state_of(Work *w, const Due *d, const DueRun *run)
{
    DueClock c = clock_of(w, d);
    int64_t due = due_at(&c, run, w->now);

    if (due == WHEN_NEVER) due = 0;
    return (DueState){ .due = due, .since_pause = run->halted, .late = due && due < w->now,
        .paused = run->paused + (run->halted ? w->now - run->halted : 0) };
}

bool due_state(Work *w, const DueThing *d, DueState *out, bool *found)
{
    DueRun run;

    *out = (DueState){ 0 };
    *found = due_is(d->due);
    if (!*found || !run_load(w, d, &run, found) || !*found) return !w->cx.err;
    *out = state_of(w, d->due, &run);
    return true;
}

bool due_plan(Work *w, const DueThing *d, DuePlan *out, bool *found)
{
    const Due *due = d->due;
    DueClock c = clock_of(w, due);
    DueRun run;

    *out = (DuePlan){ 0 };
    *found = due_is(due);
    if (!*found || !run_load(w, d, &run, found) || !*found) return !w->cx.err;
    *out = (DuePlan){ .since = run.since, .state = state_of(w, due, &run),
        .step = ARENA_ARRAY(w->cx.a, DueStep, due->nthen + 2) };
    for (int i = 0; i < due->nthen + 2; i++) {
        bool repeats = i >= 2 && !val_is_blank(due->then[i - 2].every);
        if ((i == 0 && !due->warn) || (i == 1 && !due->remind)) continue;
        out->step[out->nstep++] = (DueStep){ .at = due_step_at(&c, &run, w->now, i),
            .what = i == 0 ? "warn" : i == 1 ? "due" : late_kind(due->then[i - 2].kind),
            .over = run.step > i && !repeats };
    }
    return true;
}

/* ---- what happens ---- */
static const char *const done[] = {
    [LATE_ESCALATE] = "The due time is over: others were told",
    [LATE_REASSIGN] = "The due time is over: it was given to another",
    [LATE_APPROVE] = "The due time is over: that counted as approved",
    [LATE_REJECT] = "The due time is over: that counted as rejected",
    [LATE_MOVE] = "The due time is over: it was moved on",
    [LATE_DO] = "The due time is over: its steps ran",
};

MUST static bool tell(Work *w, const DueKind *kind, const DueThing *d, const char *text,
    const int64_t *user, int n, int64_t late_s)
{
    for (int i = 0; i < n; i++) {
        const char *lang;
        if (!reader_language(w, user[i], &lang)) return false;
        const char *said = arena_printf(w->cx.a, i18n_text(lang, text), kind->name(w, d, lang),
            record_title(w, d->r));
        if (!notice_send(w, &(Notice){ .to = user[i], .text = said, .form = d->r->form->key,
                .record = record_id(d->r), .via = d->via, .nvia = d->nvia, .kind = "reminder",
                .late_s = late_s })) return false;
    }
    return true;
}

MUST static bool tell_people(Work *w, const DueKind *kind, const DueThing *d, const char *text,
    int64_t late_s)
{
    int64_t *user;
    int n;

    return kind->people(w, d, &user, &n) && tell(w, kind, d, text, user, n, late_s);
}

MUST static bool escalate(Work *w, const DueKind *kind, const DueThing *d, const LateStep *s,
    int64_t late_s)
{
    int64_t *user;
    int n;
    bool ok = kind->escalate ? kind->escalate(w, d, s, &user, &n)
        : people_of(w, &s->to, d->r, &user, &n);

    return ok && tell(w, kind, d, "Overdue in %s: %s", user, n, late_s);
}

MUST static bool then(Work *w, const DueKind *kind, const DueThing *d, const LateStep *s,
    int64_t late_s)
{
    bool changed;

    switch (s->kind) {
    case LATE_REMIND: return tell_people(w, kind, d, "Overdue in %s: %s", late_s);
    case LATE_ESCALATE: return escalate(w, kind, d, s, late_s);
    case LATE_DO: return steps_run(w, s->step, s->nstep, d->r, &changed);
    case LATE_REASSIGN: case LATE_APPROVE: case LATE_REJECT: case LATE_MOVE: break;
    }
    return kind->act(w, d, s);
}

typedef struct Then {
    const DueKind *kind; const DueThing *d; const LateStep *s; int64_t late_s;
} Then;

static bool then_unit(Work *w, void *arg)
{
    const Then *t = arg;

    if (!then(w, t->kind, t->d, t->s, t->late_s)) return false;
    return t->s->kind == LATE_REMIND || history_explain(w, t->d->r->form, record_id(t->d->r),
        i18n_text(w->cx.lang, done[t->s->kind]));
}

/* What the record does not allow (a guard, a required field) is undone, kept for `why`, and not in
   the way of what follows. */
MUST static bool try(Work *w, Then *t)
{
    if (work_write(w, then_unit, t)) return true;
    if (w->cx.err != E_INPUT && w->cx.err != E_DENIED && w->cx.err != E_RULE
        && w->cx.err != E_CONFLICT) return false;
    const char *why = w->cx.nissue ? w->cx.issue[0].text : w->cx.text ? w->cx.text : "";
    sys_log(LOG_WARN, "what was to follow a due time was refused", "rule", t->d->rule, "error",
        why, NULL);
    cx_clear(&w->cx);
    return history_explain(w, t->d->r->form, record_id(t->d->r),
        arena_printf(w->cx.a, i18n_text(w->cx.lang, "What was to follow the due time was refused: %s"),
            why));
}

/* The row goes on before the step runs: the step may end it. */
MUST static bool step(Work *w, const DueKind *kind, const DueThing *d, DueRun *run,
    int64_t late_s)
{
    DueClock c = clock_of(w, d->due);
    int64_t now = run->step;

    if (now >= 2 && !val_is_blank(d->due->then[now - 2].every)) run->again++;
    else run->step++;
    while (run->again && due_next(&c, run, w->now) <= w->now) run->again++;
    if (!run_store(w, d, run)) return false;
    if (now == 0) return tell_people(w, kind, d, "Due soon in %s: %s", late_s);
    if (now == 1) return !d->due->remind || tell_people(w, kind, d, "Overdue in %s: %s", late_s);
    return try(w, &(Then){ kind, d, &d->due->then[now - 2], late_s });
}

/* A warning that comes only now is none: the due time has its own turn, at its own place among all
   that was missed. */
static bool warned_too_late(Work *w, const DueClock *c, DueRun *run, int64_t at)
{
    int64_t due = due_at(c, run, w->now);

    if (run->step || due > w->now) return false;
    run->step = 1;
    return at < due;
}

bool due_fire(Work *w, const DueKind *kind, const Timer *t, int64_t late_s)
{
    DueThing d = { .rule = t->rule, .key = t->occurrence };
    DueClock c;
    DueRun run;

    if (!kind->find(w, t, &d)) return false;
    if (!d.r || !due_is(d.due)) return true;
    if (!run_read(w, t->payload, &run) || !refresh(w, &d, &run)) return false;
    c = clock_of(w, d.due);
    if (run.halted || due_next(&c, &run, w->now) > w->now) return run_store(w, &d, &run);
    if (warned_too_late(w, &c, &run, t->due)) return run_store(w, &d, &run);
    return step(w, kind, &d, &run, late_s);
}
