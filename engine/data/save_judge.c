/*
 * save_judge.c — may these values be written by this person, and are they right?
 *
 * Rules and timers act as the app: rights are not asked of them, conditions are.
 */
#include "data/save_in.h"
#include "data/duplicate.h"
#include "data/move.h"
#include "data/perm.h"
#include "data/record_check.h"
#include "data/record_row.h"

static bool denied(Work *w, const Field *f)
{
    return cx_fail(&w->cx, E_DENIED, "%s may not be changed", field_label(f, w->cx.lang));
}

/* Rights of roles, without what a stage adds. */
static Record without_stage(const Record *r)
{
    Record plain = *r;
    plain.stage = NULL;
    return plain;
}

/* Values sent with a move: what the old stage lets one edit and what the move requires. */
MUST static bool move_rights(Work *w, const Save *s)
{
    Record plain = without_stage(s->r);

    for (int i = s->form->nsystem; s->r->given && i < s->form->nfield; i++) {
        const Field *f = s->form->field[i];
        if (!s->r->given[i]) continue;
        Right right = perm_field(w, s->form, f, &plain);
        if (w->cx.err) return false;
        if (right != RIGHT_FULL || !move_lets(s->move, s->old->stage, f))
            return denied(w, f);
    }
    return true;
}

/* `readonly` of the field itself; sending what stands there already changes nothing. */
MUST static bool readonly_flags(Work *w, const Record *r, const Record *old)
{
    Eval env = record_eval(w, r, old);

    for (int i = r->form->nsystem; r->given && i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        bool same = old ? !record_differs(r, old, f) : val_is_blank(r->val[i]);
        if (!r->given[i] || same) continue;
        if ((f->readonly.on || f->readonly.expr) && flag_holds(&env, &f->readonly))
            return denied(w, f);
        for (int k = 0; field_is_rows(f) && k < r->val[i].n; k++) {
            const Record *row = r->val[i].list[k].p, *was = NULL;
            Val rows = old ? old->val[i] : val_blank();
            for (int j = 0; record_id(row) && j < rows.n; j++)
                if (rows.list[j].i == record_id(row)) was = rows.list[j].p;
            if (!readonly_flags(w, row, was)) return false;
        }
    }
    return !w->cx.err;
}

bool save_rights(Work *w, Save *s)
{
    Record plain = without_stage(s->r);
    bool ok;

    if (w->as_app) return true;
    if (s->move) ok = move_rights(w, s);
    else ok = perm_fields_written(w, s->old ? s->r : &plain, s->old);
    return ok && !w->cx.err && readonly_flags(w, s->r, s->old);
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

MUST static bool scope_holds(Work *w, const Scope *scope, const Record *r)
{
    if (scope->kind == SCOPE_NONE) return false;
    if (!scope->expr) return scope->kind == SCOPE_ALL;
    Eval env = record_eval(w, r, NULL);
    return expr_true(scope->expr, &env);
}

/* A scope is asked of the record before; an expression of the result, too, so that one may
   hand over a record of one's own but not write oneself out of a condition. */
static bool may_update(Work *w, const Record *old, const Record *now)
{
    for (int i = 0; i < now->form->ngrant; i++) {
        const Grant *g = &now->form->grant[i];
        const Scope *scope = &g->scope[ACT_UPDATE];
        if (!work_has_role(w, g->role->key) || !scope_holds(w, scope, old)) continue;
        if (scope->kind != SCOPE_EXPR || scope_holds(w, scope, now)) return true;
    }
    return false;
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
    if (may_update(w, s->old, s->r)) return true;
    return w->cx.err ? false : cx_fail(&w->cx, E_DENIED, "no right to change this record so");
}
