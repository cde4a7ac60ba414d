/*
 * record.c — values by position, copies and comparison.
 */
#include "data/record.h"
#include "data/record_row.h"

#include <string.h>

Record *record_new(Work *w, const Form *f)
{
    Record *r = ARENA_NEW(w->cx.a, Record);

    r->form = f;
    r->val = ARENA_ARRAY(w->cx.a, Val, f->nfield);
    r->given = ARENA_ARRAY(w->cx.a, bool, f->nfield);
    r->full = true;
    return r;
}

/* Rows are copied too, for a rule or an input may change them in place. */
static Val copy_rows(Work *w, Record *owner, Val v)
{
    if (v.kind != VAL_LIST) return v;
    Val *items = ARENA_ARRAY(w->cx.a, Val, v.n);
    for (int i = 0; i < v.n; i++) {
        items[i] = v.list[i];
        if (!items[i].p) continue;
        Record *row = record_copy(w, items[i].p);
        row->parent = owner;
        items[i].p = row;
    }
    v.list = items;
    return v;
}

Record *record_copy(Work *w, const Record *r)
{
    Record *c = ARENA_NEW(w->cx.a, Record);
    size_t n = (size_t)r->form->nfield;

    *c = *r;
    c->found_by = 0;
    c->val = ARENA_ARRAY(w->cx.a, Val, n);
    memcpy(c->val, r->val, n * sizeof *c->val);
    if (r->given) {
        c->given = ARENA_ARRAY(w->cx.a, bool, n);
        memcpy(c->given, r->given, n);
    }
    for (int i = 0; i < r->form->nfield; i++)
        if (field_is_rows(r->form->field[i]))
            c->val[i] = copy_rows(w, c, c->val[i]);
    return c;
}

int64_t record_id(const Record *r)
{
    Val v = r->val[SYS_ID];                   /* ROW_ID is 0 as well */
    return val_is_blank(v) ? 0 : v.i;
}

int64_t record_version(const Record *r)
{
    Val v = r->form->parent ? val_blank() : r->val[SYS_VERSION];
    return val_is_blank(v) ? 0 : v.i;
}

Val record_get(const Record *r, const Field *f)
{
    BUG_IF(f->form != r->form);
    Val v = r->val[f->name.index];
    if (f->whole) return v.kind == VAL_LIST ? v.list[f->name.nth] : val_blank();
    return v;
}

void record_set(Record *r, const Field *f, Val v)
{
    BUG_IF(f->form != r->form);
    if (!field_is_list(f) && !field_is_rows(f)) r->found_by = 0;
    r->val[f->name.index] = v;
}

Val record_value(const Record *r, const char *key)
{
    const Field *f = form_field(r->form, key);
    return f ? record_get(r, f) : val_blank();
}

static bool text_as_typed_differs(Val a, Val b)
{
    if (a.kind != VAL_TEXT || b.kind != VAL_TEXT || a.p == b.p) return false;
    return !str_eq(a.p ? a.p : a.t, b.p ? b.p : b.t);
}

static bool rows_differ(Val a, Val b)
{
    int na = a.kind == VAL_LIST ? a.n : 0, nb = b.kind == VAL_LIST ? b.n : 0;
    if (na != nb) return true;
    for (int i = 0; i < na; i++) {
        const Record *x = a.list[i].p, *y = b.list[i].p;
        if (!x || !y || record_id(x) != record_id(y) || !record_id(x)) return true;
        for (int k = ROW_COUNT; k < x->form->nfield; k++)
            if (record_differs(x, y, x->form->field[k])) return true;
    }
    return false;
}

const Record *record_row(const Record *r, const Field *rows, int64_t id)
{
    Val v = r ? record_get(r, rows) : val_blank();

    for (int i = 0; id && v.kind == VAL_LIST && i < v.n; i++)
        if (v.list[i].i == id) return v.list[i].p;
    return NULL;
}

bool record_differs(const Record *a, const Record *b, const Field *f)
{
    Val x = record_get(a, f), y = record_get(b, f);

    if (field_is_rows(f)) return rows_differ(x, y);
    return !val_eq(x, y) || text_as_typed_differs(x, y);
}
