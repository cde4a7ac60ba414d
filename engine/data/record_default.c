/*
 * record_default.c — what is filled in by itself: copies of a chosen record, then defaults.
 *
 * Defaults run in field order, so one may read what an earlier one gave; booleans end as false.
 */
#include "data/record_row.h"

static bool given(const Record *r, const Field *f)
{
    return r->given && r->given[f->name.index];
}

/* `fill`: a link that was chosen now brings values along, where none were given. */
MUST static bool fill(Work *w, Record *r, const Field *link)
{
    Eval env = record_eval(w, r, NULL);
    Val chosen = record_get(r, link);

    if (chosen.kind != VAL_REC) return true;
    const Record *target = env.follow(&env, &link->to->names, chosen.i);
    for (int i = 0; target && i < link->nfill; i++) {
        const Field *to = form_field(r->form, link->fill_to[i]);
        Val v;
        if (!to || given(r, to)) continue;
        if (!env.get(&env, target, &link->fill_from[i]->name, &v)) return false;
        record_set(r, to, record_fit(w, to, v));
    }
    return !w->cx.err;
}

MUST static bool preset(Work *w, Record *r, const Field *f)
{
    Val v = f->preset.val;

    if (f->preset.expr) {
        Eval env = record_eval(w, r, NULL);
        if (!expr_eval(f->preset.expr, &env, &v)) return false;
    }
    record_set(r, f, record_fit(w, f, v));
    return true;
}

MUST static bool preset_all(Work *w, Record *r)
{
    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        if (f->computed) continue;
        if (f->preset.given && !given(r, f) && val_is_blank(r->val[i]) && !preset(w, r, f))
            return false;
        if (val_is_blank(r->val[i]) && field_has_column(f) && field_val(f) == VAL_BOOL)
            r->val[i] = val_bool(false);
    }
    return true;
}

bool record_defaults(Work *w, Record *r, const Record *old)
{
    bool fresh = !record_id(r);

    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        const Field *f = r->form->field[i];
        bool chosen = f->nfill && (fresh || given(r, f)) && (!old || record_differs(r, old, f));
        if (chosen && !fill(w, r, f)) return false;
    }
    if (fresh && !preset_all(w, r)) return false;
    for (int i = 0; i < r->form->nfield; i++) {
        if (!field_is_rows(r->form->field[i]) || r->val[i].kind != VAL_LIST) continue;
        for (int k = 0; k < r->val[i].n; k++) {
            Record *row = (Record *)r->val[i].list[k].p;
            const Record *was = row ? record_row(old, r->form->field[i], record_id(row)) : NULL;
            if (row && !record_defaults(w, row, was)) return false;
        }
    }
    return true;
}
