/*
 * timer_app.c — timers of the app itself: schedules of plugins, `every` reminders, midnight.
 *
 * Those that stand already keep their time, so publishing does not put off what is due; a
 * schedule or reminder whose times changed starts anew.
 */
#include "data/automation.h"
#include "data/due_stage.h"
#include "data/file.h"
#include "data/midnight.h"
#include "data/pool.h"
#include "data/reminder.h"
#include "data/run_log.h"
#include "data/timer_row.h"
#include "rule/hooks.h"

#include <string.h>

#define DUE "due:"

typedef struct Wanted { const char *rule, *form, *payload; int64_t due; } Wanted;
typedef struct WantedList { Wanted *item; int n, cap; } WantedList;

static void want(Work *w, WantedList *l, Wanted one)
{
    ARENA_PUSH(w->cx.a, l->item, l->n, l->cap, one);
}

static void want_schedules(Work *w, WantedList *l)
{
    const Schedule *s;
    int n = w->box ? hooks_schedules(w->box, &s) : 0;

    for (int i = 0; i < n; i++)
        want(w, l, (Wanted){
            .rule = arena_printf(w->cx.a, "every:%s.%s", s[i].plugin, s[i].name),
            .payload = s[i].cron, .due = cron_next(&s[i].when, w->now, w->app->zone) });
}

static void want_sweep(Work *w, WantedList *l)
{
    bool automated = false;

    for (int i = 0; i < w->app->nform; i++) automated |= w->app->form[i]->nautomation > 0;
    if (automated) want(w, l, (Wanted){ .rule = RUN_SWEEP, .due = w->now + RUN_SWEEP_S });
    for (int i = 0; i < w->app->nform; i++)
        if (form_of_files(w->app->form[i])) {
            want(w, l, (Wanted){ .rule = FILE_SWEEP, .due = w->now + FILE_SWEEP_S });
            return;
        }
}

static void want_forms(Work *w, WantedList *l)
{
    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        for (int k = 0; k < f->nreminder; k++) {
            const Reminder *rem = &f->reminder[k];
            if (val_is_blank(rem->every)) continue;
            want(w, l, (Wanted){ .rule = reminder_rule(w, f, rem), .form = f->key,
                .payload = reminder_mark(w, rem), .due = reminder_next_run(w, rem, w->now) });
        }
        for (int k = 0; k < f->nautomation; k++) {
            const On *on = automation_on(&f->automation[k], ON_SCHEDULE);
            if (!on || !f->automation[k].active) continue;
            want(w, l, (Wanted){ .rule = arena_printf(w->cx.a, AUTOMATION_CRON "%s.%s", f->key,
                    f->automation[k].key), .form = f->key, .payload = on->cron_text,
                .due = cron_next(&on->cron, w->now, w->app->zone) });
        }
        if (f->npool)
            want(w, l, (Wanted){ .rule = arena_printf(w->cx.a, POOLS_RULE "%s", f->key),
                .form = f->key, .due = w->now, .payload = pools_mark(w, f) });
        if (midnight_wanted(f))
            want(w, l, (Wanted){ .rule = arena_printf(w->cx.a, "midnight:%s", f->key),
                .form = f->key, .due = midnight_next(w, w->now) });
    }
}

/* What a stage says of its due time. */
static void want_dues(Work *w, WantedList *l)
{
    for (int i = 0; i < w->app->nworkflow; i++) {
        const Workflow *flow = w->app->workflow[i];
        for (int k = 0; k < flow->nstage; k++)
            if (due_is(&flow->stage[k].due))
                want(w, l, (Wanted){ .form = flow->form->key, .due = w->now,
                    .rule = arena_printf(w->cx.a, DUE "%s.%s", flow->key, flow->stage[k].key),
                    .payload = arena_printf(w->cx.a, "0 %s",
                        stage_due_meaning(w, &flow->stage[k])) });
    }
}

/* Of "LAST TEXT" the text: how far it has come does not matter. */
static const char *meaning(const char *rule, const char *payload)
{
    const char *space = payload && str_starts(rule, DUE) ? strchr(payload, ' ') : NULL;
    return space ? space : payload;
}

MUST static bool drop_dues(Work *w, const Timer *t)
{
    const char *stage = t->rule + strlen(DUE), *dot = strchr(stage, '.');
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;

    if (!timer_drop_rule(w, arena_printf(w->cx.a, "within:%s", stage))) return false;
    return !f || !f->staged || !dot || stage_due_blank(w, f,
        arena_dup_n(w->cx.a, stage, (size_t)(dot - stage)), dot + 1);
}

/* Goes, with the due times of the records there. */
MUST static bool drop(Work *w, const Timer *t)
{
    if (str_starts(t->rule, DUE) && !drop_dues(w, t)) return false;
    return timer_clear(w, t->rule, t->form, 0);
}

static bool ours(const char *rule)
{
    return str_starts(rule, "every:") || str_starts(rule, "reminder:")
        || str_starts(rule, AUTOMATION_CRON) || str_starts(rule, "midnight:")
        || str_starts(rule, POOLS_RULE) || str_starts(rule, DUE)
        || str_eq(rule, FILE_SWEEP) || str_eq(rule, RUN_SWEEP);
}

static bool follow_unit(Work *w, void *arg)
{
    WantedList l = { 0 };
    Timer *old;
    int n;

    (void)arg;
    want_schedules(w, &l);
    want_forms(w, &l);
    want_sweep(w, &l);
    want_dues(w, &l);
    if (!timer_app_all(w, &old, &n)) return false;
    for (int i = 0; i < n; i++) {
        bool stays = !ours(old[i].rule);
        for (int k = 0; k < l.n; k++) {
            if (!str_eq(l.item[k].rule, old[i].rule)) continue;
            bool same = str_starts(old[i].rule, "midnight:")
                || (str_starts(old[i].rule, "reminder:") && !old[i].payload)
                || str_eq(old[i].rule, FILE_SWEEP) || str_eq(old[i].rule, RUN_SWEEP)
                || str_eq(meaning(old[i].rule, l.item[k].payload),
                    meaning(old[i].rule, old[i].payload))
                || (str_starts(old[i].rule, POOLS_RULE) && old[i].payload
                    && str_starts(old[i].payload, l.item[k].payload));     /* on its way */
            if (same) l.item[k].due = WHEN_NEVER;         /* stands already */
            stays = true;
        }
        if (!stays && !drop(w, &old[i])) return false;
    }
    for (int k = 0; k < l.n; k++)
        if (!timer_set(w, l.item[k].rule, l.item[k].form, 0, "", l.item[k].due,
                l.item[k].payload)) return false;
    return true;
}

#define FOLLOWED "app:"                       /* payload: what it was done for, see state_of */
/* One more when the engine does more with the same definitions. */
#define EDITION 2

/* What was followed: these definitions, by an engine that means this by them. */
static const char *state_of(const Work *w)
{
    return arena_printf(w->cx.a, "%d %s", EDITION, w->app->hash);
}

MUST static bool mark(Work *w)
{
    return timer_clear(w, FOLLOWED, NULL, 0)
        && timer_set(w, FOLLOWED, NULL, 0, "", TIMER_NOTE, state_of(w));
}

MUST static bool followed(Work *w, bool *done)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    bool found;
    Val v;

    sql_add(&q, "SELECT \"payload\" FROM \"_timer\" WHERE \"rule\" = '" FOLLOWED "' "
        "AND \"form\" = '' AND \"record\" = 0");
    if (!db_one(&w->cx, w->db, &q, &v, 1, &found)) return false;
    *done = found && v.kind == VAL_TEXT && str_eq(v.t, state_of(w));
    return true;
}

static bool app_unit(Work *w, void *arg)
{
    return follow_unit(w, arg) && mark(w);
}

/* Another node may have done it meanwhile. */
static bool once_unit(Work *w, void *arg)
{
    bool done;

    return followed(w, &done) && (done || app_unit(w, arg));
}

bool timer_app(Work *w)
{
    return work_write(w, app_unit, NULL);
}

bool timer_app_follow(Work *w)
{
    bool done;

    return followed(w, &done) && (done || work_write(w, once_unit, NULL));
}
