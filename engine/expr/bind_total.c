/*
 * bind_total — sum, min, count …: over values, over lists, and over the rows of a query.
 *
 * Where rows are gathered (rollups, charts) a total of one plain value runs over the rows.
 */
#include "expr/tree.h"
#include <stdlib.h>
#include <string.h>

static const Type number = { .kind = T_NUMBER, .decimals = -1 };

static Type item_or_self(Type t)
{
    return t.kind == T_LIST ? type_item(t) : t;
}

/* Texts as written follow the others: max(day, '2026-01-01'). */
static bool dated_texts(Binder *b, Term *t, Type *out)
{
    for (int i = 0; i < t->n; i++) {
        if (!t->arg[i]->literal || t->arg[i]->type.kind != T_TEXT) continue;
        if (out->kind == T_ANY) *out = t->arg[i]->type;
        Term *x = term_coerce(b, t->arg[i], *out);
        if (!x) {
            bind_mismatch(b, t->arg[i]->pos, type_show(b->a, *out), t->arg[i]->type);
            return false;
        }
        t->arg[i] = x;
    }
    return true;
}

/* One type for all items; numbers of several exact scales keep the finest. */
static bool total_type(Binder *b, Term *t, Type *out)
{
    *out = type_plain(T_ANY);
    for (int i = 0; i < t->n; i++) {
        Type x = item_or_self(t->arg[i]->type);
        if (x.kind == T_ANY || (t->arg[i]->literal && x.kind == T_TEXT)) continue;
        if (out->kind == T_ANY) {
            *out = x;
        } else if (out->kind != x.kind) {
            bind_mismatch(b, t->arg[i]->pos, type_show(b->a, *out), x);
            return false;
        } else if (x.kind == T_NUMBER && out->decimals >= 0) {
            out->decimals = x.decimals < 0 ? -1
                : x.decimals > out->decimals ? x.decimals : out->decimals;
        }
    }
    return dated_texts(b, t, out);
}

static Term *typed_total(Binder *b, Term *t)
{
    const char *fn = t->fn->doc.name;
    Type x;
    bool least = str_eq(fn, "min") || str_eq(fn, "max");
    if (str_eq(fn, "count") || str_eq(fn, "count_if")) {
        t->type = number;
        return t;
    }
    if (!total_type(b, t, &x)) return NULL;
    if (x.kind == T_ANY) x = number;
    if (x.kind != T_NUMBER && x.kind != T_DURATION
        && !(least && (x.kind == T_DATE || x.kind == T_DATETIME || x.kind == T_TIME
            || x.kind == T_TEXT)))
        return bind_mismatch(b, t->n ? t->arg[0]->pos : t->pos, least ? "number or date"
            : "number", x);
    t->type = str_eq(fn, "average") && x.kind == T_NUMBER ? number : x;
    return t;
}

/* Over the rows of the query. */
static Term *bind_group(Binder *b, const Part *p, const Func *f, bool *ordinary)
{
    Term *t = term_new(b, TERM_GROUP, number, p->pos);
    int loose = b->loose;
    t->fn = f;
    *ordinary = false;
    if (b->in_group)
        return source_issue(&b->src, p->pos, "nested", "a total of a total");
    if (p->n) {
        b->in_group = true;
        Term *x = bind_part(b, p->arg[0]);
        b->in_group = false;
        if (!x) return NULL;
        if (x->type.kind == T_LIST) {
            *ordinary = true;
            b->loose = loose;
            return NULL;
        }
        if (str_eq(f->doc.name, "count_if") && x->type.kind != T_BOOL)
            return bind_mismatch(b, x->pos, "boolean", x->type);
        term_add(b, t, x);
    }
    t->here = true;
    b->grouped = true;
    return typed_total(b, t);
}

static bool gathers(const Binder *b)
{
    return (b->where->use & USE_AGGREGATE) && !b->in_other && !b->in_each;
}

Term *bind_total(Binder *b, const Part *p, const Func *f)
{
    bool ordinary = true;
    if (gathers(b) && (p->n == 1 || (p->n == 0 && str_eq(f->doc.name, "count")))) {
        Term *group = bind_group(b, p, f, &ordinary);
        if (group || !ordinary) return group;
    }
    if (!p->n)
        return source_issue(&b->src, p->pos, "arguments", "%s takes (%s)", f->doc.name,
            f->doc.args);
    Term *t = term_new(b, TERM_CALL, number, p->pos);
    t->fn = f;
    for (int i = 0; i < p->n; i++) {
        Term *x = bind_part(b, p->arg[i]);
        if (!x) return NULL;
        term_add(b, t, x);
    }
    return typed_total(b, t);
}

/* '>3' as operator and value of the items' type. */
static Term *criterion(Binder *b, const Part *p, Term *list, const char **op)
{
    static const char *const ops[] = { ">=", "<=", "<>", "!=", "=", ">", "<" };
    Term *x = bind_part(b, p), *item = term_new(b, TERM_PARAM, type_item(list->type), p->pos);
    if (!x) return NULL;
    *op = "=";
    const char *text = x->literal && x->value.kind == VAL_TEXT ? x->value.t : "";
    for (int i = 0; i < LEN(ops); i++) {
        if (!str_starts(text, ops[i])) continue;
        *op = str_eq(ops[i], "<>") ? "!=" : ops[i];
        text = str_trim(b->a, text + strlen(ops[i]));
        if (item->type.kind == T_NUMBER) {
            char *end;
            double d = strtod(text, &end);
            if (end == text || *end)
                return source_issue(&b->src, p->pos, "type", "%s is no %s", text, "number");
            x = term_value(b, val_real(d), number, p->pos);
        } else {
            x = term_value(b, val_text(text), type_plain(T_TEXT), p->pos);
        }
        x->literal = true;
        break;
    }
    return term_pair(b, &item, &x) ? x : NULL;
}

/* The list whose items are judged, as a list of booleans; rows may name their own fields. */
static Term *judged(Binder *b, const Part *p, Term *list)
{
    Type yes = type_plain(T_BOOL);
    if (list->type.of == T_RECORD && list->type.form) {
        Term *inner = bind_inside(b, p, list->type.form, false);
        if (!inner) return NULL;
        if (inner->type.kind != T_BOOL) return bind_mismatch(b, inner->pos, "boolean",
            inner->type);
        Term *each = term_new(b, TERM_EACH, type_list(yes), p->pos);
        term_add(b, each, list);
        term_add(b, each, inner);
        return each;
    }
    const char *op;
    Term *value = criterion(b, p, list, &op);
    if (!value) return NULL;
    Term *t = term_call(b, "where", type_list(yes), p->pos, list,
        term_value(b, val_text(op), type_plain(T_TEXT), p->pos));
    term_add(b, t, value);
    return t;
}

/* What is summed: the third argument of the rows that meet the condition, or the list. */
static Term *chosen(Binder *b, const Part *p, Term *list, Term *hits)
{
    Term *values = list;
    if (p->n > 2 && list->type.of == T_RECORD && list->type.form) {
        Term *inner = bind_inside(b, p->arg[2], list->type.form, false);
        if (!inner) return NULL;
        values = term_new(b, TERM_EACH, type_list(inner->type), p->arg[2]->pos);
        term_add(b, values, list);
        term_add(b, values, inner);
    } else if (p->n > 2) {
        values = bind_part(b, p->arg[2]);
    }
    if (!values) return NULL;
    if (values->type.kind != T_LIST || values->type.of != T_NUMBER)
        return bind_mismatch(b, values->pos, "list of number", values->type);
    return term_call(b, "keep", values->type, p->pos, values, hits);
}

Term *bind_total_if(Binder *b, const Part *p, const Func *f)
{
    bool count = str_eq(f->doc.name, "count_if"), ordinary = true;
    if (gathers(b) && count && p->n == 1) return bind_group(b, p, f, &ordinary);
    if (p->n < 2 || p->n > (count ? 2 : 3))
        return source_issue(&b->src, p->pos, "arguments", "%s takes (%s)", f->doc.name,
            f->doc.args);
    Term *list = bind_part(b, p->arg[0]);
    if (!list) return NULL;
    if (list->type.kind != T_LIST) return bind_mismatch(b, list->pos, "list", list->type);
    Term *hits = judged(b, p->arg[1], list);
    if (hits && !count) hits = chosen(b, p, list, hits);
    if (!hits) return NULL;
    Term *t = term_new(b, TERM_CALL, number, p->pos);
    t->fn = f;
    term_add(b, t, hits);
    return typed_total(b, t);
}

Term *bind_pick(Binder *b, const Part *p, const Func *f)
{
    if (p->n != 2)
        return source_issue(&b->src, p->pos, "arguments", "%s takes (%s)", f->doc.name,
            f->doc.args);
    Term *list = bind_part(b, p->arg[0]), *k = list ? bind_as(b, p->arg[1], number) : NULL;
    if (!k) return NULL;
    if (list->type.kind != T_LIST) return bind_mismatch(b, list->pos, "list", list->type);
    if (list->type.of == T_RECORD || list->type.of == T_BOOL)
        return bind_mismatch(b, list->pos, "list of number", list->type);
    Term *t = term_new(b, TERM_CALL, type_item(list->type), p->pos);
    t->fn = f;
    term_add(b, t, list);
    term_add(b, t, k);
    return t;
}
