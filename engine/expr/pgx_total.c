/*
 * pgx_total — sum, min, count … of values and lists on PostgreSQL: all of them as one array.
 * Exact numbers and computed ones are added apart, as C does.
 */
#include "expr/pgx.h"
#include <string.h>

static void add(Emit *e, const char *text)
{
    sql_add_n(e->q, text, strlen(text));
}

static Type item_of(Type t)
{
    return t.kind == T_LIST ? type_item(t) : t;
}

static bool is_exact(Type t)
{
    return t.kind != T_NUMBER || t.decimals >= 0;
}

/* The arguments, or only the exact ones (1), the computed ones (0), as one array of that type. */
static bool one_array(Emit *e, const Term *t, Type item, int exact)
{
    int n = 0;
    Type list = type_list(item);
    for (int i = 0; i < t->n; i++) {
        const Term *x = t->arg[i];
        if (exact >= 0 && is_exact(item_of(x->type)) != exact) continue;
        if (n++) sql_add(e->q, " || ");
        if (x->type.kind == T_LIST) {
            if (!pgx_term_as(e, x, list)) return false;
            continue;
        }
        sql_add(e->q, "ARRAY[");
        if (!pgx_term_as(e, x, item)) return false;
        sql_add(e->q, "]");
    }
    if (!n && item.decimals >= 0) sql_add(e->q, "NULL::numeric[]");
    else if (!n) sql_add(e->q, "NULL::double precision[]");
    return true;
}

static bool added(Emit *e, const Term *t, const char *fn)
{
    bool numbers = t->type.kind == T_NUMBER, computed = false;
    Type exact = { .kind = T_NUMBER, .decimals = 0 };
    for (int i = 0; i < t->n; i++) computed = computed || !is_exact(item_of(t->arg[i]->type));
    add(e, fn);
    sql_add(e->q, "(");
    if (!one_array(e, t, numbers ? exact : t->type, numbers ? 1 : -1)) return false;
    if (numbers && computed) {
        sql_add(e->q, ", ");
        if (!one_array(e, t, type_plain(T_NUMBER), 0)) return false;
    }
    sql_add(e->q, ")");
    return true;
}

/* The k-th least or greatest of an array. */
static bool nth(Emit *e, const Term *t, bool large, bool first)
{
    Type item = first ? t->type : type_item(t->arg[0]->type);
    if (first && large && item.kind == T_DURATION) {
        sql_add(e->q, "x_longest(");
        if (!one_array(e, t, item, -1)) return false;
        sql_add(e->q, ")");
        return true;
    }
    if (large) sql_add(e->q, "x_large");
    else sql_add(e->q, "x_small");
    if (item.kind == T_DURATION) sql_add(e->q, "_span");
    sql_add(e->q, "(");
    if (first && !one_array(e, t, item, -1)) return false;
    if (!first && !pgx_term(e, t->arg[0])) return false;
    if (item.kind == T_TEXT) sql_add(e->q, " COLLATE \"C\"");
    sql_add(e->q, ", ");
    if (first) sql_add(e->q, "1");
    else if (!pgx_term_as(e, t->arg[1], type_plain(T_NUMBER))) return false;
    sql_add(e->q, ")");
    return true;
}

static bool counted(Emit *e, const Term *t)
{
    sql_add(e->q, "(");
    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(e->q, " + ");
        bool list = t->arg[i]->type.kind == T_LIST;
        if (list) sql_add(e->q, "coalesce(num_nonnulls(VARIADIC ");
        else sql_add(e->q, "num_nonnulls(");
        if (!pgx_term(e, t->arg[i])) return false;
        if (list) sql_add(e->q, "), 0)");
        else sql_add(e->q, ")");
    }
    sql_add(e->q, ")::double precision");
    return true;
}

static bool counted_if(Emit *e, const Term *t)
{
    sql_add(e->q, "coalesce(cardinality(array_positions(");
    if (!one_array(e, t, type_plain(T_BOOL), -1)) return false;
    sql_add(e->q, ", TRUE)), 0)::double precision");
    return true;
}

bool pgx_total(Emit *e, const Term *t)
{
    const char *fn = t->fn->doc.name;
    if (str_eq(fn, "min") || str_eq(fn, "max")) return nth(e, t, fn[1] == 'a', true);
    if (str_eq(fn, "small") || str_eq(fn, "large")) return nth(e, t, fn[0] == 'l', false);
    if (str_eq(fn, "count")) return counted(e, t);
    if (str_eq(fn, "count_if")) return counted_if(e, t);
    return added(e, t, str_eq(fn, "average") ? "x_average" : "x_sum");
}

bool pgx_total_rows(Emit *e, const Term *t, const Term *x)
{
    const char *fn = t->fn->doc.name;
    bool least = str_eq(fn, "min"), most = str_eq(fn, "max");
    if (most) sql_add(e->q, "x_longest(array_agg(");
    else if (least) sql_add(e->q, "x_small_span(array_agg(");
    else if (str_eq(fn, "average")) sql_add(e->q, "x_average(array_agg(");
    else sql_add(e->q, "x_sum(array_agg(");
    if (!pgx_term(e, x)) return false;
    if (least) sql_add(e->q, "), 1)");
    else sql_add(e->q, "))");
    return true;
}

/* Products row by row, then their sum. */
bool pgx_sum_product(Emit *e, const Term *t)
{
    Type list = type_list(type_plain(T_NUMBER));
    sql_add(e->q, "x_sum(NULL, ");
    for (int i = 1; i < t->n; i++) sql_add(e->q, "x_times(");
    for (int i = 0; i < t->n; i++) {
        if (i) sql_add(e->q, ", ");
        if (!pgx_term_as(e, t->arg[i], list)) return false;
        if (i) sql_add(e->q, ")");
    }
    sql_add(e->q, ")");
    return true;
}
