/*
 * SQL functions of our own: pure, so they may stand in indexes, and innocuous, so they may
 * stand in views and triggers of a schema that is not trusted.
 */
#include "db/sqlite.h"
#include "base/decimal.h"

#define PURE (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
#define ADDERS 8

static bool (*adder[ADDERS])(void *handle);
static int nadder;

void db_on_sqlite_open(bool (*add)(void *handle))
{
    for (int i = 0; i < nadder; i++)
        if (adder[i] == add)
            return;
    BUG_IF(nadder == ADDERS);
    adder[nadder++] = add;
}

/* Integers add up in 128 bits, so a sum that overflows half-way and comes back is exact.
   SQLite's memory is aligned to 8 bytes only. */
typedef __int128 Wide __attribute__((aligned(8)));
typedef struct Sum { Wide whole; double real; int64_t nreal; } Sum;

static void sum_add(sqlite3_context *c, sqlite3_value *v, int sign)
{
    Sum *s = sqlite3_aggregate_context(c, sizeof *s);

    if (!s)
        return;
    switch (sqlite3_value_numeric_type(v)) {
    case SQLITE_INTEGER:
        s->whole += (__int128)sqlite3_value_int64(v) * sign;
        break;
    case SQLITE_FLOAT:
        s->real += sqlite3_value_double(v) * sign;
        s->nreal += sign;
        break;
    default:
        break;
    }
}

static void sum_step(sqlite3_context *c, int n, sqlite3_value **v)
{
    (void)n;
    sum_add(c, v[0], 1);
}

static void sum_inverse(sqlite3_context *c, int n, sqlite3_value **v)
{
    (void)n;
    sum_add(c, v[0], -1);
}

static void sum_value(sqlite3_context *c)
{
    Sum *s = sqlite3_aggregate_context(c, 0);

    if (!s)
        sqlite3_result_int(c, 0);
    else if (s->nreal)
        sqlite3_result_double(c, s->real + (double)s->whole);
    else if (s->whole <= INT64_MAX && s->whole >= INT64_MIN)
        sqlite3_result_int64(c, (int64_t)s->whole);
}

static bool is_number(sqlite3_value *v)
{
    int type = sqlite3_value_numeric_type(v);

    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

static void round_value(sqlite3_context *c, int n, sqlite3_value **v)
{
    (void)n;
    if (sqlite3_value_type(v[0]) == SQLITE_INTEGER && sqlite3_value_int64(v[1]) >= 0)
        sqlite3_result_value(c, v[0]);
    else if (is_number(v[0]) && is_number(v[1]))
        sqlite3_result_double(c, decimal_round(sqlite3_value_double(v[0]),
                                               sqlite3_value_int(v[1])));
}

static void scaled_value(sqlite3_context *c, int n, sqlite3_value **v)
{
    int scale = sqlite3_value_int(v[1]);
    int64_t out;

    (void)n;
    if (scale < 0 || scale > DECIMAL_MAX_SCALE || !is_number(v[0]))
        return;
    if (sqlite3_value_type(v[0]) == SQLITE_INTEGER
            ? decimal_rescale(sqlite3_value_int64(v[0]), 0, scale, &out)
            : decimal_from_real(sqlite3_value_double(v[0]), scale, &out))
        sqlite3_result_int64(c, out);
}

static void fold_value(sqlite3_context *c, int n, sqlite3_value **v)
{
    const char *text = (const char *)sqlite3_value_text(v[0]);

    (void)n;
    if (!text)
        return;
    Arena *a = arena_new();
    sqlite3_result_text(c, str_fold(a, text), -1, SQLITE_TRANSIENT);
    arena_free(a);
}

bool sqlite_add_functions(sqlite3 *h)
{
    bool ok = sqlite3_create_window_function(h, "tn_sum", 1, PURE, NULL, sum_step, sum_value,
                                             sum_value, sum_inverse, NULL) == SQLITE_OK;
    struct { const char *name; int n; void (*run)(sqlite3_context *, int, sqlite3_value **); }
        function[] = {
            { "tn_round", 2, round_value }, { "tn_scaled", 2, scaled_value },
            { "tn_fold", 1, fold_value },
        };

    for (int i = 0; ok && i < LEN(function); i++)
        ok = sqlite3_create_function_v2(h, function[i].name, function[i].n, PURE, NULL,
                                        function[i].run, NULL, NULL, NULL) == SQLITE_OK;
    for (int i = 0; ok && i < nadder; i++)
        ok = adder[i](h);
    return ok;
}
