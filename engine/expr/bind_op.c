/*
 * bind_op — operators: which implementation the types of the sides ask for.
 */
#include "expr/tree.h"

static const Type number = { .kind = T_NUMBER, .decimals = -1 };
static const Type boolean = { .kind = T_BOOL, .decimals = -1 };

static bool is_moment(Type t)
{
    return t.kind == T_DATE || t.kind == T_DATETIME;
}

Term *bind_compare(Binder *b, const Part *p, const Func *f)
{
    Term *x = bind_part(b, p->arg[0]), *y = x ? bind_part(b, p->arg[1]) : NULL;
    bool order = f->doc.name[0] == '<' || f->doc.name[0] == '>';
    if (!y) return NULL;
    if ((x->type.kind == T_LIST) != (y->type.kind == T_LIST) && x->type.kind != T_ANY
        && y->type.kind != T_ANY)
        return source_issue(&b->src, p->pos, "type",
            "a list is not compared with one value: use contains or in");
    if (!term_pair(b, &x, &y)) return NULL;
    TypeKind k = x->type.kind == T_ANY ? y->type.kind : x->type.kind;
    if (order && (k == T_BOOL || k == T_LIST || k == T_RECORD))
        return source_issue(&b->src, p->pos, "type", "%s cannot be ordered",
            type_said(b->src.cx, x->type.kind == T_ANY ? y->type : x->type));
    return term_call(b, f->doc.name, boolean, p->pos, x, y);
}

static Term *ordered(Binder *b, const char *op, int pos, Term *x, Term *y)
{
    if (!term_pair(b, &x, &y)) return NULL;
    TypeKind k = x->type.kind;
    if (k == T_BOOL || k == T_LIST || k == T_RECORD)
        return source_issue(&b->src, pos, "type", "%s cannot be ordered",
            type_said(b->src.cx, x->type));
    return term_call(b, op, boolean, pos, x, y);
}

Term *bind_between(Binder *b, const Part *p, const Func *f)
{
    (void)f;
    Term *x = bind_part(b, p->arg[0]);
    Term *low = x && p->n == 3 ? bind_part(b, p->arg[1]) : NULL;
    Term *high = low ? bind_part(b, p->arg[2]) : NULL;
    if (!high) return x && p->n != 3 ? source_issue(&b->src, p->pos, "arguments",
        "between takes a value and two bounds") : NULL;
    Term *from = ordered(b, ">=", p->pos, x, low);
    Term *to = from ? ordered(b, "<=", p->pos, x, high) : NULL;
    return to ? term_call(b, "and", boolean, p->pos, from, to) : NULL;
}

/* item in list: the items as written are brought to the item's type and back. */
static Term *membership(Binder *b, int pos, Term *item, Term *list)
{
    if (item->type.kind == T_LIST)
        return source_issue(&b->src, item->pos, "type", "one value is looked for in a list");
    if (list->kind == TERM_PARAM && list->type.kind == T_LIST && is_moment(type_item(list->type))) {
        if (item->type.kind != T_ANY && !is_moment(item->type))
            return bind_mismatch(b, item->pos, "date or datetime", item->type);
        return term_call(b, "within", boolean, pos, item, list);
    }
    if (list->type.kind == T_ANY) return term_call(b, "in", boolean, pos, item, list);
    if (list->kind == TERM_LIST) {
        for (int i = 0; i < list->n; i++)
            if (!term_pair(b, &item, &list->arg[i])) return NULL;
        if (list->n && list->type.of != T_RECORD) {
            Type of;
            if (!term_unify(b, list->arg, list->n, &of)) return NULL;
            list->type = type_list(of);
        }
        return term_call(b, "in", boolean, pos, item, list);
    }
    Term *probe = term_new(b, TERM_PARAM, type_item(list->type), list->pos);
    if (!term_pair(b, &item, &probe)) return NULL;
    return term_call(b, "in", boolean, pos, item, list);
}

static Part *written(Binder *b, const char *name, int pos, Part *x, Part *y)
{
    Part *p = ARENA_NEW(b->a, Part);
    *p = (Part){ .kind = PART_CALL, .pos = pos, .name = name, .n = y ? 2 : 1, .called = !y };
    p->arg = ARENA_ARRAY(b->a, Part *, 2);
    p->arg[0] = x;
    p->arg[1] = y;
    return p;
}

/* Behind the last day of a period: what an instant is before. */
static Part *day_after(Binder *b, Part *day)
{
    Part *one = ARENA_NEW(b->a, Part);
    *one = (Part){ .kind = PART_VALUE, .pos = day->pos, .value = val_int(1) };
    return written(b, "+", day->pos, day, one);
}

/* x in period(from, to): both ends are included, an instant is judged by its date. Written as two
   comparisons, so that an index of the column serves. */
static Term *within_period(Binder *b, const Part *p)
{
    const Part *period = p->arg[1];
    Term *x = bind_part(b, p->arg[0]);
    if (!x) return NULL;
    if (period->n != 2)
        return source_issue(&b->src, period->pos, "arguments", "%s takes %d arguments", "period", 2);
    bool instant = x->type.kind == T_DATETIME;
    if (!instant && x->type.kind != T_DATE)
        return bind_mismatch(b, x->pos, "date or datetime", x->type);
    Part *first = written(b, "date", period->arg[0]->pos, period->arg[0], NULL);
    Part *last = written(b, "date", period->arg[1]->pos, period->arg[1], NULL);
    Term *low = bind_part(b, first), *high = low ? bind_part(b, instant ? day_after(b, last) : last)
        : NULL;
    Term *from = high ? ordered(b, ">=", p->pos, x, low) : NULL;
    Term *to = from ? ordered(b, instant ? "<" : "<=", p->pos, x, high) : NULL;
    return to ? term_call(b, "and", boolean, p->pos, from, to) : NULL;
}

static bool is_period(const Part *p)
{
    const Func *f = p->kind == PART_CALL && p->called ? func_find(p->name) : NULL;
    return f && f->bind == bind_period;
}

Term *bind_period(Binder *b, const Part *p, const Func *f)
{
    (void)f;
    return source_issue(&b->src, p->pos, "arguments",
        "a period stands behind `in`: closed_on in period('2026-01-01', '2026-03-31')");
}

Term *bind_in(Binder *b, const Part *p, const Func *f)
{
    (void)f;
    if (is_period(p->arg[1])) return within_period(b, p);
    Term *x = bind_part(b, p->arg[0]), *y = x ? bind_part(b, p->arg[1]) : NULL;
    if (!y) return NULL;
    if (y->type.kind != T_LIST && y->type.kind != T_ANY)
        return source_issue(&b->src, y->pos, "type",
            "in needs a list: in ['a', 'b']; for a piece of text use contains");
    return membership(b, p->pos, x, y);
}

Term *bind_contains(Binder *b, const Part *p, const Func *f)
{
    (void)f;
    if (p->n != 2)
        return source_issue(&b->src, p->pos, "arguments", "%s takes %d arguments", "contains", 2);
    Term *x = bind_part(b, p->arg[0]), *y = x ? bind_part(b, p->arg[1]) : NULL;
    if (!y) return NULL;
    if (x->type.kind == T_LIST) return membership(b, p->pos, y, x);
    if (x->type.kind != T_TEXT && x->type.kind != T_ANY)
        return bind_mismatch(b, x->pos, "text or list", x->type);
    if (y->type.kind != T_TEXT && y->type.kind != T_ANY)
        return bind_mismatch(b, y->pos, "text", y->type);
    return term_call(b, "has", boolean, p->pos, x, y);
}

Term *bind_concat(Binder *b, const Part *p, const Func *f)
{
    Term *t = term_new(b, TERM_CALL, type_plain(T_TEXT), p->pos);
    t->fn = f;
    if (!p->n)
        return source_issue(&b->src, p->pos, "arguments", "%s needs an argument", f->doc.name);
    for (int i = 0; i < p->n; i++) {
        Term *x = bind_part(b, p->arg[i]);
        if (x && x->type.kind == T_RECORD) x = bind_title_of(b, x);
        if (!x) return NULL;
        term_add(b, t, x);
    }
    return t;
}

static Term *negate(Binder *b, const Part *p, Term *x)
{
    if (x->type.kind == T_ANY) return x;
    if (x->type.kind != T_NUMBER && x->type.kind != T_DURATION)
        return bind_mismatch(b, x->pos, "number", x->type);
    if (x->kind != TERM_VALUE)
        return term_call(b, "neg", type_plain(x->type.kind), p->pos, x, NULL);
    Val v = x->value;
    if (v.kind == VAL_REAL) v.d = -v.d;
    else v.i = -v.i;
    Term *t = term_value(b, v, x->type, p->pos);
    t->literal = true;
    return t;
}

/* 4h and 4bh reach into the day: a date plus them is an instant. */
static bool is_short(const Term *d)
{
    if (d->kind != TERM_VALUE || d->value.kind != VAL_DURATION) return false;
    Unit u = (Unit)d->value.unit;
    return u == UNIT_S || u == UNIT_M || u == UNIT_H || u == UNIT_BH;
}

static Term *moment_step(Binder *b, int pos, const char *op, Term *at, Term *by)
{
    Type t = at->type;
    if (t.kind == T_DATE && is_short(by)) t = type_plain(T_DATETIME);
    return term_call(b, op, t, pos, at, by);
}

static Term *difference(Binder *b, int pos, Term *x, Term *y)
{
    if (x->type.kind == T_TIME)
        return term_call(b, "time-time", type_plain(T_DURATION), pos, x, y);
    if (x->type.kind == T_DATE && y->type.kind == T_DATE)
        return term_call(b, "day-day", number, pos, x, y);
    Term *both[] = { x, y };
    Type t;
    if (!term_unify(b, both, 2, &t)) return NULL;
    return term_call(b, "time-time", type_plain(T_DURATION), pos, both[0], both[1]);
}

static Term *wrong_sides(Binder *b, const Part *p, const Func *f, Term *x, Term *y)
{
    if (f->doc.name[0] == '+' && (x->type.kind == T_TEXT || y->type.kind == T_TEXT))
        return source_issue(&b->src, p->pos, "type", "+ adds numbers; texts are joined by &");
    return source_issue(&b->src, p->pos, "type", "%s does not fit between %s and %s",
        f->doc.name, type_said(b->src.cx, x->type), type_said(b->src.cx, y->type));
}

static Term *add_or_sub(Binder *b, const Part *p, const Func *f, Term *x, Term *y)
{
    bool plus = f->doc.name[0] == '+';
    Type d = type_plain(T_DURATION);
    if (plus && is_moment(y->type) && !is_moment(x->type)) {
        Term *swap = x;
        x = y;
        y = swap;
    }
    TypeKind kx = x->type.kind, ky = y->type.kind;
    if (is_moment(x->type) && (ky == T_NUMBER || ky == T_DURATION || ky == T_ANY))
        return moment_step(b, p->pos, plus ? "moment+" : "moment-", x, y);
    if (!plus && (is_moment(x->type) || is_moment(y->type))) {
        Term *both[] = { x, y };
        Type t;
        if (!is_moment(x->type) && !x->literal) return wrong_sides(b, p, f, x, y);
        if (!is_moment(y->type) && !y->literal) return wrong_sides(b, p, f, x, y);
        if (!term_unify(b, both, 2, &t)) return NULL;
        return difference(b, p->pos, both[0], both[1]);
    }
    if (!plus && kx == T_TIME && ky == T_TIME) return difference(b, p->pos, x, y);
    if (kx == T_DURATION && ky == T_DURATION)
        return term_call(b, plus ? "span+" : "span-", d, p->pos, x, y);
    return wrong_sides(b, p, f, x, y);
}

Term *bind_arith(Binder *b, const Part *p, const Func *f)
{
    Term *x = bind_part(b, p->arg[0]), *y = x && p->n > 1 ? bind_part(b, p->arg[1]) : NULL;
    if (!x) return NULL;
    if (p->n == 1) return negate(b, p, x);
    if (!y) return NULL;
    TypeKind kx = x->type.kind, ky = y->type.kind;
    char op = f->doc.name[0];
    if ((kx == T_NUMBER || kx == T_ANY) && (ky == T_NUMBER || ky == T_ANY))
        return term_call(b, f->doc.name, number, p->pos, x, y);
    if (op == '+' || op == '-') return add_or_sub(b, p, f, x, y);
    if (op == '*' && kx == T_NUMBER && ky == T_DURATION)
        return term_call(b, "span*", type_plain(T_DURATION), p->pos, y, x);
    if (op == '*' && kx == T_DURATION && ky == T_NUMBER)
        return term_call(b, "span*", type_plain(T_DURATION), p->pos, x, y);
    if (op == '/' && kx == T_DURATION && ky == T_NUMBER)
        return term_call(b, "span/", type_plain(T_DURATION), p->pos, x, y);
    if (op == '/' && kx == T_DURATION && ky == T_DURATION)
        return term_call(b, "span/span", number, p->pos, x, y);
    if (kx == T_LIST || ky == T_LIST)
        return source_issue(&b->src, p->pos, "type",
            "a list cannot be calculated with: use sum, sum_product or an average");
    return wrong_sides(b, p, f, x, y);
}
