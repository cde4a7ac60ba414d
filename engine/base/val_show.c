/*
 * Values as plain text, the same everywhere: ISO dates, instants in UTC, all digits.
 */
#include "base/decimal.h"
#include "base/when.h"

static const char *show_list(Arena *a, Val v)
{
    Str s = str_begin(a);

    for (int i = 0; i < v.n; i++) {
        if (i)
            str_add(&s, ", ");
        str_add(&s, val_show(a, v.list[i]));
    }
    return str_show(&s);
}

char *val_show(Arena *a, Val v)
{
    char buf[64] = "";

    switch (v.kind) {
    case VAL_BLANK:    break;
    case VAL_BOOL:     return arena_dup(a, v.i ? "true" : "false");
    case VAL_INT:
    case VAL_REC:      decimal_show(buf, sizeof buf, v.i, 0); break;
    case VAL_DEC:      decimal_show(buf, sizeof buf, v.i, v.scale); break;
    case VAL_REAL:     real_show(buf, sizeof buf, v.d); break;
    case VAL_TEXT:     return arena_dup_n(a, v.t, (size_t)v.n);
    case VAL_DATE:     date_show(buf, sizeof buf, v.i); break;
    case VAL_DATETIME: datetime_show(buf, sizeof buf, v.i); break;
    case VAL_TIME:     time_show(buf, sizeof buf, v.i); break;
    case VAL_DURATION: duration_show(buf, sizeof buf, v); break;
    case VAL_LIST:     return arena_dup(a, show_list(a, v));
    }
    return arena_dup(a, buf);
}
