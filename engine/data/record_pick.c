/*
 * record_pick.c — each value by itself, against the condition of its field.
 */
#include "data/record_pick.h"
#include "data/option.h"
#include "data/record_row.h"

Val record_new_part(Work *w, const Record *r, const Record *old, const Field *f)
{
    Val now = record_get(r, f), was = old ? record_get(old, f) : val_blank();
    int n = 0;

    if (now.kind != VAL_LIST || !field_is_list(f))
        return old && !record_differs(r, old, f) ? val_blank() : now;
    Val *item = ARENA_ARRAY(w->cx.a, Val, now.n);
    for (int i = 0; i < now.n; i++) {
        bool known = false;
        for (int k = 0; was.kind == VAL_LIST && k < was.n && !known; k++)
            known = val_eq(was.list[k], now.list[i]);
        if (!known) item[n++] = now.list[i];
    }
    return val_list(item, n);
}

static bool moved(const Record *r, const Record *old, const Field *x)
{
    return record_differs(r, old, x) && !val_is_blank(record_get(r, x));
}

/* Has what the condition reads by `this.` another value now? Emptied, it chooses nothing. */
static bool asks_again(const Record *r, const Record *old, const Expr *e)
{
    const ExprRead *read;
    int n = e && old ? expr_reads(e, &read) : 0;

    for (int i = 0; i < n; i++) {
        const Field *x = read[i].name->field;
        if (read[i].self && !read[i].npath && x && x->form == r->form && moved(r, old, x))
            return true;
    }
    return false;
}

MUST static bool pick_one(Work *w, const Record *r, const Field *f, const Expr *pick, Val v)
{
    Eval env = record_eval(w, r, NULL);

    if (v.kind != VAL_REC) return true;
    const Record *target = env.follow(&env, &f->to->names, v.i);
    if (w->cx.err) return false;
    if (!target) return true;                  /* gone meanwhile: the link keeps its id */
    env.record = target;
    env.self = r;
    if (!expr_true(pick, &env) && !w->cx.err)
        cx_issue(&w->cx, at_field(f->key), "not_offered", "cannot be chosen here");
    return !w->cx.err;
}

static void hang(Work *w, const Record *r, const Field *f, const char *value)
{
    const Option *o = field_option(f, value);

    if (o && !option_fits(o, record_get(r, f->option_by)))
        cx_issue(&w->cx, at_field(f->key), "not_offered", "`%s` does not go with %s",
            label_show(&o->label, w->cx.lang, value), field_label(f->option_by, w->cx.lang));
}

MUST static bool from_records(Work *w, const Record *r, const Field *f, const char *value)
{
    bool yes;

    if (f->other) return true;
    if (!option_offered(w, f, r, value, &yes)) return false;
    if (!yes) cx_issue(&w->cx, at_field(f->key), "no_option", "has no option `%s`", value);
    return true;
}

MUST static bool one(Work *w, const Record *r, const Field *f, Val v)
{
    const Expr *pick = f->pick ? f->pick : f->among;

    if (pick && f->to) return pick_one(w, r, f, pick, v);
    if (f->option_by && v.kind == VAL_TEXT) hang(w, r, f, v.t);
    if (f->option_form && v.kind == VAL_TEXT) return from_records(w, r, f, v.t);
    return true;
}

bool record_pick(Work *w, const Record *r, const Record *old, const Field *f)
{
    const Expr *pick = f->pick ? f->pick : f->among;

    if (!(pick && f->to) && !f->option_by && !f->option_form) return true;
    bool again = asks_again(r, old, pick) || asks_again(r, old, f->option_filter)
        || (old && f->option_by && moved(r, old, f->option_by));
    Val v = again ? record_get(r, f) : record_new_part(w, r, old, f);
    int before = w->cx.nissue;
    if (v.kind != VAL_LIST) return one(w, r, f, v);
    for (int i = 0; i < v.n && w->cx.nissue == before; i++)
        if (!one(w, r, f, v.list[i])) return false;
    return true;
}
