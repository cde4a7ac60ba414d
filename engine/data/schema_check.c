/*
 * schema_check.c — what the data says to a change: values that are there twice, records in a
 * stage that the workflow no longer has.
 *
 * The stages of a workflow are noted when it is published, so that records are counted only
 * when one has gone.
 */
#include "data/schema_in.h"

#include <string.h>

static bool has_columns(const Planner *p, const IndexSpec *x, const Column *have, int n)
{
    (void)p;
    for (int i = 0; i < x->n; i++) {
        bool there = false;
        for (int k = 0; k < n; k++) there = there || str_eq(have[k].name, x->column[i]);
        if (!there) return false;
    }
    return true;
}

static void add_columns(Sql *q, const IndexSpec *x)
{
    for (int i = 0; i < x->n; i++) {
        if (i) sql_add(q, ", ");
        sql_name(q, x->column[i]);
    }
}

bool plan_unique(Planner *p, const IndexSpec *x)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    Column *have;
    int n;
    int64_t twice;

    if (!str_in(x->table, p->table, p->ntable)) return true;
    if (!db_columns(p->cx, p->db, x->table, &have, &n)) return false;
    if (!has_columns(p, x, have, n)) return true;
    sql_add(&q, "SELECT count(*) FROM (SELECT 1 FROM ");
    sql_name(&q, x->table);
    sql_add(&q, " WHERE \"deleted_at\" IS NULL");
    for (int i = 0; i < x->n; i++) {
        sql_add(&q, " AND ");
        sql_name(&q, x->column[i]);
        sql_add(&q, " IS NOT NULL");
    }
    sql_add(&q, " GROUP BY ");
    add_columns(&q, x);
    sql_add(&q, " HAVING count(*) > 1) d");
    if (!plan_count(p, &q, &twice)) return false;
    if (!twice) return true;
    PlanStep step = { .what = PLAN_REFUSED, .form = x->form->key, .rows = twice,
        .field = x->nfield ? x->field[x->nfield - 1]->key : NULL };
    plan_add(p, step, "%s: %lld values are there more than once, so (%s) cannot be unique; "
        "merge or change those records first", x->form->key, (long long)twice, x->columns);
    return true;
}

/* ---- workflows: "VERSION HASH stage,stage," ---- */

static const char *flow_stages(Arena *a, const Workflow *w)
{
    Str s = str_begin(a);

    for (int i = 0; i < w->nstage; i++) str_printf(&s, "%s,", w->stage[i].key);
    return str_show(&s);
}

MUST static bool check_stage(Planner *p, const Form *f, const char *flow, const char *stage)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    int64_t n;

    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, f->names.table);
    sql_add(&q, " WHERE \"workflow\" = ");
    sql_bind(&q, val_text(flow));
    sql_add(&q, " AND \"stage\" = ");
    sql_bind(&q, val_text(stage));
    if (!plan_count(p, &q, &n)) return false;
    if (!n) return true;
    PlanStep step = { .what = PLAN_REFUSED, .form = f->key, .rows = n };
    plan_add(p, step, "stage %s of workflow %s still holds %lld records; move them first",
        stage, flow, (long long)n);
    return true;
}

static const Form *form_of_table(const Planner *p, const char *key)
{
    const Form *f = app_form(p->app, key);
    bool staged = f && f->nsystem > SYS_STAGE;

    return staged && str_in(f->names.table, p->table, p->ntable) ? f : NULL;
}

/* known: "FORM stage,stage," of a workflow as published last. */
MUST static bool check_flow(Planner *p, const char *flow, const char *known)
{
    char **part, **stage;
    const Workflow *w = app_workflow(p->app, flow);

    if (str_split(p->cx->a, known, ' ', &part) != 2) return true;
    const Form *f = form_of_table(p, part[0]);
    int n = str_split(p->cx->a, part[1], ',', &stage);
    for (int i = 0; f && i < n; i++) {
        if (!*stage[i] || (w && workflow_stage(w, stage[i]))) continue;
        if (!check_stage(p, f, flow, stage[i])) return false;
    }
    return true;
}

bool plan_stages(Planner *p)
{
    Arena *a = p->cx->a;

    for (int i = 0; i < p->nknown; i++)
        if (str_starts(p->known[i].name, "flow:")
            && !check_flow(p, p->known[i].name + 5, p->known[i].text)) return false;
    for (int i = 0; i < p->app->nworkflow; i++) {
        const Workflow *w = p->app->workflow[i];
        plan_note(p, arena_printf(a, "flow:%s", w->key),
            arena_printf(a, "%s %s", w->form->key, flow_stages(a, w)));
    }
    return true;
}
