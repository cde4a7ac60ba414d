/*
 * schema_fill.c — values for records that have none, where a plan asks for them.
 */
#include "data/schema_in.h"

#include <string.h>

bool plan_fill_read(Arena *a, const char *name, const Node *value, PlanFill *out)
{
    const char *dot = strrchr(name, '.');

    if (!dot || dot == name || !dot[1]) return false;
    char *form = arena_dup_n(a, name, (size_t)(dot - name)), *inner = strchr(form, '.');
    if (inner) *inner = '\0';
    *out = (PlanFill){ inner ? arena_printf(a, "%s__%s", form, inner + 1) : form, dot + 1, value };
    return true;
}

const char *plan_fill_name(Arena *a, const Field *f)
{
    const Form *rows = f->form;

    if (!rows->parent) return arena_printf(a, "%s.%s", rows->key, f->key);
    return arena_printf(a, "%s.%s.%s", rows->parent->key, rows->in->key, f->key);
}

static bool names(const PlanFill *x, const Field *f)
{
    return str_eq(x->form, f->form->key) && str_eq(x->field, f->key);
}

bool plan_fills_known(Planner *p)
{
    for (int i = 0; p->ask && i < p->ask->nfill; i++) {
        const PlanFill *x = &p->ask->fill[i];
        bool known = false;
        for (int k = 0; k < p->nwant && !known; k++)
            known = p->want[k]->field && names(x, p->want[k]->field);
        if (!known)
            cx_issue(p->cx, at_field(arena_printf(p->cx->a, "fill.%s.%s", x->form, x->field)),
                "unknown_field", "there is no such field");
    }
    return cx_check(p->cx);
}

/* A record that another shall lead to must be there, and stay until it is published. */
MUST static bool there(Planner *p, const Field *f, Val v, bool *found)
{
    const Moved *m = f->name.target ? plan_moved(p, f->name.target->table) : NULL;
    Sql q = sql_begin(p->cx->a, db_dialect(p->db));
    int64_t n = 0;

    *found = v.kind != VAL_REC;
    if (*found || !m) return true;
    sql_add(&q, "SELECT count(*) FROM ");
    sql_name(&q, m->was);
    sql_add(&q, " WHERE \"deleted_at\" IS NULL AND \"id\" = ");
    sql_bind(&q, val_int(v.i));
    if (!plan_count(p, &q, &n)) return false;
    *found = n > 0;
    return true;
}

MUST static bool read_given(Planner *p, const Field *f, const PlanFill *x, Val *v)
{
    Cx in = cx_begin(p->cx->a, p->cx->lang);
    Place at = at_field(arena_printf(p->cx->a, "fill.%s", plan_fill_name(p->cx->a, f)));
    bool found = true;

    if (!field_read(&in, f, x->value, p->app->zone, v) && !in.nissue) {
        cx_copy(p->cx, &in);
        return false;
    }
    if (!in.nissue && !val_is_blank(*v)) field_check(&in, f, *v);
    if (!in.nissue && !there(p, f, *v, &found)) return false;
    if (in.nissue) cx_issue(p->cx, at, in.issue[0].code, "%s", in.issue[0].text);
    else if (v->kind == VAL_LIST) cx_issue(p->cx, at, "wrong_kind", "is no single value");
    else if (!found) cx_issue(p->cx, at, "unknown_record", "there is no such record");
    else return true;
    return cx_check(p->cx);
}

bool plan_preset(Planner *p, const Field *f, const char **sql, bool *asked)
{
    const PlanAsk *ask = p->ask;
    Val v = f->preset.val;

    *sql = NULL;
    *asked = false;
    for (int i = 0; ask && i < ask->nfill; i++) {
        if (!names(&ask->fill[i], f)) continue;
        *asked = true;
        if (!read_given(p, f, &ask->fill[i], &v)) return false;
    }
    if (!*asked && (!f->preset.given || f->preset.expr)) return true;
    if (!val_is_blank(v) && v.kind != VAL_LIST) *sql = plan_literal(p, v);
    return true;
}
