/*
 * schema_compute.c — whatever reads a field that changes is computed anew as well.
 */
#include "data/schema_in.h"

void plan_fill_add(Planner *p, const Field *f)
{
    Plan *plan = p->plan;

    for (int i = 0; i < plan->nfill; i++)
        if (plan->fill[i] == f) return;
    ARENA_PUSH(p->cx->a, plan->fill, plan->nfill, plan->fill_cap, (Field *)f);
}

static void add_reading(Planner *p, const Form *form, const Field *f)
{
    for (int k = 0; k < form->norder; k++) {
        const ExprRead *read;
        const Field *x = form->order[k];
        int n = x->formula ? expr_reads(x->formula, &read) : 0;
        for (int r = 0; r < n; r++)
            if (read[r].name == &f->name) plan_fill_add(p, x);
    }
}

void plan_changed(Planner *p, const Field *f)
{
    const Form *form = f->form;

    for (int k = 0; k < form->ndepend; k++) {
        const Depend *d = &form->depend[k];
        bool hit = !d->nreads;
        for (int r = 0; !hit && r < d->nreads; r++) hit = d->reads[r] == f;
        if (hit) plan_fill_add(p, d->into);
    }
    add_reading(p, form, f);
    if (form->parent) add_reading(p, form->parent, f);
}

void plan_fills(Planner *p)
{
    Plan *plan = p->plan;

    for (int i = 0; i < plan->nfill; i++) plan_changed(p, plan->fill[i]);
    for (int i = 0; i < plan->nfill; i++) {
        const Field *f = plan->fill[i];
        PlanStep step = { .what = PLAN_COMPUTE, .form = f->form->key, .field = f->key,
            .rows = -1 };
        plan_add(p, step, "compute %s.%s", f->form->key, f->key);
    }
}
