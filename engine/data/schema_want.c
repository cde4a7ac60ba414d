/*
 * schema_want.c — the app as a list of forms and fields that are stored, and what a database
 * that was made before _field already has of them.
 */
#include "data/schema_in.h"
#include "data/record_row.h"

#include <string.h>

static const ColumnSpec *column_of(const Planner *p, const Field *f)
{
    for (int i = 0; i < p->spec->ntable; i++) {
        const TableSpec *t = &p->spec->table[i];
        if (t->form != f->form || (t->side && t->side != f)) continue;
        for (int k = 0; k < t->n; k++)
            if (t->column[k].field == f && t->column[k].kind) return &t->column[k];
    }
    return NULL;
}

static Want *add(Planner *p, Want w)
{
    Want *kept = ARENA_NEW(p->cx->a, Want);

    *kept = w;
    ARENA_PUSH(p->cx->a, p->want, p->nwant, p->want_cap, kept);
    return kept;
}

static void add_column(Planner *p, Want w, const ColumnSpec *c)
{
    if (!c) return;
    w.kind = c->kind;
    w.from = c->from;
    add(p, w);
}

/* Parts of a field are columns that are renamed together: each follows the `was:` of the whole. */
static void add_parts(Planner *p, Want *up, const Field *f)
{
    for (int i = 0; i < f->npart; i++) {
        const Field *x = f->part[i];
        add_column(p, (Want){ .up = up, .name = x->name.column, .was = x->was, .form = f->form,
            .field = x, .rules = plan_rules(p->cx->a, x) }, column_of(p, x));
    }
}

static void add_fields(Planner *p, Want *up)
{
    const Form *form = up->form;

    for (int i = form->nsystem; i < form->nfield; i++) {
        const Field *f = form->field[i];
        Want w = { .up = up, .name = f->key, .was = f->was, .form = form, .field = f,
            .required = f->required.on && !f->visible.expr, .rules = plan_rules(p->cx->a, f) };
        if (field_is_rows(f)) {
            w.form = f->rows;
            w.kind = "rows";
            add_fields(p, add(p, w));
        } else {
            add_column(p, w, column_of(p, f));
            add_parts(p, up, f);
        }
    }
}

void plan_wants(Planner *p)
{
    for (int i = 0; i < p->app->nform; i++) {
        const Form *f = p->app->form[i];
        add_fields(p, add(p, (Want){ .name = f->key, .was = f->was, .kind = "form", .form = f }));
    }
}

Want *plan_want(const Planner *p, const Field *f)
{
    for (int i = 0; i < p->nwant; i++)
        if (p->want[i]->field == f) return p->want[i];
    return NULL;
}

/* ---- a database without _field ---- */

MUST static bool is_there(Planner *p, const Want *w, bool *there)
{
    Column *c;
    int n;

    *there = true;
    if (!w->field) {
        *there = str_in(w->form->names.table, p->table, p->ntable);
        return true;
    }
    if (w->field->name.table) {
        *there = str_in(w->field->name.table, p->table, p->ntable);
        return true;
    }
    if (!db_columns(p->cx, p->db, w->up->form->names.table, &c, &n)) return false;
    *there = false;
    for (int i = 0; i < n; i++) *there = *there || str_eq(c[i].name, w->field->name.column);
    return true;
}

/* What its note said: "KIND" or "KIND|WHAT IT IS COMPUTED FROM". */
static const char *noted_kind(Planner *p, const Want *w)
{
    const char *note = w->field && !w->field->name.table ? plan_noted(p,
        arena_printf(p->cx->a, "%s.%s", w->up->form->names.table, w->name)) : NULL;
    const char *bar = note ? strchr(note, '|') : NULL;

    return !note ? w->kind : bar ? arena_dup_n(p->cx->a, note, (size_t)(bar - note)) : note;
}

bool plan_adopt(Planner *p)
{
    if (p->known.n) return true;
    for (int i = 0; i < p->nwant; i++) {
        Want *w = p->want[i];
        bool there;
        if (w->up && !w->up->is) continue;
        if (!is_there(p, w, &there)) return false;
        if (!there) continue;
        Known *k = ARENA_NEW(p->cx->a, Known);
        *k = (Known){ .up = w->up ? w->up->is : NULL, .name = w->name, .kind = noted_kind(p, w),
            .from = w->from, .was = w->was, .rules = w->rules, .required = w->required };
        w->is = k;
        ARENA_PUSH(p->cx->a, p->known.item, p->known.n, p->known.cap, k);
    }
    for (int i = 0; i < p->nwant; i++) p->want[i]->is = NULL;
    return true;
}
