/*
 * stage_log.c — a move leaves a row of stage_history and sets the timers of the new stage.
 */
#include "data/due_stage.h"
#include "data/move_part.h"
#include "data/save.h"
#include "data/timer_row.h"
#include "data/wait.h"
#include "data/wait_due.h"
#include "base/sys.h"

#include <string.h>

#define A_DAY 86400

static const char *after_rule(Work *w, const Workflow *flow, const Transition *t)
{
    return arena_printf(w->cx.a, "after:%s.%s", flow->key, t->key);
}

static int64_t later(const Work *w, int64_t from, Val duration)
{
    return when_add(from, duration, app_calendar(w->app, NULL), w->app->zone);
}

MUST static bool clear_stage(Work *w, const Record *r)
{
    const Workflow *flow = r->workflow;

    if (!flow || !r->stage) return true;
    if (!stage_due_end(w, r)) return false;
    for (int i = 0; i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        if (val_is_blank(t->after) || !transition_leaves(t, r->stage)) continue;
        if (!timer_clear(w, after_rule(w, flow, t), r->form->key, record_id(r))) return false;
    }
    return true;
}

bool stage_forget(Work *w, const Record *r)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "DELETE FROM \"_timer\" WHERE \"form\" = ");
    sql_bind(&q, timer_text(r->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    sql_add(&q, " AND (\"rule\" LIKE 'after:%' OR \"rule\" LIKE 'within:%' "
        "OR \"rule\" LIKE 'wait:%' OR \"rule\" LIKE '" WAIT_DUE "%')");
    return db_send(&w->cx, w->db, &q);
}

bool stage_timers(Work *w, Record *r)
{
    const Workflow *flow = r->workflow;
    char since[32];

    if (!flow || !r->stage) return true;
    int64_t at = r->val[SYS_STAGE_SINCE].i;
    datetime_show(since, sizeof since, at);
    const char *occurrence = arena_dup(w->cx.a, since);
    if (!stage_due_begin(w, r)) return false;
    for (int i = 0; i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        if (val_is_blank(t->after) || !transition_leaves(t, r->stage)) continue;
        if (!timer_set(w, after_rule(w, flow, t), r->form->key, record_id(r), occurrence,
                later(w, at, t->after), NULL)) return false;
    }
    return true;
}

/* What the stage that is left says of its due time: when it was, how long time stood still there,
   and whether it was left in time. */
MUST static bool kept(Work *w, const Record *old, Val out[3])
{
    DueThing d;
    DueState state;
    bool found = false;

    for (int i = 0; i < 3; i++) out[i] = val_blank();
    if (!old || !stage_due(w, old, &d)) return true;
    if (!due_state(w, &d, &state, &found)) return false;
    if (!found || !state.due) return true;
    out[0] = val_datetime(state.due);
    out[1] = val_int(state.paused);
    out[2] = val_int(!state.late);
    return true;
}

MUST static bool add_row(Work *w, const Record *old, const Record *now, const Transition *t,
    const char *comment)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));
    Val since = old ? old->val[SYS_STAGE_SINCE] : val_blank(), due[3];
    bool timed = since.kind == VAL_DATETIME;
    int64_t seconds = timed ? w->now - since.i : 0;
    const Calendar *c = old && old->stage && old->stage->due.calendar ? old->stage->due.calendar
        : app_calendar(w->app, NULL);
    int64_t working = timed ? calendar_work_seconds(c, w->app->zone, since.i, w->now) : 0;
    bool other = old && old->workflow && !str_eq(old->workflow->key, now->workflow->key);

    if (!kept(w, old, due)) return false;
    const Val v[] = { val_text(now->form->key), val_int(record_id(now)),
        val_text(now->workflow->key), old ? old->val[SYS_STAGE] : val_blank(),
        val_text(now->stage->key), val_text(t ? t->key : NULL), val_rec(w->who.id),
        val_datetime(w->now), timed ? val_int(seconds) : val_blank(),
        timed ? val_int(working) : val_blank(), val_text(comment), due[0], due[1], due[2],
        other ? val_text(old->workflow->key) : val_blank() };
    sql_add(&q, "INSERT INTO \"stage_history\" (\"form\", \"record\", \"workflow\", \"from\", "
        "\"to\", \"transition\", \"by\", \"at\", \"seconds\", \"working_seconds\", "
        "\"comment\", \"due_at\", \"paused_seconds\", \"in_time\", "
        "\"from_workflow\") VALUES (");
    for (int i = 0; i < LEN(v); i++) {
        if (i) sql_add(&q, ", ");
        sql_bind(&q, v[i]);
    }
    sql_add(&q, ")");
    return db_send(&w->cx, w->db, &q);
}

bool move_record(Work *w, const Record *old, Record *now, const Transition *t,
    const char *comment)
{
    if (!now->stage) return true;
    if (!add_row(w, old, now, t, comment)) return false;
    if (old && (!clear_stage(w, old) || !wait_end(w, old))) return false;
    return stage_timers(w, now);
}

/* The part after the dot: stage or transition. */
static const char *last_part(const Timer *t)
{
    const char *dot = strchr(t->rule, '.');
    return dot ? dot + 1 : "";
}

MUST static bool load(Work *w, const Timer *t, Record **r)
{
    const Form *f = t->form ? app_form(w->app, t->form) : NULL;

    *r = NULL;
    return !f || record_load(w, f, t->record, false, r);
}

/* The guard is not met yet, or something is required: tested again tomorrow. */
MUST static bool tomorrow(Work *w, const Timer *t)
{
    if (w->cx.err != E_INPUT && w->cx.err != E_DENIED && w->cx.err != E_RULE
        && w->cx.err != E_CONFLICT) return false;
    if (w->cx.err == E_RULE)
        sys_log(LOG_ERROR, "a rule stopped a move by time", "rule", t->rule, "error",
            w->cx.text, NULL);
    cx_clear(&w->cx);
    return timer_set(w, t->rule, t->form, t->record, t->occurrence, w->now + A_DAY, NULL);
}

bool stage_fire_after(Work *w, const Timer *t)
{
    Record *r;
    Saved saved;

    if (!load(w, t, &r)) return false;
    const Transition *move = r && r->workflow ? workflow_transition(r->workflow, last_part(t))
        : NULL;
    if (!move || !r->stage || !transition_leaves(move, r->stage)) return true;
    SaveAsk ask = { .form = r->form, .id = record_id(r), .transition = move->key };
    if (!save_record(w, &ask, &saved)) return tomorrow(w, t);
    return !saved.waits         /* refused, it is asked for again */
        || timer_set(w, t->rule, t->form, t->record, t->occurrence, w->now + A_DAY, NULL);
}
