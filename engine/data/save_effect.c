/*
 * save_effect.c — the write and all it leaves: elsewhere, in time, in history, in rules.
 */
#include "data/save_in.h"
#include "data/action_steps.h"
#include "data/approval.h"
#include "data/approval_due.h"
#include "data/automation.h"
#include "data/dues.h"
#include "data/explain.h"
#include "data/history.h"
#include "data/history_value.h"
#include "data/jobs.h"
#include "data/move.h"
#include "data/record_row.h"
#include "data/rule_api.h"
#include "data/schema.h"
#include "data/session.h"
#include "data/store.h"
#include "data/timer.h"
#include "data/wait.h"
#include "data/webhook_feed.h"

/* The issues of the unique index that refused. */
static bool taken(Work *w, const Form *f, Err err)
{
    const char *index = db_violated(w->db);
    const Form *of;
    Field *const *field;
    int n;

    if (w->cx.err != E_INPUT || !index) return false;
    if (!schema_unique(&w->cx, w->db, w->app, index, &of, &field, &n) || of != f) return false;
    cx_clear(&w->cx);
    for (int i = 0; i < n; i++)
        cx_issue(&w->cx, at_field(field[i]->key), "unique", "is already taken");
    return cx_check_as(&w->cx, err);
}

typedef struct Row { Record *r; const Record *old; } Row;

static bool row_unit(Work *w, void *arg)
{
    Row *row = arg;

    return row->old ? record_update(w, row->r, row->old) : record_insert(w, row->r);
}

/* A unit of its own: after a refusal PostgreSQL answers nothing before that is undone. */
bool save_row(Work *w, Record *r, const Record *old, Err err)
{
    if (work_write(w, row_unit, &(Row){ r, old })) return true;
    taken(w, r->form, err);
    return false;
}

static bool own_change(const Save *s)
{
    if (s->move || record_differs(s->r, s->old, s->form->field[SYS_POOL])) return true;
    for (int i = s->form->nsystem; i < s->form->nfield; i++) {
        const Field *f = s->form->field[i];
        if (!f->computed && record_differs(s->r, s->old, f)) return true;
    }
    return false;
}

/* Formulas alone may have moved on, with the day: stored without a trace. */
MUST static bool store_quietly(Work *w, Save *s)
{
    bool changed;

    if (!store_computed(w, s->r, s->old, &changed)) return false;
    if (changed) automations_later(w, s->old, s->r);
    return !changed || (save_ripple(w, s->old, s->r)
        && webhook_tell(w, HOOK_UPDATED, s->old, s->r));
}

MUST static bool leave_traces(Work *w, Save *s)
{
    const char *what = !s->old ? "created" : s->move ? "moved" : "updated";
    const char *note = !s->move ? NULL
        : s->ask->comment && *s->ask->comment
            ? arena_printf(w->cx.a, "%s → %s: %s", s->old->stage->key, s->r->stage->key,
                s->ask->comment)
            : arena_printf(w->cx.a, "%s → %s", s->old->stage->key, s->r->stage->key);

    bool enters = (!s->old || s->move) && s->r->stage;
    if (enters && !move_record(w, s->old, s->r, s->move, s->ask->comment)) return false;
    if (!enters && !dues_follow(w, s->r)) return false;
    if (s->move && !approval_left(w, s->form, record_id(s->r), NULL)) return false;
    if (s->handing.kind && !handing_keep(w, &s->handing, s->old, s->r)) return false;
    return timer_follow(w, s->r, !s->old && !w->rippled)
        && automation_follow(w, s->r, !s->old && !w->rippled) && session_follow(w, s->old, s->r)
        && history_add(w, what, s->old, s->r, note)
        && webhook_tell(w, !s->old ? HOOK_CREATED : s->move ? HOOK_MOVED : HOOK_UPDATED, s->old,
            s->r)
        && explain_flush(w, s->r);
}

bool save_store(Work *w, Save *s)
{
    s->changed = !s->old || own_change(s);
    if (!s->changed) return store_quietly(w, s) && explain_flush(w, s->r);
    return save_row(w, s->r, s->old, E_INPUT) && save_ripple(w, s->old, s->r) && leave_traces(w, s);
}

/* What followed from the write may have changed the record itself. */
MUST static bool reload(Work *w, Save *s)
{
    Record *now;

    if (!record_load(w, s->form, record_id(s->r), true, &now)) return false;
    if (now) s->r = now;
    return true;
}

MUST static bool stage_event(Work *w, Save *s, const char *event, const Stage *stage,
    bool *changed)
{
    if (!rule_has(w, arena_printf(w->cx.a, "%s.%s", event, stage->key), s->form)) return true;
    *changed = true;
    return rule_event_named(w, s->form, event, stage->key, s->r, s->old);
}

MUST static bool stage_events(Work *w, Save *s)
{
    bool changed = false;

    if (!s->r->stage || (s->old && !s->move)) return true;
    if (s->old && !stage_event(w, s, "left", s->old->stage, &changed)) return false;
    if (!stage_event(w, s, "entered", s->r->stage, &changed)) return false;
    if (s->move && !steps_run(w, s->move->step, s->move->nstep, s->r, &changed)) return false;
    if (s->move && s->move->wait) {
        if (!wait_begin(w, s->r, s->move)) return false;
        changed = true;
    }
    return !changed || reload(w, s);
}

MUST static bool after_event(Work *w, Save *s, const char *name)
{
    if (!rule_has(w, name, s->form)) return true;
    return rule_event(w, name, s->r, s->old) && reload(w, s);
}

static const char *record_body(Work *w, const Record *old, const Record *now)
{
    const Record *r = now ? now : old;
    Str s = str_begin(w->cx.a);
    Json j = json_begin(&s);

    json_map(&j);
    json_key(&j, "form");
    json_text(&j, r->form->key);
    json_key(&j, "id");
    json_int(&j, record_id(r));
    json_key(&j, "event");
    json_text(&j, !old ? "created" : !now ? "deleted" : "updated");
    if (old) {
        json_key(&j, "old");
        json_map(&j);
        for (int i = 0; i < old->form->nfield; i++) {
            const Field *f = old->form->field[i];
            if (val_is_blank(old->val[i])) continue;
            json_name(&j, f->key);
            history_value_json(w, f, old->val[i], &j);
        }
        json_map_end(&j);
    }
    json_map_end(&j);
    return str_show(&s);
}

bool save_committed(Work *w, const Record *old, const Record *now)
{
    const Form *f = (now ? now : old)->form;

    if (!rule_has(w, "committed", f)) return true;
    return jobs_add(w, "committed", record_body(w, old, now));
}

MUST static bool automations(Work *w, Save *s)
{
    int what = s->old ? ON_UPDATED : ON_CREATED;
    bool changed = false;

    if (!s->form->automated) return true;
    if (s->move || (!s->old && s->r->stage)) what |= ON_ENTERED;
    if (s->move) what |= ON_LEFT;
    return automations_fire(w, what, s->old, s->r, &changed) && (!changed || reload(w, s));
}

bool save_follow_up(Work *w, Save *s)
{
    if (!s->changed) return true;
    return stage_events(w, s)
        && after_event(w, s, s->old ? "after_update" : "after_create")
        && after_event(w, s, "after_save")
        && automations(w, s)
        && cx_check(&w->cx) && save_committed(w, s->old, s->r)
        && wait_follow(w, s->r);
}
