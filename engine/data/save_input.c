/*
 * save_input.c — what is written on, and what comes: record, values, rules before, the move.
 */
#include "data/save_in.h"
#include "data/approval.h"
#include "data/assign.h"
#include "data/move.h"
#include "data/move_part.h"
#include "data/perm.h"
#include "data/record_row.h"
#include "data/rule_api.h"

static bool missing(Work *w)
{
    return cx_fail(&w->cx, E_MISSING, "there is no such record");
}

MUST static bool load_old(Work *w, Save *s)
{
    if (!record_load(w, s->form, s->ask->id, false, &s->old)) return false;
    if (!s->old || !perm_on(w, ACT_READ, s->old)) return w->cx.err ? false : missing(w);
    if (s->ask->version && s->ask->version != record_version(s->old))
        return cx_fail(&w->cx, E_STALE, "the record was changed meanwhile");
    s->r = record_copy(w, s->old);
    s->r->given = NULL;
    return true;
}

bool save_load(Work *w, Save *s)
{
    const Form *f = s->form;

    if (s->ask->id) return load_old(w, s);
    if (!perm_may(w, f, ACT_CREATE))
        return w->cx.err ? false
            : cx_fail(&w->cx, E_DENIED, "no right to create: %s", form_label(f, w->cx.lang));
    s->r = record_new(w, f);
    return true;
}

/* `stage: visit` in a body is a wish to move there. */
bool save_stage_asked(Work *w, Save *s)
{
    const Node *in = node_find(s->ask->body, "stage");
    bool moves;

    s->to = s->ask->to;
    if (!s->to && in && s->form->nworkflow && !node_blank(in)) {
        if (!node_text(in)) {
            cx_issue(&w->cx, at_field("stage"), "wrong_kind", "a text is expected here");
            return cx_check(&w->cx);
        }
        s->to = node_text(in);
    }
    bool said = !s->ask->to && s->to && s->old && s->old->stage;
    if (said && str_eq(s->to, s->old->stage->key)) s->to = NULL;     /* as it is already */
    moves = s->ask->transition || s->to;
    if (moves && !s->form->nworkflow) {
        cx_issue(&w->cx, at_field("stage"), "no_move", "this form has no workflow");
        return cx_check(&w->cx);
    }
    if (!s->old) return true;
    if (!s->ask->approved && !approval_lets(w, s->old, moves)) return false;
    if (moves || s->ask->approved || perm_on(w, ACT_UPDATE, s->old)) return !w->cx.err;
    return w->cx.err ? false : cx_fail(&w->cx, E_DENIED, "no right to change this record");
}

/* Values that are none of their type come with the bounds that the others break: who wrote them
   should hear of all at once. What rules may still fill in is not asked for here. */
bool save_read(Work *w, Save *s)
{
    if (record_read(w, s->r, s->ask->body)) return true;
    for (int i = s->form->nsystem; !w->cx.err && s->r->given && i < s->form->nfield; i++) {
        const Field *f = s->form->field[i];
        if (s->r->given[i] && !field_is_rows(f)) field_check(&w->cx, f, s->r->val[i]);
    }
    return cx_check(&w->cx);
}

MUST static bool event(Work *w, Save *s, const char *name)
{
    return !rule_has(w, name, s->form) || rule_event(w, name, s->r, s->old);
}

bool save_before(Work *w, Save *s)
{
    return event(w, s, s->old ? "before_update" : "before_create")
        && event(w, s, "before_save") && cx_check(&w->cx);
}

MUST static bool make_move(Work *w, Save *s)
{
    const Transition *t;

    if (!move_find(w, s->old, s->ask->transition, s->to, &t)) return false;
    s->move = t;
    move_to(w, s->r, transition_flow(t, s->old->workflow), t->to);
    if (!record_compute_own(w, s->r)) return false;
    if (!move_gates(w, t, s->r, s->old)) return cx_check(&w->cx);
    return rule_event_named(w, s->form, "before_transition", t->key, s->r, s->old)
        && cx_check(&w->cx);
}

/* The engine's own doing: no transition is asked, and none is made. */
MUST static bool put_in_place(Work *w, Save *s)
{
    Transition *t = ARENA_NEW(w->cx.a, Transition);

    *t = (Transition){ .key = "", .to = (Stage *)s->ask->place };
    s->move = t;
    move_to(w, s->r, s->old->workflow, t->to);
    return record_compute_own(w, s->r);
}

bool save_enter(Work *w, Save *s)
{
    if (!s->old) return move_enter(w, s->r);
    if (s->ask->place) return put_in_place(w, s);
    if (s->ask->transition || s->to) return make_move(w, s);
    return true;
}

/* Rules may ask what was computed, and what is computed may show whose it is. */
bool save_assign(Work *w, Save *s)
{
    if (s->ask->handing) s->handing = *s->ask->handing;
    if (s->old || !s->form->assign) return true;
    return assign_new(w, s->r, &s->handing) && (!s->handing.kind || record_compute(w, s->r));
}
