/*
 * design_carry.c — a stored record as another version of its form has it.
 */
#include "http/design.h"
#include "data/record_row.h"

static Val carried_rows(Work *w, const Form *rows, Val v, Record *parent)
{
    Val *item = ARENA_ARRAY(w->cx.a, Val, v.n + 1);

    for (int i = 0; i < v.n; i++) {
        Record *row = design_carried(w, rows, v.list[i].p);
        row->parent = parent;
        item[i] = v.list[i];
        item[i].p = row;
    }
    return val_list(item, v.n);
}

/* The same field of another version; NULL: it has none of the same kind. */
static const Field *then(const Form *was, const Field *now)
{
    const Field *f = form_field(was, now->was ? now->was : now->key);

    if (!f && now->was) f = form_field(was, now->key);
    return f && f->type == now->type && f->value == now->value ? f : NULL;
}

Record *design_carried(Work *w, const Form *f, const Record *was)
{
    Record *r = record_new(w, f);
    r->full = true;
    for (int i = 0; i < f->nfield; i++) {
        const Field *now = f->field[i], *from = then(was->form, now);
        if (!from) continue;
        Val v = record_get(was, from);
        record_set(r, now, now->rows && v.kind == VAL_LIST ? carried_rows(w, now->rows, v, r) : v);
    }
    record_find_stage(w, r);
    return r;
}

const Field *design_unmade(const Form *f, const Form *was)
{
    for (int i = 0; i < f->nfield; i++) {
        const Field *now = f->field[i];
        if (field_is_bare(now)) continue;
        const Field *old = was ? form_field(was, now->key) : NULL;
        if (!old || old->type != now->type || old->value != now->value) return now;
        const Field *row = now->rows ? design_unmade(now->rows, old->rows) : NULL;
        if (row) return row;
    }
    return NULL;
}
