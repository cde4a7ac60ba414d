/*
 * schema_column.c — one column: kept, changed, added, or back from retirement.
 *
 * The note of a column reads "KIND" or "KIND|WHAT IT IS COMPUTED FROM".
 */
#include "data/schema_in.h"

#include <string.h>

const char *column_note(Planner *p, const TableSpec *t, const ColumnSpec *c)
{
    return arena_printf(p->cx->a, "%s.%s", t->name, c->name);
}

const char *column_kind(Planner *p, const ColumnSpec *c)
{
    return c->from ? arena_printf(p->cx->a, "%s|%s", c->kind, c->from) : c->kind;
}

static const char *kind_part(Arena *a, const char *note)
{
    const char *bar = strchr(note, '|');
    return bar ? arena_dup_n(a, note, (size_t)(bar - note)) : note;
}

/* Every value of the old kind is one of the new kind as it stands. */
static bool widens(const char *was, const char *now)
{
    static const char *const texts[] = { "email", "url", "choice", "phone" };

    return str_eq(was, now) || (str_eq(now, "text") && str_in(was, texts, LEN(texts)));
}

static void add_fill(Planner *p, const Field *f)
{
    Plan *plan = p->plan;

    for (int i = 0; i < plan->nfill; i++)
        if (plan->fill[i] == f) return;
    ARENA_PUSH(p->cx->a, plan->fill, plan->nfill, plan->fill_cap, (Field *)f);
}

bool plan_kept(Planner *p, const TableSpec *t, const ColumnSpec *c)
{
    Arena *a = p->cx->a;

    if (!c->kind) return true;
    const char *name = column_note(p, t, c), *known = plan_known(p, name);
    const char *now = column_kind(p, c), *was = known ? known : now;
    bool back = str_starts(was, RETIRED);
    const Field *f = c->field;
    PlanStep step = { .what = PLAN_NOTE, .form = t->form->key, .field = f->key, .rows = -1 };

    if (back) was += strlen(RETIRED);
    if (!widens(kind_part(a, was), c->kind)) {
        step.what = PLAN_REFUSED;
        plan_add(p, step, "%s.%s: changing %s into %s is not available yet; keep the type, "
            "or add a new field beside it", t->form->key, f->key, kind_part(a, was), c->kind);
        return true;
    }
    bool entered = !strchr(was, '|');
    if (c->from && entered && f->computed) {
        step.what = PLAN_REFUSED;
        plan_add(p, step, "%s.%s: computing a field that people have filled is not available "
            "yet; add a new field beside it", t->form->key, f->key);
        return true;
    }
    if (back) plan_add(p, step, "field %s.%s is back with its data", t->form->key, f->key);
    if (c->from && !f->serial && (back || !str_eq(was, now))) add_fill(p, f);
    plan_note(p, name, now);
    return true;
}

/* A literal as SQL, as db.h says values are stored. */
static const char *literal(Planner *p, Val v)
{
    Arena *a = p->cx->a;

    if (v.kind == VAL_BOOL) return v.i ? "1" : "0";
    if (v.kind == VAL_INT || v.kind == VAL_DEC || v.kind == VAL_REC)
        return arena_printf(a, "%lld", (long long)v.i);
    return spec_quote(a, val_show(a, v));
}

/* The value a new record would get, where that is the same for all. */
static const char *preset_of(Planner *p, const Field *f)
{
    Val v = f->preset.val;

    if (!f->preset.given || f->preset.expr) return NULL;
    if (val_is_blank(v) || v.kind == VAL_LIST) return NULL;
    return literal(p, v);
}

static bool has_column(const Column *have, int n, const char *name)
{
    for (int i = 0; name && i < n; i++)
        if (str_eq(have[i].name, name)) return true;
    return false;
}

/* FIELD__key beside a column that was there before. */
static void add_key(Planner *p, const TableSpec *t, const ColumnSpec *c, int64_t rows)
{
    PlanStep step = { .what = PLAN_COLUMN, .form = t->form->key, .field = c->field->key,
        .sql = spec_add_column(p->cx->a, t, c), .rows = rows };

    plan_add(p, step, "add column %s.%s", t->name, c->name);
    if (!rows || !c->field->name.folded || !str_ends(c->name, "__key")) return;
    step.what = PLAN_FILL;
    step.sql = arena_printf(p->cx->a, "UPDATE \"%s\" SET \"%s\" = tn_fold(\"%s\")", t->name,
        c->name, c->field->name.column);
    plan_add(p, step, "fill %s.%s", t->name, c->name);
}

/* Does it stop? A required field without a value for the rows there are, a renamed one. */
static bool refused(Planner *p, const TableSpec *t, const ColumnSpec *c, const Column *have,
    int nhave, int64_t rows)
{
    const Field *f = c->field;
    PlanStep step = { .what = PLAN_REFUSED, .form = t->form->key, .field = f->key,
        .rows = rows };

    if (f->system) {
        if (!rows || f->name.index != SYS_STAGE) return false;
        plan_add(p, step, "a workflow for form %s, which has %lld records, is not available "
            "yet", t->form->key, (long long)rows);
        return true;
    }
    if (f->was && has_column(have, nhave, f->was)) {
        plan_add(p, step, "renaming %s.%s to %s is not available yet; keep the old name",
            t->form->key, f->was, f->key);
        return true;
    }
    if (!rows || !f->required.on || f->computed || preset_of(p, f)) return false;
    plan_add(p, step, "%s.%s is required, but there are %lld records without it; give it a "
        "`default`, or add it without `required` first", t->form->key, f->key, (long long)rows);
    return true;
}

bool plan_added(Planner *p, const TableSpec *t, const ColumnSpec *c, const Column *have,
    int nhave, int64_t rows)
{
    const Field *f = c->field;

    if (c->beside) {
        add_key(p, t, c, has_column(have, nhave, f->name.column) ? rows : 0);
        return true;
    }
    if (refused(p, t, c, have, nhave, rows)) return true;
    PlanStep step = { .what = PLAN_COLUMN, .form = t->form->key, .field = f->key,
        .sql = spec_add_column(p->cx->a, t, c), .rows = rows };
    plan_add(p, step, "add field %s.%s (%s)", t->form->key, f->key,
        f->system ? "workflow" : f->type->name);
    if (c->kind) plan_note(p, column_note(p, t, c), column_kind(p, c));
    if (!rows) return true;
    if (f->computed && !f->serial) add_fill(p, f);
    const char *value = f->required.on || field_val(f) == VAL_BOOL ? preset_of(p, f) : NULL;
    if (!value || f->computed) return true;
    step.what = PLAN_FILL;
    step.sql = f->name.folded ? arena_printf(p->cx->a,
        "UPDATE \"%s\" SET \"%s\" = %s, \"%s__key\" = tn_fold(%s)", t->name, c->name, value,
        c->name, value) : arena_printf(p->cx->a, "UPDATE \"%s\" SET \"%s\" = %s", t->name,
        c->name, value);
    plan_add(p, step, "fill %s.%s with %s", t->form->key, f->key, value);
    return true;
}

/* Whatever reads a field that is computed anew is computed anew as well. */
void plan_fills(Planner *p)
{
    Plan *plan = p->plan;

    for (int i = 0; i < plan->nfill; i++) {
        const Field *f = plan->fill[i];
        const Form *form = f->form;
        for (int k = 0; k < form->ndepend; k++) {
            const Depend *d = &form->depend[k];
            bool hit = !d->nreads;
            for (int r = 0; !hit && r < d->nreads; r++) hit = d->reads[r] == f;
            if (hit) add_fill(p, d->into);
        }
        for (int k = 0; k < form->norder; k++) {
            const ExprRead *read;
            const Field *x = form->order[k];
            int n = x->formula ? expr_reads(x->formula, &read) : 0;
            for (int r = 0; r < n; r++)
                if (read[r].name == &f->name) add_fill(p, x);
        }
        if (form->parent)
            for (int k = 0; k < form->parent->norder; k++) {
                const ExprRead *read;
                const Field *x = form->parent->order[k];
                int n = x->formula ? expr_reads(x->formula, &read) : 0;
                for (int r = 0; r < n; r++)
                    if (read[r].name == &f->name) add_fill(p, x);
            }
    }
    for (int i = 0; i < plan->nfill; i++) {
        const Field *f = plan->fill[i];
        PlanStep step = { .what = PLAN_FILL, .form = f->form->key, .field = f->key,
            .rows = -1 };
        plan_add(p, step, "compute %s.%s", f->form->key, f->key);
    }
}
