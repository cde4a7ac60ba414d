/*
 * perm.c — grants of the person's roles, joined by OR: as SQL over many records, as a test of
 * one. Equal expressions of several roles stand once.
 */
#include "data/perm_in.h"
#include "data/asked.h"

bool perm_free(const Work *w)
{
    return w->as_app || w->who.admin;
}

bool perm_held(const Work *w, const Grant *g)
{
    return work_has_role(w, g->role->key);
}

bool scope_open(const Scope *s)
{
    Val v;

    if (s->kind == SCOPE_ALL) return true;
    return s->expr && expr_is_constant(s->expr, &v) && v.kind == VAL_BOOL && v.i;
}

bool perm_may(Work *w, const Form *f, Act act)
{
    if (perm_free(w)) return true;
    for (int i = 0; i < f->ngrant; i++)
        if (f->grant[i].scope[act].kind != SCOPE_NONE && perm_held(w, &f->grant[i]))
            return true;
    return false;
}

bool perm_sees(Work *w, const Form *f)
{
    return (f->approves && w->who.id) || perm_may(w, f, ACT_READ);
}

static bool may_all(Work *w, const Form *f, Act act)
{
    if (perm_free(w)) return true;
    for (int i = 0; i < f->ngrant; i++)
        if (scope_open(&f->grant[i].scope[act]) && perm_held(w, &f->grant[i])) return true;
    return false;
}

bool perm_all(Work *w, const Form *f)
{
    return may_all(w, f, ACT_READ);
}

/* own lies within department, and that within subtree: people of one's departments. */
static bool wider(ScopeKind a, ScopeKind b)
{
    return a > b && b >= SCOPE_OWN && a <= SCOPE_SUBTREE;
}

/* Does another grant of the person say the same, or more? */
static bool repeated(Work *w, const Form *f, Act act, int i)
{
    const Scope *mine = &f->grant[i].scope[act];

    for (int k = 0; k < f->ngrant; k++) {
        const Scope *s = &f->grant[k].scope[act];
        if (k == i || !s->expr || !perm_held(w, &f->grant[k])) continue;
        if (wider(s->kind, mine->kind)) return true;
        if (k < i && str_eq(expr_text(s->expr), expr_text(mine->expr))) return true;
    }
    return false;
}

bool perm_where(Work *w, const Form *f, Act act, const char *alias, Sql *out)
{
    return perm_where_but(w, f, act, alias, NULL, out);
}

bool perm_where_but(Work *w, const Form *f, Act act, const char *alias, const bool *without,
    Sql *out)
{
    int n = 0;

    if (may_all(w, f, act)) {
        sql_truth(out, true);
        return true;
    }
    bool asked = act == ACT_READ && f->approves && w->who.id;
    if (act == ACT_READ ? !perm_sees(w, f) : !perm_may(w, f, act))
        return cx_fail(&w->cx, E_DENIED, "no right to %s %s",
            i18n_text(w->cx.lang, act_name[act]), form_label(f, w->cx.lang));
    sql_add(out, "(");
    for (int i = 0; i < f->ngrant; i++) {
        const Scope *s = &f->grant[i].scope[act];
        if (!s->expr || !perm_held(w, &f->grant[i]) || repeated(w, f, act, i)) continue;
        if (without && without[i]) continue;
        ExprSql ask = { .asker = work_asker(w), .alias = alias };
        if (n++) sql_add(out, " OR ");
        sql_add(out, "(");
        if (!expr_sql(&w->cx, s->expr, &ask, out) || w->cx.err) return false;
        sql_add(out, ")");
    }
    if (asked && n) sql_add(out, " OR ");
    if (asked && !asked_where(w, f, alias, out)) return false;
    if (!n && !asked) sql_truth(out, false);
    sql_add(out, ")");
    return true;
}

bool scope_holds(Work *w, const Scope *s, const Record *r)
{
    if (s->kind == SCOPE_NONE) return false;
    if (s->kind == SCOPE_ALL) return true;
    Eval env = record_eval(w, r, NULL);
    return expr_true(s->expr, &env);
}

bool perm_on(Work *w, const Act act, const Record *r)
{
    const Form *f = r->form;

    if (may_all(w, f, act)) return true;
    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        if (perm_held(w, g) && scope_holds(w, &g->scope[act], r)) return true;
    }
    return act == ACT_READ && !w->cx.err && asked_on(w, r);
}

bool perm_on_result(Work *w, Act act, const Record *old, const Record *now)
{
    const Form *f = old->form;

    if (may_all(w, f, act)) return true;
    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        const Scope *s = &g->scope[act];
        if (!perm_held(w, g) || !scope_holds(w, s, old)) continue;
        if (s->kind != SCOPE_EXPR || scope_holds(w, s, now)) return true;
    }
    return false;
}

/* ---- why ---- */

static const char *scope_words(Arena *a, const Scope *s, Act act)
{
    static const char *const word[] = { "none", "own", "department", "subtree", "all" };
    const char *text = s->kind >= SCOPE_EXPR ? expr_text(s->expr) : word[s->kind];

    return arena_printf(a, "%s: %s", act_name[act], text);
}

bool perm_explain(Work *w, Act act, const Record *r, Because **out, int *n)
{
    const Form *f = r->form;
    int cap = 0;

    *out = NULL;
    *n = 0;
    if (w->as_app || w->who.admin) {
        Because b = { true, w->who.admin ? "admin" : NULL, NULL,
            i18n_text(w->cx.lang, w->who.admin ? "an admin has every right"
                : "the app has every right") };
        ARENA_PUSH(w->cx.a, *out, *n, cap, b);
        return true;
    }
    for (int i = 0; i < f->ngrant; i++) {
        const Grant *g = &f->grant[i];
        if (!perm_held(w, g)) continue;
        Because b = { scope_holds(w, &g->scope[act], r), g->role->key,
            scope_words(w->cx.a, &g->scope[act], act), NULL };
        if (w->cx.err) return false;
        b.text = i18n_text(w->cx.lang, b.allowed ? "this role allows it here"
            : g->scope[act].kind == SCOPE_NONE ? "this role does not allow it"
            : "this role allows it, but not for this record");
        ARENA_PUSH(w->cx.a, *out, *n, cap, b);
    }
    if (act == ACT_READ && asked_on(w, r)) {
        Because b = { true, NULL, NULL,
            i18n_text(w->cx.lang, "who is asked to approve it may read it") };
        ARENA_PUSH(w->cx.a, *out, *n, cap, b);
    }
    if (!*n) {
        Because b = { false, NULL, NULL,
            i18n_text(w->cx.lang, "no role of this person has an entry in the form") };
        ARENA_PUSH(w->cx.a, *out, *n, cap, b);
    }
    return true;
}
