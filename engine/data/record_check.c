/*
 * record_check.c — all conditions on the values of a record, told at once.
 *
 * A bound is asked of new values only: a definition that became stricter must not stop people
 * from changing another field of an old record. The same holds for a field that was blank and
 * required before. `check` and the form's `checks` are always asked.
 */
#include "data/record_check.h"
#include "data/people_check.h"
#include "data/record_pick.h"
#include "data/record_row.h"

#include <stdlib.h>
#include <string.h>

bool flag_holds(Eval *env, const Flag *flag)
{
    return flag->expr ? expr_true(flag->expr, env) : flag->on;
}

static bool is_blank(const Record *r, const Field *f)
{
    return val_is_blank(record_get(r, f));
}

/* Nobody can fill in what is not shown: the field itself, or the part of the form around it. */
static bool is_shown(Eval *env, const Field *f)
{
    const Expr *around = f->section ? f->section->visible : NULL;
    return flag_holds(env, &f->visible) && (!around || expr_true(around, env));
}

/* What the record was: stage and values are those of `old`. */
static bool was_required_and_blank(Work *w, const Record *old, const Field *f)
{
    if (!old || !is_blank(old, f)) return false;
    Eval env = record_eval(w, old, old);
    return is_shown(&env, f) && flag_holds(&env, &f->required);
}

static void check_required(Work *w, Eval *env, const Record *r, const Record *old,
    const Field *f)
{
    bool given = r->given && r->given[f->name.index];

    if (!f->required.on && !f->required.expr) return;
    if (!is_shown(env, f) || !flag_holds(env, &f->required)) return;
    if (!given && was_required_and_blank(w, old, f)) return;
    cx_issue(&w->cx, at_field(f->key), "required", "is required");
}

static void check_own(Work *w, Eval *env, const Record *r, const Field *f)
{
    if (!f->check || expr_true(f->check, env) || w->cx.err) return;
    const char *said = label_show(&f->message, w->cx.lang, NULL);
    if (said) cx_issue(&w->cx, at_field(f->key), "check", "%s", said);
    else cx_issue(&w->cx, at_field(f->key), "check", "is not allowed here");
    (void)r;
}

static void check_row_count(Work *w, const Field *f, Val v)
{
    int n = v.kind == VAL_LIST ? v.n : 0;

    if (n < f->min_rows)
        cx_issue(&w->cx, at_field(f->key), "min_rows", "needs at least %d rows", f->min_rows);
    if (f->max_rows && n > f->max_rows)
        cx_issue(&w->cx, at_field(f->key), "max_rows", "takes at most %d rows", f->max_rows);
}

/* A row's unique value as its table would compare it. */
typedef struct Mark { const char *key; int row; } Mark;

static const char *mark_of(Work *w, const Record *row, const Field *f)
{
    Val v = record_get(row, f), in = f->within ? record_get(row, f->within) : val_blank();
    const char *text = val_is_blank(v) ? NULL : val_show(w->cx.a, v);

    if (!text) return NULL;
    if (f->name.folded) text = str_fold(w->cx.a, text);
    return f->within ? arena_printf(w->cx.a, "%s\n%s", val_show(w->cx.a, in), text) : text;
}

static int by_key(const void *a, const void *b)
{
    const Mark *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : x->row - y->row;
}

static void check_row_unique(Work *w, const Field *rows, const Field *f, Val v)
{
    Mark *mark = ARENA_ARRAY(w->cx.a, Mark, v.n + 1);
    int n = 0;

    for (int i = 0; i < v.n; i++) {
        const char *key = mark_of(w, v.list[i].p, f);
        if (key) mark[n++] = (Mark){ key, i };
    }
    if (n) qsort(mark, (size_t)n, sizeof *mark, by_key);
    for (int i = 1; i < n; i++)
        if (str_eq(mark[i].key, mark[i - 1].key))
            cx_issue(&w->cx, at_field(arena_printf(w->cx.a, "%s.%d.%s", rows->key,
                mark[i].row, f->key)), "unique", "stands in another row too");
}

static bool check_fields(Work *w, Record *r, const Record *old);

static bool check_rows(Work *w, const Record *r, const Record *old, const Field *f)
{
    Val v = record_get(r, f);

    if (!old || record_differs(r, old, f)) check_row_count(w, f, v);
    if (v.kind != VAL_LIST) return true;
    for (int i = 0; i < v.n; i++) {
        Record *row = (Record *)v.list[i].p;
        int before = w->cx.nissue;
        if (!check_fields(w, row, record_row(old, f, record_id(row)))) return false;
        for (int k = before; k < w->cx.nissue; k++) {
            const char *field = w->cx.issue[k].at.field;
            w->cx.issue[k].at.field = arena_printf(w->cx.a, "%s.%d.%s", f->key, i,
                field ? field : "");
        }
    }
    for (int i = f->rows->nsystem; i < f->rows->nfield; i++)
        if (f->rows->field[i]->unique) check_row_unique(w, f, f->rows->field[i], v);
    return true;
}

static bool check_field(Work *w, Record *r, const Record *old, const Field *f, Eval *env)
{
    if (field_is_rows(f)) {
        if (!check_rows(w, r, old, f)) return false;
        if (is_blank(r, f)) check_required(w, env, r, old, f);
        return true;
    }
    if (is_blank(r, f)) {
        check_required(w, env, r, old, f);
        return !w->cx.err;
    }
    if (!f->computed) {
        field_check(&w->cx, f, record_new_part(w, r, old, f));
        if (!record_pick(w, r, old, f)) return false;
    }
    check_own(w, env, r, f);
    return !w->cx.err;
}

static bool check_fields(Work *w, Record *r, const Record *old)
{
    Eval env = record_eval(w, r, old);

    for (int i = r->form->nsystem; i < r->form->nfield; i++)
        if (!check_field(w, r, old, r->form->field[i], &env)) return false;
    return !w->cx.err;
}

static void check_form(Work *w, const Record *r, const Record *old)
{
    Eval env = record_eval(w, r, old);

    for (int i = 0; i < r->form->ncheck && !w->cx.err; i++) {
        const Check *c = &r->form->check[i];
        if (expr_true(c->that, &env) || w->cx.err) continue;
        const char *said = label_show(&c->message, w->cx.lang, NULL);
        Place at = { 0 };
        for (int k = 0; k < (c->nfield ? c->nfield : 1); k++) {
            if (c->nfield) at = at_field(c->field[k]->key);
            if (said) cx_issue(&w->cx, at, "check", "%s", said);
            else cx_issue(&w->cx, at, "check", "is not allowed: %s", expr_text(c->that));
        }
    }
}

bool record_check(Work *w, Record *r, const Record *old)
{
    int before = w->cx.nissue;

    if (!check_fields(w, r, old)) return false;
    check_form(w, r, old);
    if (w->cx.err || !people_check(w, r, old)) return false;
    return !w->cx.err && w->cx.nissue == before;
}
