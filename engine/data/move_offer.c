/*
 * move_offer.c — the moves a person has from here, with what is missing or in the way.
 *
 * A guard is judged on the record as it would be in the new stage. While something required is
 * missing the move is offered anyway: the person will be asked for it.
 */
#include "data/move.h"
#include "data/approval.h"
#include "data/move_part.h"

static const char *guard_text(Work *w, const Transition *t)
{
    const char *said = label_show(&t->message, w->cx.lang, NULL);
    if (said) return said;
    Cx cx = cx_begin(w->cx.a, w->cx.lang);
    cx_fail(&cx, E_INPUT, "the condition is not met: %s", expr_text(t->if_));
    return cx.text;
}

static const char *by_text(Work *w, const Transition *t, const Record *r)
{
    Cx cx = cx_begin(w->cx.a, w->cx.lang);
    cx_fail(&cx, E_DENIED, "this move is for: %s", move_people(w, t, r));
    return cx.text;
}

MUST static bool offer(Work *w, const Record *r, const Transition *t, MoveOffer *o)
{
    Record *there = record_copy(w, r);
    Eval env = record_eval(w, there, r);

    *o = (MoveOffer){ .transition = t, .allowed = true };
    move_to(w, there, transition_flow(t, r->workflow), t->to);
    o->missing = ARENA_ARRAY(w->cx.a, Field *, t->nrequire + 1);
    for (int i = 0; i < t->nrequire; i++)
        if (val_is_blank(record_get(r, t->require[i])))
            o->missing[o->nmissing++] = t->require[i];
    if (!move_mine(w, t, r)) {
        o->allowed = false;
        o->why = by_text(w, t, r);
    } else if (t->if_ && !expr_true(t->if_, &env)) {
        o->allowed = o->nmissing > 0;
        o->why = guard_text(w, t);
    }
    return !w->cx.err;
}

bool move_offers(Work *w, const Record *r, MoveOffer **out, int *n)
{
    const Workflow *flow = r->workflow;
    Approval waits;
    bool waiting;

    *n = 0;
    if (!approval_waiting(w, r->form, record_id(r), &waits, &waiting)) return false;
    const char *why = waiting ? approval_words(w, &waits) : NULL;
    *out = ARENA_ARRAY(w->cx.a, MoveOffer, flow ? flow->ntransition + 1 : 1);
    for (int i = 0; flow && r->stage && i < flow->ntransition; i++) {
        const Transition *t = &flow->transition[i];
        if (!transition_leaves(t, r->stage)) continue;
        if (!t->by.n && !val_is_blank(t->after)) continue;
        MoveOffer *o = &(*out)[(*n)++];
        if (!offer(w, r, t, o)) return false;
        if (!waiting) continue;
        o->allowed = false;
        o->why = why;
    }
    return true;
}
