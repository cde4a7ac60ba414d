/*
 * Equality and order as the expression language has them. A number that is stored exactly
 * (VAL_DEC) and the result of arithmetic (VAL_REAL) meet at the stored one's digits, so that
 * what would be stored as the same number also compares as the same.
 */
#include "base/val.h"
#include "base/decimal.h"
#include <string.h>

static int sign(bool less, bool more)
{
    return more - less;
}

double val_number(Val v)
{
    switch (v.kind) {
    case VAL_INT:  return (double)v.i;
    case VAL_DEC:  return decimal_real(v.i, v.scale);
    case VAL_REAL: return v.d;
    default:       return 0;
    }
}

/* Scaled integers of two scales, without rounding. */
static int compare_scaled(Val a, Val b)
{
    __int128 x = a.i, y = b.i;
    int from = a.kind == VAL_DEC ? a.scale : 0, to = b.kind == VAL_DEC ? b.scale : 0;

    for (; from < to; from++)
        x *= 10;
    for (; to < from; to++)
        y *= 10;
    return sign(x < y, x > y);
}

static int compare_numbers(Val a, Val b)
{
    int64_t rounded;
    double x, y;

    if (a.kind != VAL_REAL && b.kind != VAL_REAL)
        return compare_scaled(a, b);
    if (a.kind == VAL_DEC && decimal_from_real(b.d, a.scale, &rounded))
        return sign(a.i < rounded, a.i > rounded);
    if (b.kind == VAL_DEC && decimal_from_real(a.d, b.scale, &rounded))
        return sign(rounded < b.i, rounded > b.i);
    x = val_number(a);
    y = val_number(b);
    return sign(x < y, x > y);
}

static int compare_texts(Val a, Val b)
{
    int n = a.n < b.n ? a.n : b.n;
    int order = memcmp(a.t, b.t, (size_t)n);          /* UTF-8 bytes order as code points */

    return order ? order : a.n - b.n;
}

/* By length; of equal ones the working time is the longer. */
static int compare_durations(Val a, Val b)
{
    static const int seconds[] = { 1, 60, 3600, 86400, 604800, 86400, 3600 };
    __int128 x = (__int128)a.i * seconds[a.unit], y = (__int128)b.i * seconds[b.unit];
    bool work_a = a.unit >= UNIT_BD, work_b = b.unit >= UNIT_BD;

    return x != y ? sign(x < y, x > y) : sign(work_a < work_b, work_a > work_b);
}

static int compare_lists(Val a, Val b)
{
    for (int i = 0; i < a.n && i < b.n; i++) {
        int order = val_cmp(a.list[i], b.list[i]);
        if (order)
            return order;
    }
    return sign(a.n < b.n, a.n > b.n);
}

/* A record and an id compare as ids. */
static bool are_ids(Val a, Val b)
{
    return (a.kind == VAL_REC && (b.kind == VAL_REC || b.kind == VAL_INT))
        || (a.kind == VAL_INT && b.kind == VAL_REC);
}

int val_cmp(Val a, Val b)
{
    if (are_ids(a, b))
        return sign(a.i < b.i, a.i > b.i);
    if (val_is_number(a) && val_is_number(b))
        return compare_numbers(a, b);
    if (a.kind != b.kind)                             /* no meaning, but a total order */
        return sign(a.kind < b.kind, a.kind > b.kind);
    switch (a.kind) {
    case VAL_BLANK:    return 0;
    case VAL_TEXT:     return compare_texts(a, b);
    case VAL_DURATION: return compare_durations(a, b);
    case VAL_LIST:     return compare_lists(a, b);
    default:           return sign(a.i < b.i, a.i > b.i);
    }
}

bool val_eq(Val a, Val b)
{
    return val_cmp(a, b) == 0;
}
