/*
 * pgx_number — arithmetic of doubles on PostgreSQL, which raises where a result leaves their range.
 *
 * Stored numbers are scaled integers of 64 bits and constants are known, so that nearly always
 * the result's magnitude is known too, and the bare operator does. The rest goes through x_add,
 * x_mul and x_div, which look first.
 */
#include "expr/pgx.h"
#include <math.h>
#include <string.h>

/* 10^low ≤ |x| < 10^high, where x is not 0. */
typedef struct Range { int low, high; } Range;

static const Range any = { -324, 309 }, exact = { -9, 19 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static Range of_constant(Emit *e, const Term *t)
{
    Val v;
    if (!emit_known(e, t, &v) || !val_is_number(v)) return exact;
    double d = fabs(val_number(v));
    if (d == 0) return (Range){ 0, 0 };
    return (Range){ (int)floor(log10(d)) - 1, (int)floor(log10(d)) + 2 };
}

static bool is_part_of_date(const char *fn)
{
    static const char *const names[] = { "year", "quarter", "month", "day", "hour", "minute",
        "weekday", "week_number", "days", "workdays", "age", "len", "count", "count_if",
        "link_count", "day-day", "search" };
    return str_in(fn, names, LEN(names));
}

static Range range_of(Emit *e, const Term *t)
{
    if (t->type.kind != T_NUMBER || t->type.decimals >= 0) return exact;
    if (emit_is_known(e, t)) return of_constant(e, t);
    if (t->kind != TERM_CALL) return any;
    const char *fn = t->fn->doc.name;
    if (is_part_of_date(fn)) return exact;
    if (t->n == 1 && (str_eq(fn, "neg") || str_eq(fn, "abs"))) return range_of(e, t->arg[0]);
    if (t->n != 2 || strlen(fn) != 1 || !strchr("+-*/", *fn)) return any;
    Range x = range_of(e, t->arg[0]), y = range_of(e, t->arg[1]);
    switch (*fn) {
    case '*': return (Range){ x.low + y.low, x.high + y.high };
    case '/': return (Range){ x.low - y.high, x.high - y.low };
    default:  return (Range){ least(x.low, y.low) - 17, most(x.high, y.high) + 1 };
    }
}

static bool operand(Emit *e, const Term *t)
{
    return pgx_term_as(e, t, type_plain(T_NUMBER));
}

bool pgx_arithmetic(Emit *e, const Term *t)
{
    static const char *const called[] = { "x_mul(", "x_add(", NULL, "x_add(", NULL, "x_div(" };
    char op = t->fn->doc.name[0];
    Range r = range_of(e, t);
    bool bare = r.high < 300 && (r.low > -300 || op == '+' || op == '-');
    if (bare) {
        sql_add(e->q, "(");
        if (!operand(e, t->arg[0])) return false;
        sql_add(e->q, " ");
        sql_add_n(e->q, &op, 1);
        if (op == '/') sql_add(e->q, " nullif(");
        else sql_add(e->q, " ");
        if (!operand(e, t->arg[1])) return false;
        if (op == '/') sql_add(e->q, ", 0))");
        else sql_add(e->q, ")");
        return true;
    }
    sql_add_n(e->q, called[op - '*'], strlen(called[op - '*']));
    if (!operand(e, t->arg[0])) return false;
    if (op == '-') sql_add(e->q, ", -");
    else sql_add(e->q, ", ");
    if (!operand(e, t->arg[1])) return false;
    sql_add(e->q, ")");
    return true;
}
