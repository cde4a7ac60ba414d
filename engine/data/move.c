/*
 * move.c — which transition, who may make it, and what stands in its way.
 */
#include "data/move.h"
#include "data/move_part.h"
#include "data/people_show.h"
#include "data/perm.h"
#include "data/record_row.h"

/* What is at `stage` now; the pointers go along. */
void move_to(Work *w, Record *r, const Workflow *flow, const Stage *stage)
{
    r->workflow = flow;
    r->stage = stage;
    r->val[SYS_WORKFLOW] = val_text(flow->key);
    r->val[SYS_WORKFLOW_VERSION] = val_int(flow->version);
    r->val[SYS_STAGE] = val_text(stage->key);
    r->val[SYS_STAGE_SINCE] = val_datetime(w->now);
    r->val[SYS_STAGE_DUE] = val_blank();
}

bool move_enter(Work *w, Record *r)
{
    const Form *f = r->form;

    if (!f->nworkflow) return true;
    for (int i = 0; i < f->nworkflow; i++) {
        const Workflow *flow = f->workflow[i];
        Eval env = record_eval(w, r, NULL);
        if (flow->when && !expr_true(flow->when, &env)) {
            if (w->cx.err) return false;
            continue;
        }
        move_to(w, r, flow, &flow->stage[0]);
        return true;
    }
    cx_issue(&w->cx, at_field("stage"), "no_workflow", "no workflow takes this record");
    return cx_check(&w->cx);
}

bool move_mine(Work *w, const Transition *t, const Record *r)
{
    if (w->as_app) return true;
    if (t->by.n) return people_has_me(w, &t->by, r);
    if (!val_is_blank(t->after)) return false;            /* runs by itself */
    return perm_on(w, ACT_UPDATE, r);
}

static bool none_from_here(Work *w, const Record *r, const char *what)
{
    cx_issue(&w->cx, at_field("stage"), "no_move", "there is no way from %s to %s",
        r->stage ? label_show(&r->stage->label, w->cx.lang, r->stage->key) : "—", what);
    return cx_check(&w->cx);
}

const char *move_people(Work *w, const Transition *t, const Record *r)
{
    return t->by.n ? people_show(w, &t->by, r) : people_roles(w, r->form, ACT_UPDATE);
}

static bool not_mine(Work *w, const Transition *t, const Record *r)
{
    return cx_fail(&w->cx, E_DENIED, "this move is not yours: %s; it is for: %s",
        label_show(&t->label, w->cx.lang, t->key), move_people(w, t, r));
}

bool move_find(Work *w, const Record *r, const char *name, const char *to,
    const Transition **out)
{
    const Workflow *flow = r->workflow;
    const Transition *refused = NULL;

    *out = NULL;
    for (int i = 0; flow && r->stage && i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        if (!transition_leaves(t, r->stage)) continue;
        if (name ? !str_eq(t->key, name) : !str_eq(t->to->key, to)) continue;
        if (move_mine(w, t, r)) {
            *out = t;
            return true;
        }
        if (w->cx.err) return false;
        if (!refused) refused = t;
    }
    if (refused) return not_mine(w, refused, r);
    const Transition *t = flow && name ? workflow_transition(flow, name) : NULL;
    const Stage *s = flow && to ? workflow_stage(flow, to) : NULL;
    return none_from_here(w, r, t ? label_show(&t->label, w->cx.lang, name)
        : s ? label_show(&s->label, w->cx.lang, to) : name ? name : to);
}

bool move_gates(Work *w, const Transition *t, const Record *r, const Record *old)
{
    Eval env = record_eval(w, r, old);
    int before = w->cx.nissue;

    if (t->if_ && !expr_true(t->if_, &env)) {
        const char *said = label_show(&t->message, w->cx.lang, NULL);
        if (w->cx.err) return false;
        if (said) cx_issue(&w->cx, at_field("stage"), "gate", "%s", said);
        else cx_issue(&w->cx, at_field("stage"), "gate", "the condition is not met: %s",
            expr_text(t->if_));
    }
    for (int i = 0; i < t->nrequire; i++)
        if (val_is_blank(record_get(r, t->require[i])))
            cx_issue(&w->cx, at_field(t->require[i]->key), "required",
                "is required for this move");
    return w->cx.nissue == before;
}

static bool among(Field *const *list, int n, const Field *f)
{
    for (int i = 0; i < n; i++)
        if (list[i] == f) return true;
    return false;
}

bool stage_lets(const Stage *s, const Field *f)
{
    if (!s) return true;
    if (among(s->edit, s->nedit, f)) return true;
    if (s->lock || s->has_edit) return false;
    return !among(s->locked, s->nlocked, f) && !among(s->hide, s->nhide, f);
}

bool move_lets(const Transition *t, const Stage *from, const Field *f)
{
    return among(t->require, t->nrequire, f) || stage_lets(from, f);
}
