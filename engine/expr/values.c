/*
 * values — what all implementations of functions agree on: order, equality, text, and the
 * static type of a result.
 *
 * Numbers compare as they are: where a computed number meets a stored one, the binder has put
 * a rounding into the tree.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <string.h>

static int sign(bool less, bool more)
{
    return more - less;
}

static bool is_exact(Val v)
{
    return v.kind == VAL_INT || v.kind == VAL_DEC || v.kind == VAL_REC || v.kind == VAL_BOOL;
}

static bool is_numeric(Val v)
{
    return is_exact(v) || v.kind == VAL_REAL;
}

int value_order(Val a, Val b)
{
    if (is_exact(a) && is_exact(b)) {
        Val x = a.kind == VAL_DEC ? a : val_int(a.i), y = b.kind == VAL_DEC ? b : val_int(b.i);
        return val_cmp(x, y);
    }
    if (is_numeric(a) && is_numeric(b)) {
        double x = is_exact(a) && a.kind != VAL_DEC ? (double)a.i : val_number(a);
        double y = is_exact(b) && b.kind != VAL_DEC ? (double)b.i : val_number(b);
        return sign(x < y, x > y);
    }
    if (a.kind == VAL_DURATION && b.kind == VAL_DURATION) {
        int64_t x = duration_seconds(a), y = duration_seconds(b);
        return sign(x < y, x > y);
    }
    return val_cmp(a, b);
}

bool value_same(Val a, Val b)
{
    if (val_is_blank(a) || val_is_blank(b)) return val_is_blank(a) && val_is_blank(b);
    if (a.kind == VAL_LIST && b.kind == VAL_LIST) {
        if (a.n != b.n) return false;
        for (int i = 0; i < a.n; i++)
            if (!value_same(a.list[i], b.list[i])) return false;
        return true;
    }
    return value_order(a, b) == 0;
}

static char *list_text(Call *c, Val v)
{
    Str s = str_begin(c->a);
    for (int i = 0; i < v.n; i++) {
        if (i) str_add(&s, ", ");
        str_add(&s, value_text(c, v.list[i]));
    }
    return arena_dup(c->a, str_show(&s));
}

/* Instants are shown as the clock on the wall: 2026-03-02 09:00. */
char *value_text(Call *c, Val v)
{
    if (v.kind == VAL_LIST) return list_text(c, v);
    if (v.kind != VAL_DATETIME) return val_show(c->a, v);
    char buf[64];
    datetime_show_local(buf, sizeof buf, v.i, c->zone);
    char *t = strchr(buf, 'T');
    if (t) *t = ' ';
    return arena_dup(c->a, buf);
}

static Val number_as(Val v, Type t)
{
    int64_t scaled;
    if (v.kind == VAL_REC) v = val_int(v.i);
    if (!val_is_number(v)) return val_blank();
    if (t.decimals >= 0) {
        if (v.kind == VAL_DEC && v.scale == t.decimals) return v;
        return val_scaled(v, t.decimals, &scaled) ? val_dec(scaled, t.decimals) : val_blank();
    }
    return v.kind == VAL_DEC ? val_real(val_number(v)) : v;
}

Val val_as(Arena *a, Val v, Type t)
{
    if (t.kind == T_BOOL)
        return val_bool((v.kind == VAL_BOOL || v.kind == VAL_INT) && v.i != 0);
    if (val_is_blank(v)) return v;
    if (t.kind == T_NUMBER) return number_as(v, t);
    if (t.kind == T_RECORD && v.kind == VAL_INT) return val_rec(v.i);
    if (t.kind != T_LIST || v.kind != VAL_LIST || t.of == T_ANY) return v;
    Val *item = ARENA_ARRAY(a, Val, v.n);
    for (int i = 0; i < v.n; i++) item[i] = val_as(a, v.list[i], type_item(t));
    return val_list(item, v.n);
}

Val func_run(const Func *f, Call *c, const Val *arg, int n)
{
    return val_as(c->a, f->run(c, arg, n), c->type);
}

bool text_has(Arena *a, const char *text, const char *needle)
{
    const char *what = str_fold(a, needle);
    return *what && strstr(str_fold(a, text), what) != NULL;
}
