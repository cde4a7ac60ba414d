/*
 * schema.c — the plan: what the app wants against what is there, table by table.
 *
 * Types of columns say too little (a number's decimals, a link's target), so _schema keeps of
 * each column what its values are. A column that nobody wants any more stays and is noted as
 * retired; what needs a decision about data is refused, with the way out.
 */
#include "data/schema.h"
#include "data/schema_in.h"
#include "base/i18n.h"

#include <string.h>

void plan_add(Planner *p, PlanStep step, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    step.text = arena_vprintf(p->cx->a, i18n_text(p->cx->lang, fmt), args);
    va_end(args);
    if (step.what == PLAN_REFUSED) p->plan->refused = true;
    ARENA_PUSH(p->cx->a, p->plan->step, p->plan->n, p->plan->cap, step);
}

void plan_note(Planner *p, const char *name, const char *text)
{
    const char *known = plan_known(p, name);

    if (known && str_eq(known, text)) return;
    PlanNote note = { arena_dup(p->cx->a, name), text };
    ARENA_PUSH(p->cx->a, p->plan->note, p->plan->nnote, p->plan->note_cap, note);
}

const char *plan_known(const Planner *p, const char *name)
{
    for (int i = 0; i < p->nknown; i++)
        if (str_eq(p->known[i].name, name)) return p->known[i].text;
    return NULL;
}

bool plan_count(Planner *p, const Sql *q, int64_t *n)
{
    Val v;
    bool found;

    *n = 0;
    if (!db_one(p->cx, p->db, q, &v, 1, &found)) return false;
    if (found && v.kind == VAL_INT) *n = v.i;
    return true;
}

bool plan_rows(Planner *p, const char *table, int64_t *n)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));

    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, table);
    return plan_count(p, &q, n);
}

MUST static bool read_known(Planner *p)
{
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    Val row[2];
    Rows rows;
    int cap = 0;

    if (!str_in("_schema", p->table, p->ntable)) return true;
    sql_add(&q, "SELECT name, text FROM _schema");
    if (!db_query(p->cx, p->db, &q, &rows)) return false;
    while (db_next(p->cx, &rows, row)) {
        PlanNote n = { arena_dup(p->cx->a, row[0].t), arena_dup(p->cx->a, row[1].t) };
        ARENA_PUSH(p->cx->a, p->known, p->nknown, cap, n);
    }
    db_rows_end(&rows);
    return !p->cx->err;
}

static void plan_table(Planner *p, const TableSpec *t)
{
    PlanStep step = { .what = PLAN_TABLE, .form = t->form->key, .rows = 0,
        .field = t->side ? t->side->key : NULL, .sql = spec_create(p->cx->a, p->spec, t) };

    if (t->side) plan_add(p, step, "add list %s.%s", t->form->key, t->side->key);
    else if (t->form->parent)
        plan_add(p, step, "add subform %s.%s", t->form->parent->key, t->form->in->key);
    else plan_add(p, step, "add form %s", t->form->key);
    for (int i = 0; i < t->n; i++)
        if (t->column[i].kind) plan_note(p, column_note(p, t, &t->column[i]),
            column_kind(p, &t->column[i]));
}

static bool wanted(const TableSpec *t, const char *column)
{
    for (int i = 0; i < t->n; i++)
        if (str_eq(t->column[i].name, column)) return true;
    return false;
}

/* Columns beside another one go silently with it. */
static bool is_beside(const Column *c, int n, int i)
{
    const char *end = strstr(c[i].name, "__");

    for (int k = 0; end && k < n; k++)
        if (strlen(c[k].name) == (size_t)(end - c[i].name)
            && str_starts(c[i].name, c[k].name)) return true;
    return false;
}

static void note_retired(Planner *p, const TableSpec *t, const Column *c, int n)
{
    for (int i = 0; i < n; i++) {
        if (wanted(t, c[i].name) || is_beside(c, n, i)) continue;
        const char *name = arena_printf(p->cx->a, "%s.%s", t->name, c[i].name);
        const char *was = plan_known(p, name);
        if (was && str_starts(was, RETIRED)) continue;
        PlanStep step = { .what = PLAN_NOTE, .form = t->form->key, .rows = -1,
            .field = arena_dup(p->cx->a, c[i].name) };
        plan_add(p, step, "retire field %s.%s: its column and data stay", t->form->key,
            c[i].name);
        plan_note(p, name, arena_printf(p->cx->a, RETIRED "%s", was ? was : ""));
    }
}

MUST static bool plan_columns(Planner *p, const TableSpec *t)
{
    Column *have;
    int n;
    int64_t rows = -1;

    if (!db_columns(p->cx, p->db, t->name, &have, &n)) return false;
    for (int i = 0; i < t->n; i++) {
        bool there = false;
        for (int k = 0; k < n; k++) there = there || str_eq(have[k].name, t->column[i].name);
        if (!there && rows < 0 && !plan_rows(p, t->name, &rows)) return false;
        if (there ? !plan_kept(p, t, &t->column[i])
                : !plan_added(p, t, &t->column[i], have, n, rows)) return false;
    }
    note_retired(p, t, have, n);
    return true;
}

static bool ours(const char *index)
{
    return str_starts(index, "ix_") || str_starts(index, "ux_");
}

/* The engine's own tables have indexes too: their names begin otherwise. */
static bool of_system(const char *index)
{
    return str_starts(index, "ix__") || str_eq(index, "ix_stage_history");
}

MUST static bool plan_indexes(Planner *p)
{
    const char **have;
    int n;

    if (!db_indexes(p->cx, p->db, &have, &n)) return false;
    for (int i = 0; i < n; i++) {
        bool keep = !ours(have[i]) || of_system(have[i]);
        for (int k = 0; !keep && k < p->spec->nindex; k++)
            keep = str_eq(have[i], p->spec->index[k].name);
        if (keep) continue;
        PlanStep step = { .what = PLAN_DROP_INDEX, .rows = -1,
            .sql = arena_printf(p->cx->a, "DROP INDEX \"%s\"", have[i]) };
        plan_add(p, step, "drop index %s", have[i]);
    }
    for (int k = 0; k < p->spec->nindex; k++) {
        const IndexSpec *x = &p->spec->index[k];
        if (str_in(x->name, have, n)) continue;
        if (x->unique && !plan_unique(p, x)) return false;
        PlanStep step = { .what = PLAN_INDEX, .form = x->form->key, .sql = x->sql, .rows = -1 };
        plan_add(p, step, "add index %s (%s)", x->name, x->columns);
    }
    return true;
}

static void plan_views(Planner *p)
{
    Arena *a = p->cx->a;

    for (int i = 0; i < p->spec->nview; i++) {
        const ViewSpec *v = &p->spec->view[i];
        const char *known = plan_known(p, v->name);
        if (known && str_eq(known, v->sql)) continue;
        PlanStep step = { .what = PLAN_VIEW, .form = v->form->key, .rows = -1,
            .sql = arena_printf(a, "DROP VIEW IF EXISTS \"%s\";\n%s", v->name, v->sql) };
        plan_add(p, step, "make view %s", v->name);
        plan_note(p, v->name, v->sql);
    }
}

static void plan_gone(Planner *p)
{
    for (int i = 0; i < p->nknown; i++) {
        const char *name = p->known[i].name;
        if (!str_ends(name, "_v") || strchr(name, '.') || strchr(name, ':')) continue;
        bool there = str_starts(p->known[i].text, RETIRED);
        for (int k = 0; !there && k < p->spec->nview; k++)
            there = str_eq(p->spec->view[k].name, name);
        if (there) continue;
        const char *form = arena_dup_n(p->cx->a, name, strlen(name) - 2);
        PlanStep step = { .what = PLAN_NOTE, .form = form, .rows = -1 };
        plan_add(p, step, "retire form %s: its table and data stay", form);
        plan_note(p, name, RETIRED);
    }
}

bool schema_plan(Cx *cx, Db *db, const App *app, Plan *out)
{
    Spec spec;
    Planner p = { .cx = cx, .db = db, .app = app, .plan = out, .spec = &spec };

    *out = (Plan){ .app = app, .hash = app->hash };
    spec_of(cx->a, app, db_dialect(db), &spec);
    if (!db_tables(cx, db, &p.table, &p.ntable) || !read_known(&p)) return false;
    for (int i = 0; i < spec.ntable; i++)
        if (!str_in(spec.table[i].name, p.table, p.ntable)) plan_table(&p, &spec.table[i]);
    for (int i = 0; i < spec.ntable; i++)
        if (str_in(spec.table[i].name, p.table, p.ntable) && !plan_columns(&p, &spec.table[i]))
            return false;
    if (!plan_stages(&p)) return false;
    plan_fills(&p);
    if (!plan_indexes(&p)) return false;
    plan_views(&p);
    plan_gone(&p);
    return true;
}

bool schema_unique(Arena *a, const App *app, const char *index, const Form **form,
    Field *const **field, int *n)
{
    Spec spec;

    if (!index) return false;
    spec_of(a, app, DIALECT_SQLITE, &spec);
    for (int i = 0; i < spec.nindex; i++) {
        if (!spec.index[i].unique || !str_eq(spec.index[i].name, index)) continue;
        *form = spec.index[i].form;
        *field = spec.index[i].field;
        *n = spec.index[i].nfield;
        return true;
    }
    return false;
}
