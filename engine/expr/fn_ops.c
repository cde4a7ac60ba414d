/*
 * fn_ops — operators and the helpers that the binder puts into the tree.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <math.h>

#define BLANK_IF_ANY(arg, n) \
    do { for (int i_ = 0; i_ < (n); i_++) if (val_is_blank((arg)[i_])) return val_blank(); } while (0)

static double number(Val v)
{
    return val_number(v);
}

static Val op_add(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return val_real(number(x[0]) + number(x[1]));
}

static Val op_sub(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return val_real(number(x[0]) - number(x[1]));
}

static Val op_mul(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return val_real(number(x[0]) * number(x[1]));
}

static Val op_div(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return number(x[1]) == 0 ? val_blank() : val_real(number(x[0]) / number(x[1]));
}

/* The result has the divisor's sign, as spreadsheets have it. */
static Val op_mod(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    double a = number(x[0]), b = number(x[1]);
    if (b == 0) return val_blank();
    double r = fmod(a, b);
    return val_real(r != 0 && (r < 0) != (b < 0) ? r + b : r);
}

static Val op_neg(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    if (x[0].kind == VAL_DURATION) return val_duration(-x[0].i, (Unit)x[0].unit);
    return val_real(0 - number(x[0]));
}

static Val op_concat(Call *c, const Val *x, int n)
{
    Str s = str_begin(c->a);
    for (int i = 0; i < n; i++) str_add(&s, value_text(c, x[i]));
    return val_text(arena_dup(c->a, str_show(&s)));
}

static Val op_eq(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(value_same(x[0], x[1]));
}

static Val op_ne(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(!value_same(x[0], x[1]));
}

static bool both(const Val *x)
{
    return !val_is_blank(x[0]) && !val_is_blank(x[1]);
}

static Val op_lt(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(both(x) && value_order(x[0], x[1]) < 0);
}

static Val op_le(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(both(x) && value_order(x[0], x[1]) <= 0);
}

static Val op_gt(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(both(x) && value_order(x[0], x[1]) > 0);
}

static Val op_ge(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(both(x) && value_order(x[0], x[1]) >= 0);
}

static Val op_and(Call *c, const Val *x, int n)
{
    (void)c;
    for (int i = 0; i < n; i++)
        if (!x[i].i) return val_bool(false);
    return val_bool(true);
}

static Val op_or(Call *c, const Val *x, int n)
{
    (void)c;
    for (int i = 0; i < n; i++)
        if (x[i].i) return val_bool(true);
    return val_bool(false);
}

static Val op_not(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(!x[0].i);
}

static Val op_in(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    if (val_is_blank(x[1]) || x[1].kind != VAL_LIST) return val_bool(false);
    for (int i = 0; i < x[1].n; i++)
        if (value_same(x[0], x[1].list[i])) return val_bool(true);
    return val_bool(false);
}

/* A period's both ends are included; an instant is judged by its date. */
static Val op_within(Call *c, const Val *x, int n)
{
    (void)n;
    if (!both(x) || x[1].kind != VAL_LIST || x[1].n != 2) return val_bool(false);
    Val v = x[0], from = x[1].list[0], to = x[1].list[1];
    if (v.kind == VAL_DATETIME && from.kind == VAL_DATE) v = val_date(local_day(v.i, c->zone));
    return val_bool((val_is_blank(from) || value_order(v, from) >= 0)
        && (val_is_blank(to) || value_order(v, to) <= 0));
}

static Val op_has(Call *c, const Val *x, int n)
{
    (void)n;
    return val_bool(both(x) && text_has(c->a, x[0].t, x[1].t));
}

static Val op_list(Call *c, const Val *x, int n)
{
    Val *item = ARENA_ARRAY(c->a, Val, n);
    for (int i = 0; i < n; i++) item[i] = x[i];
    return val_list(item, n);
}

/* What is filled of a field of several columns, in one line. */
static Val op_parts(Call *c, const Val *x, int n)
{
    Str s = str_begin(c->a);
    for (int i = 0; i < n; i++) {
        if (val_is_blank(x[i])) continue;
        if (s.n) str_add(&s, ", ");
        str_add(&s, value_text(c, x[i]));
    }
    return val_text(arena_dup(c->a, str_show(&s)));
}

static Val round_to(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return x[0];                      /* the static type rounds */
}

static Val as_datetime(Call *c, const Val *x, int n)
{
    (void)n;
    int64_t at;
    if (x[0].kind == VAL_DATE) {
        return instant_value(local_midnight(x[0].i, c->zone));
    }
    if (x[0].kind == VAL_TEXT)
        return datetime_parse(x[0].t, c->zone, &at) ? instant_value(at) : val_blank();
    return x[0];
}

static bool day_fits(int64_t day)
{
    return day >= DAY_MIN && day <= DAY_MAX;
}

Val value_add(Call *c, Val v, Val d, int sign)
{
    d.i *= sign;
    if (v.kind == VAL_DATETIME) {
        int64_t at = when_add(v.i, d, c->calendar, c->zone);
        return at == WHEN_NEVER ? val_blank() : val_datetime(at);
    }
    int64_t day = v.i, at;
    const Zone *z = c->zone;
    switch ((Unit)d.unit) {
    case UNIT_W:  d.i *= 7;           /* fall through */
    case UNIT_D:
        if (d.i > DAY_MAX - DAY_MIN || d.i < DAY_MIN - DAY_MAX) return val_blank();
        day += d.i;
        break;
    case UNIT_BD:
        if (d.i > 4000000 || d.i < -4000000) return val_blank();
        day = calendar_add_workdays(c->calendar, day, (int)d.i);
        break;
    default:
        if (d.unit == UNIT_BH && c->type.kind != T_DATETIME) z = calendar_zone(c->calendar, z);
        at = local_midnight(day, z);
        if (at != WHEN_NEVER) at = when_add(at, d, c->calendar, z);
        if (at == WHEN_NEVER) return val_blank();
        return c->type.kind == T_DATETIME ? val_datetime(at) : val_date(local_day(at, z));
    }
    if (day == WHEN_NEVER || !day_fits(day)) return val_blank();
    if (c->type.kind != T_DATETIME) return val_date(day);
    return instant_value(local_midnight(day, c->zone));
}

static Val moment_step(Call *c, const Val *x, int sign)
{
    Val d = x[1];
    if (!both(x)) return val_blank();
    if (val_is_number(d)) {
        double days = trunc(number(d));
        if (!(fabs(days) < 1e7)) return val_blank();
        d = val_duration((int64_t)days, UNIT_D);
    }
    return value_add(c, x[0], d, sign);
}

static Val moment_add(Call *c, const Val *x, int n)
{
    (void)n;
    return moment_step(c, x, 1);
}

static Val moment_sub(Call *c, const Val *x, int n)
{
    (void)n;
    return moment_step(c, x, -1);
}

static Val day_diff(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return val_int(x[0].i - x[1].i);
}

static Val time_diff(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return val_duration(x[0].i - x[1].i, UNIT_S);
}

static Val span(double seconds)
{
    seconds = decimal_round(seconds, 0);
    return fabs(seconds) <= 1e12 ? val_duration((int64_t)seconds, UNIT_S) : val_blank();
}

static Val span_add(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return span((double)duration_seconds(x[0]) + (double)duration_seconds(x[1]));
}

static Val span_sub(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return span((double)duration_seconds(x[0]) - (double)duration_seconds(x[1]));
}

static Val span_mul(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return span((double)duration_seconds(x[0]) * number(x[1]));
}

static Val span_div(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    return number(x[1]) == 0 ? val_blank() : span((double)duration_seconds(x[0]) / number(x[1]));
}

static Val span_ratio(Call *c, const Val *x, int n)
{
    (void)c;
    BLANK_IF_ANY(x, n);
    double by = (double)duration_seconds(x[1]);
    return by == 0 ? val_blank() : val_real((double)duration_seconds(x[0]) / by);
}

/* One boolean for each item: how it compares with the value. */
static Val list_where(Call *c, const Val *x, int n)
{
    (void)n;
    if (x[0].kind != VAL_LIST || val_is_blank(x[1])) return val_blank();
    const Func *how = func_find(x[1].t);
    Val *hit = ARENA_ARRAY(c->a, Val, x[0].n);
    for (int i = 0; i < x[0].n; i++)
        hit[i] = how->run(c, (Val[]){ x[0].list[i], x[2] }, 2);
    return val_list(hit, x[0].n);
}

static Val list_keep(Call *c, const Val *x, int n)
{
    (void)n;
    if (x[0].kind != VAL_LIST || x[1].kind != VAL_LIST) return val_blank();
    int k = x[0].n < x[1].n ? x[0].n : x[1].n;
    Val *kept = ARENA_ARRAY(c->a, Val, k);
    for (int i = 0; i < k; i++) kept[i] = x[1].list[i].i ? x[0].list[i] : val_blank();
    return val_list(kept, k);
}

#define OP(op, fn, b, fl) { .doc = { .name = op, .group = "operator" }, .run = fn, .bind = b, \
    .flags = FN_OP | (fl) }
const Func fn_ops[] = {
    OP("+", op_add, bind_arith, 0), OP("-", op_sub, bind_arith, 0),
    OP("*", op_mul, bind_arith, 0), OP("/", op_div, bind_arith, 0),
    OP("%", op_mod, bind_arith, 0), OP("neg", op_neg, bind_arith, 0),
    OP("&", op_concat, bind_concat, FN_PLACE),
    OP("=", op_eq, bind_compare, 0), OP("!=", op_ne, bind_compare, 0),
    OP("<", op_lt, bind_compare, 0), OP("<=", op_le, bind_compare, 0),
    OP(">", op_gt, bind_compare, 0), OP(">=", op_ge, bind_compare, 0),
    { .doc = { .name = "and", .args = "boolean, boolean...", .result = "boolean" },
      .run = op_and, .flags = FN_OP },
    { .doc = { .name = "or", .args = "boolean, boolean...", .result = "boolean" },
      .run = op_or, .flags = FN_OP },
    { .doc = { .name = "not", .args = "boolean", .result = "boolean" },
      .run = op_not, .flags = FN_OP },
    OP("in", op_in, bind_in, 0), OP("between", op_and, bind_between, 0),
    OP("within", op_within, NULL, FN_PLACE), OP("has", op_has, NULL, 0),
    OP("[]", op_list, NULL, 0), OP("where", list_where, NULL, 0), OP("keep", list_keep, NULL, 0),
    OP("round_to", round_to, NULL, 0), OP("parts", op_parts, NULL, 0),
    OP("as_datetime", as_datetime, NULL, FN_PLACE),
    OP("moment+", moment_add, NULL, FN_PLACE), OP("moment-", moment_sub, NULL, FN_PLACE),
    OP("day-day", day_diff, NULL, 0), OP("time-time", time_diff, NULL, 0),
    OP("span+", span_add, NULL, 0), OP("span-", span_sub, NULL, 0),
    OP("span*", span_mul, NULL, 0), OP("span/", span_div, NULL, 0),
    OP("span/span", span_ratio, NULL, 0),
};
const int fn_ops_n = LEN(fn_ops);
