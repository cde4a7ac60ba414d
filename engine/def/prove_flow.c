/*
 * prove_flow.c — ways through a workflow, who can go them, and reminders that never come.
 */
#include "def/prove_in.h"

static bool can_happen(Prove *p, const Transition *t)
{
    return prove_truth(p, t->if_, TRUTH_ALWAYS) != TRUTH_NEVER;
}

static void reach(Prove *p, const Workflow *w, int from, bool *seen)
{
    if (seen[from]) return;
    seen[from] = true;
    for (int i = 0; i < w->ntransition; i++) {
        const Transition *t = &w->transition[i];
        if (!transition_leaves(t, &w->stage[from]) || !can_happen(p, t)) continue;
        if (!t->into) reach(p, w, t->to->index, seen);
        for (int k = 0; k < t->napprove; k++)      /* where it goes when they refuse */
            if (t->approve[k].reject_to) reach(p, w, t->approve[k].reject_to->index, seen);
    }
}

/* By transitions of other workflows; true if there are any. */
static bool reach_from_others(Prove *p, const Workflow *w, bool *seen)
{
    bool any = false;
    for (int i = 0; i < w->form->nworkflow; i++) {
        const Workflow *other = w->form->workflow[i];
        for (int k = 0; k < other->ntransition; k++) {
            const Transition *t = &other->transition[k];
            if (t->into != w || !can_happen(p, t)) continue;
            any = true;
            if (seen) reach(p, w, t->to->index, seen);
        }
    }
    return any;
}

static void stages(Prove *p, const Workflow *w)
{
    bool *seen = ARENA_ARRAY(p->cx->a, bool, w->nstage);
    reach(p, w, 0, seen);
    reach_from_others(p, w, seen);
    for (int i = 0; i < w->nstage; i++) {
        const Stage *s = &w->stage[i];
        bool leaves = false;
        for (int k = 0; k < w->ntransition; k++)
            leaves |= transition_leaves(&w->transition[k], s) && can_happen(p, &w->transition[k]);
        if (!seen[i])
            cx_issue(p->cx, node_key_place(s->at), "stage_unreached",
                "no transition leads to the stage `%s`", s->key);
        else if (!leaves && str_eq(s->status, "open"))
            cx_issue(p->cx, node_key_place(s->at), "stage_stuck",
                "no transition leaves the open stage `%s`", s->key);
    }
}

/* Some holder of the role reads the record in one of the stages it leaves. */
static bool reads_there(Prove *p, const Workflow *w, const Transition *t, const Role *role)
{
    const Role *all = app_role(p->app, "everyone");
    for (int i = 0; i < t->nfrom; i++)
        for (int k = 0; k < p->app->nrole; k++) {
            const Role *other = &p->app->role[k];
            bool holder = role == all || role_holds(other, role);
            if (holder && !str_eq(other->key, "public")
                    && prove_grants(p, w->form, other, ACT_READ, t->from[i]->status))
                return true;
        }
    return false;
}

static void who(Prove *p, const Workflow *w, const Transition *t)
{
    const Role *role = NULL;
    if (!can_happen(p, t)) {
        Val literal;
        if (expr_is_constant(t->if_, &literal))
            cx_issue(p->cx, node_place(node_find(t->at, "if")), "transition_nobody",
                "the condition of the transition `%s` never holds", t->key);
        return;
    }
    for (int i = 0; i < t->by.n; i++) {
        if (t->by.who[i].kind != WHO_ROLE) return;
        role = t->by.who[i].role;
        bool admin = str_eq(role->key, "admin");
        if (admin || (!str_eq(role->key, "public") && reads_there(p, w, t, role))) return;
    }
    if (role && val_is_blank(t->after))
        cx_issue(p->cx, node_place(t->by.at), "transition_nobody",
            "nobody with the role `%s` may read `%s` in the stage that `%s` leaves", role->key,
            w->form->key, t->key);
}

static bool same_text(const Expr *x, const Expr *y)
{
    return x && y && str_eq(expr_text(x), expr_text(y));
}

static void order(Prove *p, const Form *f)
{
    for (int i = 0; i < f->nworkflow; i++)
        for (int k = 0; k < i; k++) {
            const Workflow *w = f->workflow[i], *before = f->workflow[k];
            const Node *when = node_find(w->at, "when");
            bool takes_all = prove_truth(p, before->when, TRUTH_ALWAYS) == TRUTH_ALWAYS;
            if (!takes_all && !same_text(w->when, before->when)) continue;
            if (reach_from_others(p, w, NULL)) continue;
            cx_issue(p->cx, when ? node_place(when) : node_key_place(node_find(w->at, "workflow")),
                "workflow_shadowed", "`%s` takes every record that `%s` would", before->key,
                w->key);
            break;
        }
}

static void reminders(Prove *p, const Form *f)
{
    for (int i = 0; i < f->nreminder; i++) {
        const Reminder *r = &f->reminder[i];
        bool nobody = r->to.n > 0;
        for (int k = 0; k < r->to.n; k++)
            nobody &= r->to.who[k].kind == WHO_ROLE && str_eq(r->to.who[k].role->key, "public");
        if (prove_truth(p, r->if_, TRUTH_ALWAYS) == TRUTH_NEVER)
            cx_issue(p->cx, node_place(node_find(r->at_node, "if")), "reminder_dead",
                "the reminder `%s` is never sent: its condition never holds", r->key);
        else if (nobody)
            cx_issue(p->cx, node_place(r->to.at), "reminder_dead",
                "the reminder `%s` is never sent: it goes to nobody", r->key);
    }
}

void prove_flows(Prove *p)
{
    for (int i = 0; i < p->app->nworkflow; i++) {
        const Workflow *w = p->app->workflow[i];
        if (!w->nstage) continue;
        stages(p, w);
        for (int k = 0; k < w->ntransition; k++) who(p, w, &w->transition[k]);
    }
    for (int i = 0; i < p->app->nform; i++) {
        order(p, p->app->form[i]);
        reminders(p, p->app->form[i]);
    }
}
