/*
 * save_judge.c — may these values be written by this person, and are they right?
 *
 * Rules and timers act as the app: rights are not asked of them, conditions are.
 */
#include "data/save_in.h"
#include "data/approval.h"
#include "data/duplicate.h"
#include "data/move.h"
#include "data/perm.h"

static bool denied(Work *w, const Field *f)
{
    cx_issue(&w->cx, at_field(f->key), "denied", "may not be changed here");
    return cx_fail(&w->cx, E_DENIED, "no right to change %s", field_label(f, w->cx.lang));
}

/* A create is not bound by the stage it will enter. What is sent with a move must be what the
   old stage lets one edit or what the move requires; a value that stays as it is may go along
   where it can be seen. */
MUST static bool stage_rights(Work *w, const Save *s)
{
    const Stage *from = s->old->stage;

    for (int i = s->form->nsystem; s->r->given && i < s->form->nfield; i++) {
        const Field *f = s->form->field[i];
        if (!s->r->given[i] || move_lets(s->move, from, f)) continue;
        bool hidden = false;
        for (int k = 0; from && k < from->nhide; k++) hidden |= from->hide[k] == f;
        if (hidden || record_differs(s->r, s->old, f)) return denied(w, f);
    }
    return true;
}

bool save_rights(Work *w, Save *s)
{
    if (w->as_app) return true;
    if (s->move && !stage_rights(w, s)) return false;
    return perm_fields_written(w, s->r, s->old) && !w->cx.err;
}

MUST static bool duplicates(Work *w, Save *s)
{
    if (!s->form->nduplicate) return true;
    if (!duplicate_check(w, s->r, s->old, &s->warning, &s->nwarning)) return false;
    if (s->ask->force_warned || w->as_app) return true;
    for (int i = 0; i < s->nwarning; i++)
        cx_issue(&w->cx, s->warning[i].at, s->warning[i].code, "%s", s->warning[i].text);
    return true;
}

bool save_judge(Work *w, Save *s)
{
    if (!record_check(w, s->r, s->old) && w->cx.err) return false;
    return duplicates(w, s) && cx_check(&w->cx);
}

bool save_allowed(Work *w, Save *s)
{
    if (w->as_app || w->who.admin || s->move) return true;
    if (!s->old) {
        if (perm_on(w, ACT_CREATE, s->r)) return !w->cx.err;
        return w->cx.err ? false : cx_fail(&w->cx, E_DENIED, "no right to create: %s",
            form_label(s->form, w->cx.lang));
    }
    if (s->form->builtin) return perm_on(w, ACT_UPDATE, s->old);
    if (perm_on_result(w, ACT_UPDATE, s->old, s->r)) return !w->cx.err;
    return w->cx.err ? false : cx_fail(&w->cx, E_DENIED, "no right to change this record so");
}

bool save_consent(Work *w, Save *s)
{
    if (!s->move || !s->move->napprove || s->ask->approved) return true;
    if (!approval_begin(w, s->move, s->old, s->r, s->ask, &s->waits)) return false;
    if (s->waits) s->r = s->old;
    return true;
}
