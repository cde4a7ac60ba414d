/*
 * Making, testing and copying values. How they compare stands in val_cmp.c, how they read in
 * val_show.c: both need decimal and when, which know val.
 */
#include "base/val.h"
#include <math.h>
#include <string.h>

Val val_blank(void)
{
    return (Val){ .kind = VAL_BLANK };
}

Val val_bool(bool b)
{
    return (Val){ .kind = VAL_BOOL, .i = b };
}

Val val_int(int64_t i)
{
    return (Val){ .kind = VAL_INT, .i = i };
}

Val val_dec(int64_t scaled, int scale)
{
    return (Val){ .kind = VAL_DEC, .scale = (uint8_t)scale, .i = scaled };
}

Val val_real(double d)
{
    return isfinite(d) ? (Val){ .kind = VAL_REAL, .d = d } : val_blank();
}

Val val_text(const char *t)
{
    return t ? val_text_n(t, strlen(t)) : val_blank();
}

Val val_text_n(const char *t, size_t n)
{
    BUG_IF(n > INT32_MAX);
    return n ? (Val){ .kind = VAL_TEXT, .n = (int)n, .t = t } : val_blank();
}

Val val_date(int64_t days)
{
    return (Val){ .kind = VAL_DATE, .i = days };
}

Val val_datetime(int64_t seconds)
{
    return (Val){ .kind = VAL_DATETIME, .i = seconds };
}

Val val_time(int64_t seconds)
{
    return (Val){ .kind = VAL_TIME, .i = seconds };
}

Val val_duration(int64_t amount, Unit unit)
{
    return (Val){ .kind = VAL_DURATION, .unit = (uint8_t)unit, .i = amount };
}

Val val_rec(int64_t id)
{
    return id ? (Val){ .kind = VAL_REC, .i = id } : val_blank();
}

Val val_list(const Val *items, int n)
{
    return n > 0 ? (Val){ .kind = VAL_LIST, .n = n, .list = items } : val_blank();
}

bool val_is_blank(Val v)
{
    return v.kind == VAL_BLANK;
}

bool val_is_number(Val v)
{
    return v.kind == VAL_INT || v.kind == VAL_DEC || v.kind == VAL_REAL;
}

Val val_copy(Arena *a, Val v)
{
    Val *items;

    switch (v.kind) {
    case VAL_TEXT:
        v.t = arena_dup_n(a, v.t, (size_t)v.n);
        return v;
    case VAL_LIST:
        items = ARENA_ARRAY(a, Val, v.n);
        for (int i = 0; i < v.n; i++)
            items[i] = val_copy(a, v.list[i]);
        v.list = items;
        return v;
    default:
        return v;
    }
}
