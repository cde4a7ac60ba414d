/*
 * schema_guard.c — policies in the plan: made anew when the database has them otherwise, or when a
 * table they are on is another one. What it has, the comments of the functions say. In a schema in
 * which everybody may make things there are none, and nothing is to be granted.
 */
#include "data/schema_in.h"
#include "data/policy.h"

#include <string.h>

typedef struct Made { const char *reader, *mark; bool wanted; } Made;
typedef struct Guards { Made *made; int n, cap; } Guards;

MUST static bool read_made(Planner *p, Guards *g)
{
    Sql q = sql_begin(p->cx->a, DIALECT_PG);
    Val row[2];
    Rows rows;

    sql_add(&q, "SELECT proname::text, coalesce(obj_description(oid, 'pg_proc'), '') FROM pg_proc "
        "WHERE pronamespace = current_schema()::regnamespace AND pronargs = 0 AND "
        "(starts_with(proname, '" POLICY_READER "') OR proname = 'tn_me') ORDER BY 1");
    if (!db_query(p->cx, p->db, &q, &rows)) return false;
    while (db_next(p->cx, &rows, row)) {
        Made m = { arena_dup(p->cx->a, row[0].t), arena_dup(p->cx->a, row[1].t), false };
        ARENA_PUSH(p->cx->a, g->made, g->n, g->cap, m);
    }
    db_rows_end(&rows);
    return !p->cx->err;
}

/* Is it there as it should be? */
static bool is_made(Guards *g, const Policy *policy)
{
    for (int i = 0; i < g->n; i++) {
        if (!str_eq(g->made[i].reader, policy->reader)) continue;
        g->made[i].wanted = true;
        return str_eq(g->made[i].mark, policy->mark);
    }
    return false;
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

static void guard_form(Planner *p, Guards *g, const Form *f)
{
    Policy policy = policy_of(p->cx, p->spec, f);
    PlanStep step = { .what = PLAN_GUARD, .form = f->key, .rows = -1, .sql = policy.sql };

    if (is_made(g, &policy) && !has_moved(p, f)) return;
    plan_add(p, step, "guard rows of %s", f->names.table);
}

/* Its rows stay where they are, and nobody reads them. */
static void drop_gone(Planner *p, const Guards *g)
{
    for (int i = 0; i < g->n; i++) {
        const char *reader = g->made[i].reader;
        if (g->made[i].wanted) continue;
        PlanStep step = { .what = PLAN_GUARD, .rows = -1, .sql = policy_drop(p->cx->a, reader) };
        plan_add(p, step, "guard rows of %s", reader + strlen(POLICY_READER));
    }
}

/* The functions run as the owner: where everybody may make operators beside the tables they would
   run those, too. PostgreSQL 14 has it so in the schema public. */
MUST static bool is_private(Planner *p, bool *yes)
{
    Sql q = sql_begin(p->cx->a, DIALECT_PG);
    bool found;
    Val v;

    sql_add(&q, "SELECT has_schema_privilege('public', current_schema(), 'CREATE')");
    if (!db_one(p->cx, p->db, &q, &v, 1, &found)) return false;
    *yes = found && !v.i;
    return true;
}

bool plan_guards(Planner *p)
{
    const Form **form;
    Guards g = { 0 };
    bool private = false;

    if (p->spec->dialect != DIALECT_PG) return true;
    if (!is_private(p, &private)) return false;
    if (!private) return true;
    if (!read_made(p, &g)) return false;
    int n = spec_forms(p->cx->a, p->app, &form);
    Policy people = policy_people(p->cx->a, p->app);
    PlanStep step = { .what = PLAN_GUARD, .rows = -1, .sql = people.sql };
    if (!is_made(&g, &people)) plan_add(p, step, "guard rows: who reads the database directly");
    for (int i = 0; i < n; i++) guard_form(p, &g, form[i]);
    drop_gone(p, &g);
    return !p->cx->err;
}
