/*
 * prove.c — three-valued truth of a bound tree.
 *
 * `and` is never true when two of its sides cannot hold together: the same thing equal to two
 * constants, or between bounds that cross. `or` is always true when the opposites of two of its
 * sides cannot. A blank makes orders false, so only = and != have an opposite.
 */
#include "expr/prove.h"
#include "expr/tree.h"

#include <string.h>

#define MOST_SIDES 64

typedef struct Known { const Prover *p; const char *status; } Known;

static Truth truth(const Known *k, const Term *t);

static bool same(const Term *x, const Term *y)
{
    if (x->kind != y->kind || x->n != y->n || x->root != y->root || x->name != y->name
        || x->fn != y->fn || x->form != y->form || x->part != y->part
        || !str_eq(x->param ? x->param : "", y->param ? y->param : "")) return false;
    if (x->kind == TERM_VALUE && (x->value.kind != y->value.kind || !val_eq(x->value, y->value)))
        return false;
    for (int i = 0; i < x->n; i++)
        if (!same(x->arg[i], y->arg[i])) return false;
    return true;
}

static const char *op_of(const Term *t)
{
    return t->kind == TERM_CALL && t->fn ? t->fn->doc.name : "";
}

static bool constant(const Known *k, const Term *t, Val *out)
{
    const int asks = FN_NOW | FN_ME | FN_OTHER | FN_REGEX | FN_PLACE;
    Val arg[8];
    if (t->kind == TERM_VALUE) {
        *out = t->value;
        return true;
    }
    if (t->kind != TERM_CALL || !t->fn->run || t->fn->flags & asks || t->n > 8) return false;
    for (int i = 0; i < t->n; i++)
        if (!constant(k, t->arg[i], &arg[i])) return false;
    Call call = { .a = k->p->a, .zone = zone_utc(), .type = t->type };
    *out = func_run(t->fn, &call, arg, t->n);
    return true;
}

/* ---- one comparison with a constant: thing, operator, constant ---- */
typedef struct Atom { const Term *thing; const char *op; Val val; const Term *list; } Atom;

static bool is_order(const char *op)
{
    return *op == '<' || *op == '>';
}

static const char *turned(const char *op)
{
    static const char *const from[] = { "<", "<=", ">", ">=" }, *const to[] = { ">", ">=", "<", "<=" };
    for (int i = 0; i < LEN(from); i++)
        if (str_eq(op, from[i])) return to[i];
    return op;
}

static bool atom(const Known *k, const Term *t, Atom *out)
{
    const char *op = op_of(t);
    bool compares = is_order(op) || str_eq(op, "=") || str_eq(op, "!=");
    if (t->n == 2 && str_eq(op, "in") && t->arg[1]->kind == TERM_LIST) {
        *out = (Atom){ t->arg[0], "in", val_blank(), t->arg[1] };
        return t->arg[0]->kind != TERM_VALUE;
    }
    if (!compares || t->n != 2) return false;
    for (int i = 0; i < 2; i++) {
        if (!constant(k, t->arg[1 - i], &out->val)) continue;
        out->thing = t->arg[i];
        out->op = i ? turned(op) : op;
        out->list = NULL;
        return out->thing->kind != TERM_VALUE;
    }
    return false;
}

static bool ordered(Val x, Val y)
{
    bool numbers = val_is_number(x) && val_is_number(y);
    return numbers || (x.kind == y.kind && x.kind != VAL_BLANK && x.kind != VAL_LIST
        && x.kind != VAL_REC && x.kind != VAL_DURATION);
}

static bool meets(const char *op, Val x, Val y)
{
    if (str_eq(op, "=")) return val_eq(x, y);
    if (str_eq(op, "!=")) return !val_eq(x, y);
    if (val_is_blank(x) || val_is_blank(y)) return false;
    if (!ordered(x, y)) return true;
    int c = value_order(x, y);
    return *op == '<' ? (op[1] ? c <= 0 : c < 0) : op[1] ? c >= 0 : c > 0;
}

static bool listed(const Known *k, const Term *list, Val v)
{
    for (int i = 0; i < list->n; i++) {
        Val one;
        if (!constant(k, list->arg[i], &one) || val_eq(one, v)) return true;
    }
    return false;
}

/* No value of the thing makes both true. */
static bool exclude(const Known *k, const Atom *x, const Atom *y)
{
    if (!same(x->thing, y->thing)) return false;
    if (str_eq(y->op, "=") && !str_eq(x->op, "=")) return exclude(k, y, x);
    if (str_eq(x->op, "="))
        return y->list ? !listed(k, y->list, x->val) : !meets(y->op, x->val, y->val);
    if (!is_order(x->op) || !is_order(y->op) || *x->op == *y->op || !ordered(x->val, y->val))
        return false;
    const Atom *low = *x->op == '>' ? x : y, *high = low == x ? y : x;
    int c = value_order(low->val, high->val);
    return c > 0 || (c == 0 && !(low->op[1] && high->op[1]));
}

static const Term *without_not(const Term *t, bool *not)
{
    *not = false;
    for (; str_eq(op_of(t), "not"); t = t->arg[0]) *not = !*not;
    return t;
}

/* Sides x and y, or their opposites: can they not hold together? */
static bool clash(const Known *k, const Term *x, const Term *y, bool opposite)
{
    bool nx, ny;
    Atom ax, ay;
    x = without_not(x, &nx);
    y = without_not(y, &ny);
    if (nx != ny && same(x, y)) return true;
    if (!atom(k, x, &ax) || !atom(k, y, &ay)) return false;
    Atom *both[] = { &ax, &ay };
    bool turn[] = { nx != opposite, ny != opposite };
    for (int i = 0; i < 2; i++) {
        if (!turn[i]) continue;
        if (str_eq(both[i]->op, "=")) both[i]->op = "!=";
        else if (str_eq(both[i]->op, "!=")) both[i]->op = "=";
        else return false;
    }
    return exclude(k, &ax, &ay);
}

static int flatten(const Term *t, const char *op, const Term **side, int n)
{
    if (!str_eq(op_of(t), op)) {
        if (n < MOST_SIDES) side[n++] = t;
        return n;
    }
    for (int i = 0; i < t->n; i++) n = flatten(t->arg[i], op, side, n);
    return n;
}

static Truth of_sides(const Known *k, const Term *t, bool all)
{
    const Term *side[MOST_SIDES];
    int n = flatten(t, all ? "and" : "or", side, 0), settled = 0;
    Truth ends = all ? TRUTH_NEVER : TRUTH_ALWAYS, idle = all ? TRUTH_ALWAYS : TRUTH_NEVER;
    if (n == MOST_SIDES) return TRUTH_OPEN;
    for (int i = 0; i < n; i++) {
        Truth one = truth(k, side[i]);
        if (one == ends) return ends;
        settled += one == idle;
    }
    if (settled == n) return idle;
    for (int i = 0; i < n; i++)
        for (int m = i + 1; m < n; m++)
            if (clash(k, side[i], side[m], !all)) return ends;
    return TRUTH_OPEN;
}

/* ---- comparisons ---- */
static bool impossible(const Known *k, const Term *thing, Val v)
{
    bool field = thing->kind == TERM_FIELD || thing->kind == TERM_GET;
    return k->p->holds && field && thing->name && v.kind == VAL_TEXT
        && !k->p->holds(k->p->ctx, thing->name, v.t);
}

static bool is_status(const Term *t)
{
    return t->kind == TERM_FIELD && t->name && t->name->kind == NAME_STAGE
        && t->part == STAGE_STATUS && t->root != ROOT_OLD;
}

static Truth of_bool(bool b)
{
    return b ? TRUTH_ALWAYS : TRUTH_NEVER;
}

static Truth of_atom(const Known *k, const Atom *a)
{
    if (k->status && is_status(a->thing))
        return of_bool(a->list ? listed(k, a->list, val_text(k->status))
            : meets(a->op, val_text(k->status), a->val));
    if (a->list) {
        Val v;
        for (int i = 0; i < a->list->n; i++)
            if (!constant(k, a->list->arg[i], &v) || !impossible(k, a->thing, v))
                return TRUTH_OPEN;
        return TRUTH_NEVER;
    }
    if (is_order(a->op)) return val_is_blank(a->val) ? TRUTH_NEVER : TRUTH_OPEN;
    if (!impossible(k, a->thing, a->val)) return TRUTH_OPEN;
    return of_bool(str_eq(a->op, "!="));
}

static Truth truth(const Known *k, const Term *t)
{
    const char *op = op_of(t);
    Atom a;
    Val v;
    if (t->type.kind != T_BOOL) return TRUTH_OPEN;
    if (constant(k, t, &v)) return of_bool(v.kind == VAL_BOOL && v.i);
    if (str_eq(op, "and") || str_eq(op, "or")) return of_sides(k, t, *op == 'a');
    if (str_eq(op, "not")) {
        Truth in = truth(k, t->arg[0]);
        return in == TRUTH_OPEN ? in : of_bool(in == TRUTH_NEVER);
    }
    bool compares = is_order(op) || str_eq(op, "=") || str_eq(op, "!=");
    if (compares && same(t->arg[0], t->arg[1])) {
        if (str_eq(op, "=") || str_eq(op, "!=")) return of_bool(*op == '=');
        return op[1] ? TRUTH_OPEN : TRUTH_NEVER;
    }
    return atom(k, t, &a) ? of_atom(k, &a) : TRUTH_OPEN;
}

Truth expr_truth(const Prover *p, const Expr *e)
{
    return expr_truth_in(p, e, NULL);
}

Truth expr_truth_in(const Prover *p, const Expr *e, const char *status)
{
    Known k = { p, status };
    return truth(&k, e->root);
}

/* ---- parts ---- */
typedef struct Doubts { Known k; Doubt *list; int n, cap; } Doubts;

static bool odd_value(Doubts *d, const Term *t)
{
    Atom a;
    Val v;
    if (!atom(&d->k, t, &a)) return false;
    for (int i = 0; i < (a.list ? a.list->n : 1); i++) {
        if (a.list ? !constant(&d->k, a.list->arg[i], &v) : (v = a.val, false)) continue;
        if (!impossible(&d->k, a.thing, v)) continue;
        Doubt one = { t->pos, truth(&d->k, t), a.thing->name, v.t };
        ARENA_PUSH(d->k.p->a, d->list, d->n, d->cap, one);
        return true;
    }
    return false;
}

static void look(Doubts *d, const Term *t, bool whole)
{
    if (odd_value(d, t)) return;
    Truth now = t->kind == TERM_CALL ? truth(&d->k, t) : TRUTH_OPEN;
    int before = d->n;
    for (int i = 0; i < t->n; i++) look(d, t->arg[i], false);
    if (now == TRUTH_OPEN || whole || d->n > before) return;
    Doubt one = { t->pos, now, NULL, NULL };
    ARENA_PUSH(d->k.p->a, d->list, d->n, d->cap, one);
}

int expr_doubts(const Prover *p, const Expr *e, Doubt **out)
{
    Doubts d = { .k = { p, NULL } };
    look(&d, e->root, true);
    *out = d.list;
    return d.n;
}

void expr_tell(Cx *cx, const Node *at, const Expr *e, int pos, const char *code,
    const char *text)
{
    const char *in = at && at->text ? strstr(at->text, e->text) : NULL;
    if (!in) {
        cx_issue(cx, node_place(at), code, "%s", text);
        return;
    }
    Source s = { .cx = cx, .at = at, .text = in };
    source_issue(&s, pos, code, "%s", text);
}
