/*
 * schema_check.c — what the data says to a change: values that are there twice, a value that
 * would become rows, records in a stage that the workflow no longer has.
 *
 * The stages of a workflow are noted when it is published, so that records are counted only
 * when one has gone.
 */
#include "data/schema_in.h"
#include "data/record_row.h"

#include <string.h>

#define SHOWN 5

/* A column as it is called now; one that will be the folded key of another is that, folded. */
typedef struct Part { const char *column; bool fold; } Part;

static Part part_of(Planner *p, const Moved *m, const char *column)
{
    Part part = { moved_column(m, column), false };

    if (part.column || !str_ends(column, "__key")) return part;
    const char *base = arena_dup_n(p->cx->a, column, strlen(column) - strlen("__key"));
    return (Part){ moved_column(m, base), true };
}

/* False when one is not there yet. */
static bool columns_of(Planner *p, const IndexSpec *x, const Moved *m, Part *out)
{
    for (int i = 0; i < x->n; i++) {
        out[i] = part_of(p, m, x->column[i]);
        if (!out[i].column) return false;
    }
    for (int i = 0; i < x->nfield; i++) {
        const Want *w = plan_want(p, x->field[i]);
        if (w && w->is && !convert_idle(plan_kind(p, w), w->kind)) return false;
    }
    return true;
}

static void add_columns(Sql *q, const Part *part, int n, const char *joint)
{
    for (int i = 0; i < n; i++) {
        if (i) sql_add_n(q, joint, strlen(joint));
        if (part[i].fold) sql_add(q, "tn_fold(");
        sql_name(q, part[i].column);
        if (part[i].fold) sql_add(q, ")");
    }
}

static void add_live(Sql *q, const IndexSpec *x, const char *table, const Part *part)
{
    sql_add(q, " FROM ");
    sql_name(q, table);
    sql_add(q, " WHERE \"deleted_at\" IS NULL");
    for (int i = 0; i < x->n; i++) {
        sql_add(q, " AND ");
        sql_name(q, part[i].column);
        sql_add(q, " IS NOT NULL");
    }
    sql_add(q, " GROUP BY ");
    add_columns(q, part, x->n, ", ");
    sql_add(q, " HAVING count(*) > 1");
}

/* "7, 12, 31 (tea); 8, 9 (milk)" */
MUST static bool duplicates(Planner *p, const IndexSpec *x, const char *table,
    const Part *part, const char **out)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    Str s = str_begin(p->cx->a);
    Rows rows;
    Val v[2];

    if (q.dialect == DIALECT_PG)
        sql_add(&q, "SELECT substr(string_agg(\"id\"::text, ', ' ORDER BY \"id\"), 1, 100), ");
    else sql_add(&q, "SELECT substr(group_concat(\"id\", ', '), 1, 100), ");
    add_columns(&q, part, x->n, " || ' / ' || ");
    add_live(&q, x, table, part);
    sql_add(&q, " ORDER BY min(\"id\") LIMIT ");
    sql_int(&q, SHOWN);
    if (!db_query(p->cx, p->db, &q, &rows)) return false;
    while (db_next(p->cx, &rows, v)) {
        str_printf(&s, "%s%s (", s.n ? "; " : "", val_show(p->cx->a, v[0]));
        str_printf(&s, "%.60s)", val_show(p->cx->a, v[1]));
    }
    db_rows_end(&rows);
    *out = str_show(&s);
    return !p->cx->err;
}

bool plan_unique(Planner *p, const IndexSpec *x)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    const Moved *m = plan_moved(p, x->table);
    Part *part = ARENA_ARRAY(p->cx->a, Part, x->n + 1);
    const char *list;
    int64_t twice;

    if (!m || !columns_of(p, x, m, part)) return true;
    sql_add(&q, "SELECT count(*) FROM (SELECT 1");
    add_live(&q, x, m->was, part);
    sql_add(&q, ") d");
    if (!plan_count(p, &q, &twice)) return false;
    if (!twice) return true;
    if (!duplicates(p, x, m->was, part, &list)) return false;
    PlanStep step = { .what = PLAN_REFUSED, .form = x->form->key, .rows = twice,
        .field = x->nfield ? x->field[x->nfield - 1]->key : NULL };
    plan_add(p, step, "%s: %lld values are there more than once, so (%s) cannot be unique; "
        "merge or change those records first: %s", x->form->key, (long long)twice, x->columns,
        list);
    return true;
}

/* ---- into a subform, or out of one ---- */

MUST static bool has_values(Planner *p, const Known *k, int64_t *n)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    bool list = str_starts(k->kind, "list");

    *n = 0;
    if (!str_in(known_table(p->cx->a, list ? k : k->up), p->table, p->ntable)) return true;
    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, known_table(p->cx->a, list ? k : k->up));
    sql_add(&q, " WHERE ");
    sql_name(&q, list ? "value" : known_place(p->cx->a, k));
    sql_add(&q, " IS NOT NULL");
    return plan_count(p, &q, n);
}

/* A new field of the same name and kind, one level up or down. */
static const Want *moved_to(const Planner *p, const Known *k)
{
    for (int i = 0; i < p->nwant; i++) {
        const Want *w = p->want[i], *up = w->up;
        if (!up || w->is || !str_eq(w->name, k->name) || !str_eq(w->kind, k->kind)) continue;
        if (up->up ? up->up->is == k->up : up->is && up->is == k->up->up) return w;
    }
    return NULL;
}

bool plan_level_changes(Planner *p)
{
    for (int i = 0; i < p->known.n; i++) {
        const Known *k = p->known.item[i];
        int64_t n;
        if (!k->up || k->retired || k->from || str_eq(k->kind, "rows")) continue;
        if (plan_wanted_as(p, k)) continue;
        const Want *w = moved_to(p, k);
        if (!w || !has_values(p, k, &n)) { if (p->cx->err) return false; continue; }
        if (!n) continue;
        PlanStep step = { .what = PLAN_REFUSED, .form = w->form->key, .field = w->name,
            .rows = n };
        plan_add(p, step, "%s holds %lld values, which cannot move into or out of a subform; "
            "give the new field another name, or publish its removal first",
            known_show(p->cx->a, k), (long long)n);
    }
    return true;
}

/* ---- workflows: "FORM stage,stage, FORMER-NAME" ---- */

static const char *flow_stages(Arena *a, const Workflow *w)
{
    Str s = str_begin(a);

    for (int i = 0; i < w->nstage; i++) str_printf(&s, "%s,", w->stage[i].key);
    return str_show(&s);
}

static const Stage *goes_to(const Workflow *w, const char *stage)
{
    for (int i = 0; w && i < w->nmigrate; i++)
        if (str_eq(w->migrate[i].was, stage)) return w->migrate[i].now;
    return NULL;
}

static void plan_enter(Planner *p, PlanStage s, int64_t rows)
{
    PlanStep step = { .what = PLAN_COMPUTE, .form = s.form->key, .field = "stage", .rows = rows };

    if (s.was) plan_add(p, step, "move records of stage %s to %s", s.was, s.now->key);
    else plan_add(p, step, "records of %s enter the first stage of their workflow", s.form->key);
    ARENA_PUSH(p->cx->a, p->plan->stage, p->plan->nstage, p->plan->stage_cap, s);
}

MUST static bool check_stage(Planner *p, const Form *f, const char *flow, const Workflow *w,
    const char *stage)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    const Moved *m = plan_moved(p, f->names.table);
    const Stage *to = goes_to(w, stage);
    int64_t n;

    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, m->was);
    sql_add(&q, " WHERE \"workflow\" = ");
    sql_bind(&q, val_text(flow));
    sql_add(&q, " AND \"stage\" = ");
    sql_bind(&q, val_text(stage));
    if (!plan_count(p, &q, &n)) return false;
    if (!n) return true;
    if (to) {
        plan_enter(p, (PlanStage){ f, w->key, stage, to }, n);
        return true;
    }
    PlanStep step = { .what = PLAN_REFUSED, .form = f->key, .rows = n };
    plan_add(p, step, "stage %s of workflow %s still holds %lld records; move them first, or "
        "say where they go with `migrate: {%s: STAGE}`", stage, flow, (long long)n, stage);
    return true;
}

/* The form that was called so when it was noted, when it still has stages. */
static const Form *form_noted(const Planner *p, const char *key)
{
    const Known *k = known_find(&p->known, NULL, key);
    const Want *w = k ? plan_wanted_as(p, k) : NULL;
    const Moved *m = w ? plan_moved(p, w->form->names.table) : NULL;

    return m && moved_column(m, "stage") && w->form->staged ? w->form : NULL;
}

/* What the workflow of that name is called now: by its `was:`, or by taking the name back that
   was `former`. NULL: it went. */
static const Workflow *flow_now(const Planner *p, const char *flow, const char *former)
{
    const Workflow *w = app_workflow(p->app, flow);

    for (int i = 0; !w && i < p->app->nworkflow; i++) {
        const Workflow *x = p->app->workflow[i];
        const char *note = plan_noted(p, arena_printf(p->cx->a, "flow:%s", x->key));
        bool noted = note && !str_eq(note, "-");
        if (str_eq(x->was, flow) || (former && !noted && str_eq(x->key, former))) w = x;
    }
    return w;
}

/* Records, their past and their timers name it. */
static void rename_flow(Planner *p, const Form *f, const char *was, const char *now)
{
    Arena *a = p->cx->a;
    PlanStep step = { .what = PLAN_FILL, .form = f->key, .rows = -1 };
    const char *old = spec_quote(a, was), *new_ = spec_quote(a, now);
    Str s = str_begin(a);

    str_printf(&s, "UPDATE \"%s\" SET \"workflow\" = %s WHERE \"workflow\" = %s;\n",
        f->names.table, new_, old);
    str_printf(&s, "UPDATE stage_history SET workflow = %s WHERE workflow = %s", new_, old);
    for (int i = 0; i < 2; i++) {
        const char *kind = i ? "within" : "after";
        str_printf(&s, ";\nUPDATE _timer SET rule = '%s:%s.' || substr(rule, %d) WHERE "
            "substr(rule, 1, %d) = '%s:%s.'", kind, now, (int)(strlen(kind) + strlen(was) + 3),
            (int)(strlen(kind) + strlen(was) + 2), kind, was);
    }
    step.sql = s.p;
    plan_add(p, step, "rename workflow %s to %s", was, now);
    plan_note(p, arena_printf(a, "flow:%s", was), "-");
}

/* known: "FORM stage,stage, FORMER-NAME" of a workflow as published last. */
MUST static bool check_flow(Planner *p, const char *flow, const char *known)
{
    char **part, **stage;
    int parts = str_split(p->cx->a, known, ' ', &part);

    if (parts < 2) return true;
    const Form *f = form_noted(p, part[0]);
    const Workflow *w = flow_now(p, flow, parts > 2 ? part[2] : NULL);
    if (f && w && !str_eq(w->key, flow)) rename_flow(p, f, flow, w->key);
    int n = str_split(p->cx->a, part[1], ',', &stage);
    for (int i = 0; f && i < n; i++) {
        if (!*stage[i] || (w && workflow_stage(w, stage[i]))) continue;
        if (!check_stage(p, f, flow, w, stage[i])) return false;
    }
    return true;
}

bool plan_stages(Planner *p)
{
    Arena *a = p->cx->a;

    for (int i = 0; i < p->nnote; i++)
        if (str_starts(p->note[i].name, "flow:")
            && !check_flow(p, p->note[i].name + 5, p->note[i].text)) return false;
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        const Moved *m = plan_moved(p, f->names.table);
        int64_t rows;
        if (!f->staged || !m || moved_column(m, "stage")) continue;
        if (!plan_rows(p, m->was, &rows)) return false;
        if (rows) plan_enter(p, (PlanStage){ .form = f }, rows);
    }
    for (int i = 0; i < p->app->nworkflow; i++) {
        const Workflow *w = p->app->workflow[i];
        plan_note(p, arena_printf(a, "flow:%s", w->key),
            arena_printf(a, "%s %s%s%s", w->form->key, flow_stages(a, w), w->was ? " " : "",
                w->was ? w->was : ""));
    }
    return true;
}
