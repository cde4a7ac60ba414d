/*
 * schema_column.c — the columns of a table that is there: kept, converted, or added.
 *
 * A field whose values become others is converted where it stands when the database stores both
 * alike; else what it holds steps aside (_old_NAME), a new place is made and filled, and the old
 * one is dropped, all in the one transaction.
 */
#include "data/schema_in.h"
#include "data/record_row.h"

#include <string.h>

void plan_references(Planner *p, const TableSpec *t, const ColumnSpec *c)
{
    const char *sql = spec_references(p->cx->a, p->spec, t, c);
    if (sql) str_printf(&p->references, ";\n%s", sql);
}

void plan_new_table(Planner *p, const TableSpec *t)
{
    PlanStep step = { .what = PLAN_TABLE, .form = t->form->key, .rows = 0,
        .field = t->side ? t->side->key : NULL, .sql = spec_create(p->cx->a, p->spec, t) };

    plan_references(p, t, NULL);
    if (t->side) plan_add(p, step, "add list %s.%s", t->form->key, t->side->key);
    else if (t->form->parent)
        plan_add(p, step, "add subform %s.%s", t->form->parent->key, t->form->in->key);
    else plan_add(p, step, "add form %s", t->form->key);
}

/* A literal as SQL, as db.h says values are stored. */
const char *plan_literal(Planner *p, Val v)
{
    Arena *a = p->cx->a;

    bool pg = db_dialect(p->db) == DIALECT_PG;

    if (v.kind == VAL_BOOL) return pg ? v.i ? "TRUE" : "FALSE" : v.i ? "1" : "0";
    if (v.kind == VAL_INT || v.kind == VAL_REC || (v.kind == VAL_DEC && !pg))
        return arena_printf(a, "%lld", (long long)v.i);
    return spec_quote(a, val_show(a, v));
}

/* FIELD__key beside a column that was there before. */
static void add_beside(Planner *p, const TableSpec *t, const ColumnSpec *c, bool new_field,
    int64_t rows)
{
    PlanStep step = { .what = PLAN_COLUMN, .form = t->form->key, .field = c->field->key,
        .sql = spec_add_column(p->cx->a, p->spec, t, c), .rows = rows };

    plan_add(p, step, "add column %s.%s", t->name, c->name);
    if (new_field || !rows || !c->field->name.folded || !str_ends(c->name, "__key")) return;
    step.what = PLAN_FILL;
    step.sql = arena_printf(p->cx->a, "UPDATE \"%s\" SET \"%s\" = tn_fold(\"%s\")", t->name,
        c->name, c->field->name.column);
    plan_add(p, step, "fill %s.%s", t->name, c->name);
}

static const char *fill_sql(Planner *p, const Field *f, const char *value, bool blank_only)
{
    const char *table = f->form->names.table, *c = f->name.column;
    const char *where = blank_only ? arena_printf(p->cx->a, " WHERE \"%s\" IS NULL", c) : "";

    return f->name.folded ? arena_printf(p->cx->a,
        "UPDATE \"%s\" SET \"%s\" = %s, \"%s__key\" = tn_fold(%s)%s", table, c, value, c, value,
        where) : arena_printf(p->cx->a, "UPDATE \"%s\" SET \"%s\" = %s%s", table, c, value,
        where);
}

static void refuse_blank(Planner *p, const Field *f, int64_t rows)
{
    PlanStep step = { .what = PLAN_REFUSED, .form = f->form->key, .field = f->key, .rows = rows,
        .fill = plan_fill_name(p->cx->a, f) };

    plan_add(p, step, "%s.%s is required, but there are %lld records without it; give it a "
        "`default`, run `tenon apply --fill %s=VALUE`, or add it without `required` first",
        f->form->key, f->key, (long long)rows, step.fill);
}

/* What the rows that are there get. */
MUST static bool fill_new(Planner *p, const Field *f, int64_t rows)
{
    PlanStep step = { .what = PLAN_FILL, .form = f->form->key, .field = f->key, .rows = rows,
        .fill = plan_fill_name(p->cx->a, f) };
    const char *value;
    bool asked;

    if (!rows) return true;
    if (f->computed) {
        if (!f->serial) plan_fill_add(p, f);
        return true;
    }
    if (!plan_preset(p, f, &value, &asked)) return false;
    bool wanted = asked || f->required.on || field_val(f) == VAL_BOOL;
    if (f->required.on && !value && !f->visible.expr && field_val(f) != VAL_BOOL)
        refuse_blank(p, f, rows);
    if (!value || !wanted) return true;
    step.sql = fill_sql(p, f, value, false);
    plan_add(p, step, "fill %s.%s with %s", f->form->key, f->key, value);
    return true;
}

MUST static bool add_column(Planner *p, const TableSpec *t, const ColumnSpec *c, int64_t rows)
{
    const Field *f = c->field;
    const Want *w = f ? plan_want(p, f) : NULL;
    PlanStep step = { .what = PLAN_COLUMN, .form = t->form->key, .field = f ? f->key : NULL,
        .sql = spec_add_column(p->cx->a, p->spec, t, c), .rows = rows };

    plan_references(p, t, c);
    if (w && w->is) {
        plan_add(p, step, "add column %s.%s (%s)", t->name, c->name, f->type->name);
        return true;
    }
    plan_add(p, step, "add field %s.%s (%s)", t->form->key, f->key,
        f->system ? "workflow" : f->type->name);
    return f->system || fill_new(p, f, rows);
}

bool plan_columns(Planner *p, const TableSpec *t, const Moved *m)
{
    int64_t rows = -1;

    for (int i = 0; i < t->n; i++) {
        const ColumnSpec *c = &t->column[i];
        if (moved_column(m, c->name)) continue;
        if (rows < 0 && !plan_rows(p, m->was, &rows)) return false;
        bool new_field = c->field && !moved_column(m, c->field->name.column);
        if (c->beside) add_beside(p, t, c, new_field, rows);
        else if (!add_column(p, t, c, rows)) return false;
    }
    return true;
}

/* ---- conversions ---- */

static void drop(Planner *p, const Want *w)
{
    Arena *a = p->cx->a;
    const char *aside = plan_aside(a, w->is), *up = known_table(a, w->now->up);
    PlanStep step = { .what = PLAN_DROP, .form = w->form->key, .field = w->name, .rows = -1 };

    if (str_starts(w->is->kind, "list")) {
        step.sql = arena_printf(a, "DROP TABLE \"%s__%s\"", up, aside);
        plan_add(p, step, "drop the old list of %s.%s", w->form->key, w->name);
        return;
    }
    const Moved *m = plan_moved(p, up);
    for (int i = 0; m && i < m->n; i++) {
        const char *column = m->column[i].name;
        size_t n = strlen(aside);
        if (strncmp(column, aside, n) || (column[n] && strncmp(column + n, "__", 2))) continue;
        step.sql = arena_printf(a, "ALTER TABLE \"%s\" DROP COLUMN \"%s\"", up, column);
        plan_add(p, step, "drop the old column of %s.%s", w->form->key, w->name);
    }
}

static Convert *convert_of(Planner *p, const Want *w)
{
    Arena *a = p->cx->a;
    const Known *k = w->is;
    bool list = str_starts(k->kind, "list"), reshaped = plan_reshapes(p, w);
    const char *up = known_table(a, w->now->up);
    const char *place = reshaped ? plan_aside(a, k) : known_place(a, w->now);
    Convert *c = ARENA_NEW(a, Convert);

    *c = (Convert){ .field = w->field, .kind = plan_kind(p, w), .reshaped = reshaped,
        .table = list ? arena_printf(a, "%s__%s", up, place) : up,
        .column = list ? NULL : place,
        .table_was = list ? known_table(a, k) : known_table(a, k->up),
        .column_was = list ? NULL : known_place(a, k) };
    return c;
}

/* Values that name records of a form whose own columns change are counted when it runs. */
static bool countable(const Planner *p, const Convert *c)
{
    const Names *to = c->field->name.target;
    const Moved *m = to ? plan_moved(p, to->table) : NULL;

    if (strstr(c->kind, " to ")) return false;
    if (!to) return true;
    for (int i = 0; m && i < m->n; i++)
        if (!str_eq(m->column[i].name, m->column_was[i])) return false;
    return m && str_eq(m->was, m->now);
}

MUST static bool add_convert(Planner *p, const Want *w)
{
    PlanStep step = { .what = PLAN_CONVERT, .form = w->form->key, .field = w->name, .rows = -1,
        .convert = convert_of(p, w) };
    Convert *c = step.convert;

    if (str_in(c->table_was, p->table, p->ntable) && countable(p, c)) {
        if (!convert_count(p->cx, p->db, p->app, c)) return false;
        step.rows = c->rows;
    } else c->lost = -1;
    plan_add(p, step, "convert %s.%s from %s to %s", w->form->key, w->name, c->kind, w->kind);
    if (c->reshaped) drop(p, w);
    plan_changed(p, w->field);
    if (!c->lost || (c->lost < 0 && convert_takes_all(w->field))) return true;
    p->plan->loses = true;
    step = (PlanStep){ .what = PLAN_LOSS, .form = w->form->key, .field = w->name, .convert = c,
        .rows = c->lost };
    if (c->lost < 0) plan_add(p, step, "values of %s.%s that name no record are kept in "
        "_unconverted", w->form->key, w->name);
    else plan_add(p, step, "%lld values of %s.%s do not convert exactly; they are kept in "
        "_unconverted", (long long)c->lost, w->form->key, w->name);
    return true;
}

static void refuse_convert(Planner *p, const Want *w, const char *was)
{
    PlanStep step = { .what = PLAN_REFUSED, .form = w->form->key, .field = w->name, .rows = -1 };

    plan_add(p, step, "%s.%s: %s cannot become %s; keep the type, or remove the field and add "
        "another one under a new name", w->form->key, w->name, was, w->kind);
}

/* One value in one place, before and after: not so where a type has parts. */
static bool single(Planner *p, const Want *w)
{
    const char *up = known_table(p->cx->a, w->now->up);
    bool side = str_starts(w->is->kind, "list");
    const char *place = plan_reshapes(p, w) ? plan_aside(p->cx->a, w->is)
        : known_place(p->cx->a, w->now);

    if (!field_has_column(w->field) && !field_is_list(w->field)) return false;
    return side || moved_column(plan_moved(p, up), place) != NULL;
}

/* Computed values are computed anew, into a new place when the old one does not fit. */
static void recompute(Planner *p, const Want *w, const char *was)
{
    bool same = str_eq(was, w->kind);

    if (!same && plan_reshapes(p, w)) drop(p, w);
    if (same && plan_same_source(p, w->is->from, w->from) && !w->is->retired) return;
    if (!w->field->serial) plan_fill_add(p, w->field);
}

bool plan_converts(Planner *p)
{
    for (int i = 0; i < p->nwant; i++) {
        const Want *w = p->want[i];
        if (!w->is || !w->field || str_eq(w->kind, "rows")) continue;
        const char *was = plan_kind(p, w);
        if (w->field->computed) recompute(p, w, was);
        else if (convert_idle(was, w->kind)) continue;
        else if (!convert_sensible(was, w->field) || !single(p, w)) refuse_convert(p, w, was);
        else if (!add_convert(p, w)) return false;
    }
    return true;
}
