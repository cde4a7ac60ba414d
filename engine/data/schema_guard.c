/*
 * schema_guard.c — policies in the plan: made anew when what they say changed, or when a table
 * they are on is another one.
 */
#include "data/schema_in.h"
#include "data/policy.h"

#include <string.h>

#define NOTE "guard:"         /* and the form's table; alone: who asks */

static void guard(Planner *p, const char *note, PlanStep step, const char *form)
{
    step.what = PLAN_GUARD;
    step.rows = -1;
    if (form) plan_add(p, step, "guard rows of %s", form);
    else plan_add(p, step, "guard rows: who reads the database directly");
    plan_note(p, note, step.sql);
}

static bool has_moved(const Planner *p, const Form *f)
{
    for (int i = 0; i < p->spec->ntable; i++) {
        const TableSpec *t = &p->spec->table[i];
        const Moved *m = t->form == f ? plan_moved(p, t->name) : NULL;
        if (t->form == f && (!m || !str_eq(m->was, m->now))) return true;
    }
    return false;
}

static bool is_there(const Planner *p, const char *table)
{
    for (int i = 0; i < p->spec->ntable; i++)
        if (!p->spec->table[i].side && str_eq(p->spec->table[i].name, table)) return true;
    return false;
}

/* Its rows stay where they are, and nobody reads them. */
static void drop_gone(Planner *p)
{
    for (int i = 0; i < p->nnote; i++) {
        const char *name = p->note[i].name;
        if (!str_starts(name, NOTE) || !name[strlen(NOTE)]) continue;
        const char *table = name + strlen(NOTE);
        if (is_there(p, table)) continue;
        PlanStep step = { .what = PLAN_GUARD, .rows = -1, .sql = policy_drop(p->cx->a, table) };
        plan_add(p, step, "guard rows of %s", table);
        plan_note(p, name, "");
    }
}

bool plan_guards(Planner *p)
{
    const Form **form;

    if (p->spec->dialect != DIALECT_PG) return true;
    int n = spec_forms(p->cx->a, p->app, &form);
    const char *people = policy_people(p->cx->a, p->app), *noted = plan_noted(p, NOTE);
    if (!noted || !str_eq(noted, people)) guard(p, NOTE, (PlanStep){ .sql = people }, NULL);
    for (int i = 0; i < n; i++) {
        const char *note = arena_printf(p->cx->a, NOTE "%s", form[i]->names.table);
        Policy made = policy_of(p->cx, p->spec, form[i]);
        noted = plan_noted(p, note);
        if (noted && str_eq(noted, made.sql) && !has_moved(p, form[i])) continue;
        guard(p, note, (PlanStep){ .form = form[i]->key, .sql = made.sql }, form[i]->names.table);
    }
    drop_gone(p);
    return !p->cx->err;
}
