/*
 * fn_number — functions on numbers and lists of them.
 *
 * Totals take values and lists alike and skip blanks. Exact numbers add up as scaled integers;
 * only where a computed one is among them does the sum become a double.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <math.h>
#include <stdlib.h>

/* All values of the arguments, lists opened, blanks left out. */
static Val *flat(Call *c, const Val *x, int n, int *out)
{
    Val *v = NULL;
    int k = 0, cap = 0;
    for (int i = 0; i < n; i++) {
        if (x[i].kind != VAL_LIST) {
            if (!val_is_blank(x[i])) ARENA_PUSH(c->a, v, k, cap, x[i]);
            continue;
        }
        for (int j = 0; j < x[i].n; j++)
            if (!val_is_blank(x[i].list[j])) ARENA_PUSH(c->a, v, k, cap, x[i].list[j]);
    }
    *out = k;
    return v;
}

static bool all_exact(const Val *v, int n, int *scale)
{
    bool exact = true;
    *scale = 0;
    for (int i = 0; i < n; i++) {
        if (v[i].kind == VAL_REAL) exact = false;
        if (v[i].kind == VAL_DEC && v[i].scale > *scale) *scale = v[i].scale;
    }
    return exact;
}

static Val span_total(const Val *v, int n)
{
    int64_t sum = 0;
    for (int i = 0; i < n; i++)
        if (__builtin_add_overflow(sum, duration_seconds(v[i]), &sum)) return val_blank();
    return val_duration(sum, UNIT_S);
}

static Val total(const Val *v, int n)
{
    int scale;
    __int128 sum = 0;
    double real = 0;
    if (n && v[0].kind == VAL_DURATION) return span_total(v, n);
    bool exact = all_exact(v, n, &scale);
    for (int i = 0; i < n; i++) {
        int64_t part;
        if (v[i].kind == VAL_REAL) real += v[i].d;
        else if (val_scaled(v[i], scale, &part)) sum += part;
        else return val_blank();
    }
    if (!exact) return val_real(real + (double)sum / pow(10, scale));
    return sum > INT64_MAX || sum < INT64_MIN ? val_blank() : val_dec((int64_t)sum, scale);
}

static Val run_sum(Call *c, const Val *x, int n)
{
    Val *v = flat(c, x, n, &n);
    return total(v, n);
}

static Val run_average(Call *c, const Val *x, int n)
{
    Val *v = flat(c, x, n, &n);
    if (!n) return val_blank();
    Val sum = total(v, n);
    if (sum.kind == VAL_DURATION)
        return val_duration((int64_t)decimal_round((double)sum.i / n, 0), UNIT_S);
    return val_is_blank(sum) ? sum : val_real(val_number(sum) / n);
}

static Val best(Call *c, const Val *x, int n, int sign)
{
    Val *v = flat(c, x, n, &n), top = val_blank();
    for (int i = 0; i < n; i++)
        if (!i || value_order(v[i], top) * sign > 0) top = v[i];
    return top;
}

static Val run_min(Call *c, const Val *x, int n)
{
    return best(c, x, n, -1);
}

static Val run_max(Call *c, const Val *x, int n)
{
    return best(c, x, n, 1);
}

static Val run_count(Call *c, const Val *x, int n)
{
    flat(c, x, n, &n);
    return val_int(n);
}

/* The binder gives a list of booleans: one per row or item. */
static Val run_count_if(Call *c, const Val *x, int n)
{
    int k = 0;
    Val *v = flat(c, x, n, &n);
    for (int i = 0; i < n; i++) k += v[i].kind == VAL_BOOL && v[i].i;
    return val_int(k);
}

static double number(Val v)
{
    return val_number(v);
}

static Val run_round(Call *c, const Val *x, int n)
{
    (void)c;
    double digits = n > 1 ? trunc(number(x[1])) : 0;
    if (val_is_blank(x[0]) || (n > 1 && val_is_blank(x[1]))) return val_blank();
    if (digits > 300 || digits < -300) return digits > 0 ? x[0] : val_real(0);
    return val_real(decimal_round(number(x[0]), (int)digits));
}

/* 15 digits first: 0.3 / 0.1 is 3 steps, not 2.9999999999999996. */
static double settled(double d)
{
    char buf[64];
    if (!isfinite(d)) return d;
    real_show(buf, sizeof buf, d);
    return strtod(buf, NULL);
}

static Val stepped(const Val *x, int n, double (*way)(double))
{
    double step = n > 1 ? number(x[1]) : 1;
    if (val_is_blank(x[0]) || (n > 1 && val_is_blank(x[1])) || step == 0) return val_blank();
    return val_real(settled(way(settled(number(x[0]) / step)) * step));
}

static Val run_floor(Call *c, const Val *x, int n)
{
    (void)c;
    return stepped(x, n, floor);
}

static Val run_ceiling(Call *c, const Val *x, int n)
{
    (void)c;
    return stepped(x, n, ceil);
}

static Val run_abs(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_is_blank(x[0]) ? x[0] : val_real(fabs(number(x[0])));
}

static Val run_mod(Call *c, const Val *x, int n)
{
    return func_find("%")->run(c, x, n);
}

static Val run_power(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    if (val_is_blank(x[0]) || val_is_blank(x[1])) return val_blank();
    return val_real(settled(pow(number(x[0]), number(x[1]))));
}

static Val run_sqrt(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_is_blank(x[0]) || number(x[0]) < 0 ? val_blank() : val_real(sqrt(number(x[0])));
}

/* Row by row; a row with a blank adds nothing. */
static Val run_sum_product(Call *c, const Val *x, int n)
{
    (void)c;
    double sum = 0;
    for (int row = 0; ; row++) {
        double product = 1;
        bool skip = false;
        for (int i = 0; i < n; i++) {
            if (x[i].kind != VAL_LIST || row >= x[i].n) return val_real(sum);
            skip = skip || val_is_blank(x[i].list[row]);
            product *= number(x[i].list[row]);
        }
        if (!skip) sum += product;
    }
}

static int by_order(const void *a, const void *b)
{
    return value_order(*(const Val *)a, *(const Val *)b);
}

static Val nth(Call *c, const Val *x, bool large)
{
    int n;
    double k = trunc(number(x[1]));
    Val *v = flat(c, x, 1, &n);
    if (val_is_blank(x[1]) || k < 1 || k > n) return val_blank();
    qsort(v, (size_t)n, sizeof *v, by_order);
    return large ? v[n - (int)k] : v[(int)k - 1];
}

static Val run_large(Call *c, const Val *x, int n)
{
    (void)n;
    return nth(c, x, true);
}

static Val run_small(Call *c, const Val *x, int n)
{
    (void)n;
    return nth(c, x, false);
}

#define NUMBER(name, alias, args, ex, gives, help, run, bind) \
    { { name, alias, "number", args, "number", ex, gives, help }, run, bind, 0 }
const Func fn_number[] = {
    NUMBER("sum", NULL, "number or list...", "sum(1, 2, [3, 4])", "10",
        "All together; of none it is 0", run_sum, bind_total),
    NUMBER("average", "AVG", "number or list...", "average(1, 2, 6)", "3",
        "The mean; blanks are skipped", run_average, bind_total),
    NUMBER("min", NULL, "value or list...", "min(3, 1, 2)", "1",
        "The least number or the earliest date", run_min, bind_total),
    NUMBER("max", NULL, "value or list...", "max(3, 1, 2)", "3",
        "The greatest number or the latest date", run_max, bind_total),
    NUMBER("count", "COUNTA", "any or list...", "count(['a', 'b'])", "2",
        "How many that are not blank; of a subform, its rows", run_count, bind_total),
    NUMBER("count_if", "COUNTIF", "list, condition", "count_if([1, 5, 9], '>3')", "2",
        "How many items meet it: '>3', a value, or a condition on a subform's fields",
        run_count_if, bind_total_if),
    NUMBER("sum_if", "SUMIF", "list, condition, list?", "sum_if([1, 5, 9], '>3')", "14",
        "The sum of the items that meet it, or of the other list's beside them",
        run_sum, bind_total_if),
    NUMBER("round", NULL, "number, number?", "round(1.005, 2)", "1.01",
        "Rounded half away from zero to so many decimals", run_round, NULL),
    NUMBER("floor", NULL, "number, number?", "floor(2.7)", "2",
        "Down to a whole number or a multiple of the step", run_floor, NULL),
    NUMBER("ceiling", "CEIL", "number, number?", "ceiling(2.1)", "3",
        "Up to a whole number or a multiple of the step", run_ceiling, NULL),
    NUMBER("abs", NULL, "number", "abs(-3)", "3", "Without its sign", run_abs, NULL),
    NUMBER("int", NULL, "number", "int(-2.5)", "-3",
        "Down to a whole number", run_floor, NULL),
    NUMBER("mod", NULL, "number, number", "mod(-7, 3)", "2",
        "What a division leaves, with the divisor's sign", run_mod, NULL),
    NUMBER("power", "POW", "number, number", "power(2, 10)", "1024",
        "The first to the power of the second", run_power, NULL),
    NUMBER("sqrt", NULL, "number", "sqrt(9)", "3", "The square root", run_sqrt, NULL),
    NUMBER("sum_product", "SUMPRODUCT", "list of number, list of number...",
        "sum_product([1, 2], [3, 4])", "11", "The sum of the products row by row",
        run_sum_product, NULL),
    NUMBER("large", NULL, "list, number", "large([5, 9, 7], 2)", "7",
        "The k-th greatest", run_large, bind_pick),
    NUMBER("small", NULL, "list, number", "small([5, 9, 7], 1)", "5",
        "The k-th least", run_small, bind_pick),
};
const int fn_number_n = LEN(fn_number);
