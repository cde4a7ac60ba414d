/*
 * sqlite — the functions of the language as SQL functions of SQLite.
 *
 * x_NAME('result:arguments', [place,] …) reads its arguments by the signature, runs the C
 * implementation that eval runs too, and gives the result back in the form a column has.
 * x_list gathers values into one text, x_avg is the exact mean.
 */
#include "expr/tree.h"
#include "db/db.h"
#include "base/decimal.h"
#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#define PURE (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
#define MOST_ARGS 520

static pthread_key_t arena_key;

static void drop_arena(void *a)
{
    arena_free(a);
}

/* One scratch arena a thread, emptied by each call. */
static Arena *scratch(void)
{
    Arena *a = pthread_getspecific(arena_key);
    if (!a) {
        a = arena_new();
        pthread_setspecific(arena_key, a);
    }
    return a;
}

static Val raw_arg(Arena *a, sqlite3_value *v)
{
    switch (sqlite3_value_type(v)) {
    case SQLITE_INTEGER: return val_int(sqlite3_value_int64(v));
    case SQLITE_FLOAT:   return val_real(sqlite3_value_double(v));
    case SQLITE_TEXT: {
        const char *t = (const char *)sqlite3_value_text(v);
        return val_text(arena_dup_n(a, t, (size_t)sqlite3_value_bytes(v)));
    }
    default: return val_blank();
    }
}

static void give(sqlite3_context *cx, Arena *a, Val v)
{
    v = raw_of(a, v);
    switch (v.kind) {
    case VAL_INT:  sqlite3_result_int64(cx, v.i); break;
    case VAL_REAL: sqlite3_result_double(cx, v.d); break;
    case VAL_TEXT: sqlite3_result_text(cx, v.t, v.n, SQLITE_TRANSIENT); break;
    default:       sqlite3_result_null(cx); break;
    }
}

/* Where and when; read once for a statement, not for each row. */
typedef struct Spot { Arena *a; Call call; } Spot;

static void drop_spot(void *p)
{
    arena_free(((Spot *)p)->a);
    mem_free(p);
}

static bool spot_of(sqlite3_context *cx, sqlite3_value *v, Call *out)
{
    Spot *p = sqlite3_get_auxdata(cx, 1);
    const char *text = (const char *)sqlite3_value_text(v);
    if (!p) {
        p = mem_alloc(sizeof *p);
        p->a = arena_new();
        if (!text || !place_unpack(p->a, text, &p->call)) {
            drop_spot(p);
            return false;
        }
        sqlite3_set_auxdata(cx, 1, p, drop_spot);
        p = sqlite3_get_auxdata(cx, 1);
        if (!p) return place_unpack(out->a, text, out);       /* it keeps none for this one */
    }
    out->zone = p->call.zone;
    out->calendar = p->call.calendar;
    out->now = p->call.now;
    return true;
}

static void run(sqlite3_context *cx, int n, sqlite3_value **v)
{
    const Func *f = sqlite3_user_data(cx);
    const char *sign = n ? (const char *)sqlite3_value_text(v[0]) : NULL;
    Arena *a = scratch();
    Call c = { .a = a, .zone = zone_utc(), .calendar = calendar_default() };
    Val arg[MOST_ARGS];
    int k = 0, from = f->flags & FN_PLACE ? 2 : 1;
    if (!sign || !*sign || n < from || n - from > MOST_ARGS) {
        sqlite3_result_error(cx, "a signature is missing", -1);
        return;
    }
    arena_reset(a);
    c.type = type_of_sign(&sign);
    if (from == 2 && !spot_of(cx, v[1], &c)) {
        sqlite3_result_error(cx, "the place cannot be read", -1);
        return;
    }
    if (*sign == ':') sign++;
    for (int i = from; i < n && *sign; i++) {
        Type t = type_of_sign(&sign);
        arg[k++] = raw_typed(a, raw_arg(a, v[i]), t);
    }
    give(cx, a, func_run(f, &c, arg, k));
}

/* ---- aggregates ---- */

typedef struct Gather { Arena *a; Str s; } Gather;

static void list_step(sqlite3_context *cx, int n, sqlite3_value **v)
{
    Gather *g = sqlite3_aggregate_context(cx, sizeof *g);
    (void)n;
    if (!g) return;
    if (!g->a) {
        g->a = arena_new();
        g->s = str_begin(g->a);
    }
    Arena *a = scratch();
    arena_reset(a);
    pack_item(&g->s, raw_arg(a, v[0]));
}

static void list_final(sqlite3_context *cx)
{
    Gather *g = sqlite3_aggregate_context(cx, 0);
    if (!g || !g->a) return;
    sqlite3_result_text(cx, str_show(&g->s), (int)g->s.n, SQLITE_TRANSIENT);
    arena_free(g->a);
    g->a = NULL;
}

/* SQLite aligns its memory to 8 bytes only. */
typedef __int128 Wide __attribute__((aligned(8)));
typedef struct Mean { Wide whole; double real; int64_t n; int decimals; bool any_real; } Mean;

static void mean_step(sqlite3_context *cx, int n, sqlite3_value **v)
{
    Mean *m = sqlite3_aggregate_context(cx, sizeof *m);
    (void)n;
    if (!m || sqlite3_value_type(v[0]) == SQLITE_NULL) return;
    const char *sign = (const char *)sqlite3_value_text(v[1]);
    Type t = type_plain(T_NUMBER);
    if (sign && *sign) t = type_of_sign(&sign);
    m->decimals = t.decimals > 0 ? t.decimals : 0;
    m->n++;
    if (sqlite3_value_type(v[0]) == SQLITE_INTEGER) {
        m->whole += sqlite3_value_int64(v[0]);
    } else {
        m->real += sqlite3_value_double(v[0]);
        m->any_real = true;
    }
}

static void mean_final(sqlite3_context *cx)
{
    Mean *m = sqlite3_aggregate_context(cx, 0);
    if (!m || !m->n) return;
    if (!m->any_real && (m->whole > INT64_MAX || m->whole < INT64_MIN)) return;
    double sum = m->any_real ? m->real + (double)m->whole
        : decimal_real((int64_t)m->whole, m->decimals);
    Val mean = val_real(sum / (double)m->n);
    if (mean.kind == VAL_REAL) sqlite3_result_double(cx, mean.d);
}

static bool add_functions(void *handle)
{
    int n;
    const Func *f = func_all(&n);
    Arena *a = arena_new();
    bool ok = true;
    for (int i = 0; i < n && ok; i++)
        ok = !f[i].run || sqlite3_create_function_v2(handle, func_sql_name(a, &f[i]), -1, PURE,
            (void *)&f[i], run, NULL, NULL, NULL) == SQLITE_OK;
    ok = ok && sqlite3_create_function_v2(handle, "x_list", 1, PURE, NULL, NULL, list_step,
        list_final, NULL) == SQLITE_OK;
    ok = ok && sqlite3_create_function_v2(handle, "x_avg", 2, PURE, NULL, NULL, mean_step,
        mean_final, NULL) == SQLITE_OK;
    arena_free(a);
    return ok;
}

static void start(void)
{
    BUG_IF(pthread_key_create(&arena_key, drop_arena));
    db_on_sqlite_open(add_functions);
}

void expr_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}
