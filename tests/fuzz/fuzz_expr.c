/* links: expr */
/*
 * fuzz_expr — any text as an expression: it has issues, or C and the databases give it the same value.
 *
 * Over the world of tests/cases/expr; the first byte chooses what the expression is for.
 */
#include "../cases/expr_world.h"
#include "expr/shape.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char given[] = "{\"name\": \"Ärger\", \"amount\": \"12.50\", \"quantity\": 3, "
    "\"rate\": \"0.1250\", \"flag\": true, \"day\": \"2026-03-01\", "
    "\"at\": \"2026-03-01T10:00:00Z\", \"clock\": \"09:30\", \"phone\": \"138-0000-1111\", "
    "\"shop\": 1, \"owner\": 7, \"tags\": [\"a\", \"b\"], \"shops\": [1, 2], "
    "\"items\": [{\"quantity\": 2, \"price\": \"1.10\", \"label\": \"x\", \"shop\": 1}, "
    "{\"quantity\": 5}], \"stage\": \"talk\", \"workflow\": \"long\", "
    "\"big\": \"90000000000000.00\"}";

static World world;

static void close_world(void)
{
    world_close(&world);
}

static void open_world(void)
{
    static Cx cx;
    cx = cx_begin(arena_new(), NULL);
    world_open(&world, &cx, CASES "/expr");
    atexit(close_world);
    Node *n = json_parse(&cx, given, sizeof given - 1);
    BUG_IF(!n);
    world_given(&world, n, NULL);
}

static bool through_sql(Cx *cx, const Expr *e, Val *out)
{
    Sql q = sql_begin(cx->a, world.now->dialect);
    bool found;
    int scale;
    sql_add(&q, "SELECT ");
    if (!expr_sql(cx, e, &(ExprSql){ .asker = &world.asker, .alias = "t" }, &q)) return false;
    sql_add(&q, " FROM thing AS t");
    if (!db_one(cx, world.now->db, &q, out, 1, &found)) {
        if (cx->err != E_INPUT)
            fprintf(stderr, "%s %s\n%s\n", cx->text, cx->detail ? cx->detail : "",
                sql_explain(cx->a, &q));
        return false;
    }
    ValKind kind = expr_val_kind(e, &scale);         /* first: it sets the scale */
    *out = db_typed(*out, kind, scale);
    return true;
}

/* Kinds whose values are exact: they must be the same texts. */
static bool exact(Type t)
{
    return t.kind == T_BOOL || t.kind == T_TEXT || t.kind == T_DATE || t.kind == T_RECORD
        || (t.kind == T_NUMBER && t.decimals >= 0);
}

static void compare(Cx *cx, const Expr *e, Val c)
{
    Val sql;
    bool ok = through_sql(cx, e, &sql);
    if (!ok && cx->err == E_INPUT) return;           /* too deep for the database */
    if (!ok) fprintf(stderr, "%s\n", expr_text(e));
    BUG_IF(!ok);
    if (!exact(expr_type(e)) || getenv("NO_COMPARE")) return;
    const char *x = val_is_blank(c) ? "" : val_show(cx->a, c);
    const char *y = val_is_blank(sql) ? "" : val_show(cx->a, sql);
    if (!str_eq(x, y)) fprintf(stderr, "%s\nC %s, %s %s\n", expr_text(e), x,
        world.now->name, y);
    BUG_IF(!str_eq(x, y));
}

/* The pieces of an expression are expressions, and joined they have the same pieces again. */
static void pieces(Cx *cx, const char *text)
{
    const char **piece, **again, *joined;
    int n = expr_pieces(cx, text, &piece);

    BUG_IF(n < 1);
    joined = expr_join(cx->a, piece, n);
    if (expr_pieces(cx, joined, &again) != n) fprintf(stderr, "%s\n%s\n", text, joined);
    BUG_IF(expr_pieces(cx, joined, &again) != n);
    for (int i = 0; i < n; i++) {
        Shape s;
        const char **one;
        BUG_IF(expr_pieces(cx, piece[i], &one) != 1);
        if (expr_shape(cx, piece[i], "f = v", &s))
            BUG_IF(!expr_shape(cx, expr_of_shape(cx->a, "f = v", &s), "f = v", &s));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const ExprUse uses[] = { USE_CHECK, USE_FILTER, USE_PERMISSION, USE_STORED,
        USE_DEFAULT, USE_TIME, USE_AGGREGATE };
    if (!n) return 0;
    if (!world.nbase) open_world();
    Cx *was = world.cx, cx = cx_begin(arena_new(), NULL);
    world.cx = &cx;
    const char *text = arena_dup_n(cx.a, (const char *)data + 1, n - 1);
    ExprWhere where = world.where;
    where.use = uses[data[0] % LEN(uses)];
    Expr *e = utf8_valid(text, strlen(text)) ? expr_load(&cx, NULL, text, &where) : NULL;
    Eval env = world_eval(&world);
    Val v;
    if (e) pieces(&cx, text);
    if (e && !(where.use & USE_AGGREGATE)) {
        BUG_IF(!expr_eval(e, &env, &v));
        bool here = !(expr_uses(e) & (EXPR_OLD | EXPR_REGEX)) && expr_type(e).kind != T_LIST;
        for (int i = 0; here && i < world.nbase; i++) {
            world.now = &world.base[i];
            compare(&cx, e, v);
        }
        Str s = str_begin(cx.a);
        Json j = json_begin(&s);
        expr_json(e, &j);
        BUG_IF(!utf8_valid(str_show(&s), s.n));
    }
    cx_clear(&cx);
    if (*text && utf8_valid(text, strlen(text))) expr_load_text(&cx, NULL, text, &where);
    world.cx = was;
    arena_free(cx.a);
    return 0;
}
