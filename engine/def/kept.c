/*
 * kept.c — see kept.h. Computed fields are followed to what they read.
 */
#include "def/kept.h"

static const Role *kept_from(const Field *x, int depth);

static const Role *kept_in(const Expr *e, int depth)
{
    const ExprRead *read;
    int n = e ? expr_reads(e, &read) : 0;
    for (int i = 0; i < n; i++) {
        const Role *role = read[i].name->field ? kept_from(read[i].name->field, depth) : NULL;
        if (role) return role;
    }
    return NULL;
}

static const Role *kept_from(const Field *x, int depth)
{
    const Form *f = x->form;
    for (int i = 0; f && i < f->ngrant; i++)
        for (int k = 0; k < f->grant[i].nright; k++) {
            const FieldRight *r = &f->grant[i].right[k];
            if (r->field == x && (r->read || r->right >= RIGHT_MASKED)) return f->grant[i].role;
        }
    if (depth > 8) return NULL;
    if (x->via && x->source) return kept_from(x->source, depth + 1);
    const Role *role = kept_in(x->formula, depth + 1);
    return role ? role : kept_in(x->do_, depth + 1);
}

const Role *field_kept(const Field *x)
{
    return kept_from(x, 0);
}
