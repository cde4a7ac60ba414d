/* links: expr */
/* expr in SQL: what an index must be able to answer is spelled so that it can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "db/db.h"
#include "expr/expr.h"
#include "expr/pgx.h"

#define PLAIN(k) { .kind = k, .decimals = -1 }
#define COLUMN(k, ...) &(const Name){ .key = k, .kind = NAME_COLUMN, .column = k, \
    .type = __VA_ARGS__ }

static const StageName stages[] = {
    { "long", "first", "open" }, { "long", "talk", "open" }, { "long", "end", "won" },
    { "short", "first", "open" }, { "short", "end", "done" },
};
static const Names user = { .key = "user", .table = "user", .binned = true, .n = 3,
    .name = (const Name *[]){ COLUMN("id", PLAIN(T_NUMBER)), COLUMN("login", PLAIN(T_TEXT)),
        COLUMN("name", PLAIN(T_TEXT)) } };
static const Names thing = { .key = "thing", .table = "thing", .stage = stages,
    .nstage = LEN(stages), .n = 8, .name = (const Name *[]){
        COLUMN("id", { .kind = T_NUMBER }), COLUMN("amount", { .kind = T_NUMBER, .decimals = 2 }),
        COLUMN("owner", { .kind = T_RECORD, .decimals = -1, .form = &user }),
        COLUMN("day", PLAIN(T_DATE)), COLUMN("at", PLAIN(T_DATETIME)),
        COLUMN("flag", PLAIN(T_BOOL)),
        &(const Name){ .key = "stage", .kind = NAME_STAGE, .column = "stage",
            .type = PLAIN(T_TEXT) },
        &(const Name){ .key = "name", .kind = NAME_COLUMN, .column = "name", .folded = true,
            .type = PLAIN(T_TEXT) } } };

static int setup(void **st)    { *st = arena_new(); return 0; }
static int teardown(void **st) { arena_free(*st); return 0; }

static const Names *form(void *ctx, const char *name)
{
    (void)ctx;
    return str_eq(name, "user") ? &user : NULL;
}

static Sql sql_of(Cx *cx, const char *text, const char *alias)
{
    ExprWhere where = { .here = &thing, .use = USE_PERMISSION, .form = form };
    Asker asker = { .me = 7, .now = 1772413200, .zone = zone_utc() };
    Expr *e = expr_load(cx, NULL, text, &where);
    Sql q = sql_begin(cx->a, DIALECT_SQLITE);
    assert_non_null(e);
    assert_true(expr_sql(cx, e, &(ExprSql){ .asker = &asker, .alias = alias }, &q));
    return q;
}

static void spelled(void **st, const char *text, const char *want)
{
    Cx cx = cx_begin(*st, NULL);
    Sql q = sql_of(&cx, text, NULL);
    assert_string_equal(str_show(&q.text), want);
}

static void a_column_is_compared_with_a_bound_value(void **st)
{
    spelled(st, "owner = me()", "(\"owner\" IS $1)");
    spelled(st, "day < today() - 14", "(\"day\" < $1 AND \"day\" IS NOT NULL)");
    spelled(st, "14 > amount", "(\"amount\" < $1 AND \"amount\" IS NOT NULL)");
    spelled(st, "flag", "(\"flag\" IS 1)");
    spelled(st, "name = blank", "(\"name\" IS NULL)");
    spelled(st, "1 = 1", "1");
}

static void a_number_is_bound_as_the_column_stores_it(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    Sql q = sql_of(&cx, "amount > 100", NULL);
    assert_int_equal(q.val[0].kind, VAL_INT);
    assert_int_equal(q.val[0].i, 10000);
    q = sql_of(&cx, "amount > 100.005", NULL);
    assert_int_equal(q.val[0].kind, VAL_REAL);
}

static void a_status_becomes_its_stages(void **st)
{
    spelled(st, "stage.status = 'open'",
        "(\"stage\" IS NOT NULL AND (\"stage\" IN ($1, $2)))");
    spelled(st, "stage.status = 'won'",
        "(\"stage\" IS NOT NULL AND ((\"stage\" = $1 AND \"workflow\" IS $2)))");
}

static void a_link_is_walked_in_a_subquery_without_the_bin(void **st)
{
    Cx cx = cx_begin(*st, NULL);
    Sql q = sql_of(&cx, "owner.login = 'ann'", "t");
    assert_string_equal(str_show(&q.text), "((SELECT \"te1\".\"login\" FROM \"user\" AS \"te1\" "
        "WHERE \"te1\".\"id\" = \"t\".\"owner\" AND \"te1\".\"deleted_at\" IS NULL) IS $1)");
}

static bool make(Cx *cx, Db *db, void *arg)
{
    (void)arg;
    return db_script(cx, db, "CREATE TABLE thing (id INTEGER PRIMARY KEY, amount INTEGER, "
        "owner INTEGER, day TEXT, at TEXT, flag INTEGER, stage TEXT, workflow TEXT, name TEXT, "
        "name__key TEXT); CREATE INDEX i_amount ON thing(amount); "
        "CREATE INDEX i_owner ON thing(owner); CREATE INDEX i_day ON thing(day); "
        "CREATE INDEX i_stage ON thing(stage); CREATE INDEX i_name ON thing(name__key);");
}

static void the_database_uses_the_index(void **st)
{
    static const char *const cases[][2] = {
        { "owner = me()", "i_owner (owner=?)" }, { "owner in [me(), 9]", "i_owner (owner=?)" },
        { "amount > 100", "i_amount (amount>?)" },
        { "amount between 1 and 2", "i_amount (amount>? AND amount<?)" },
        { "day < today() - 14", "i_day (day>? AND day<?)" }, { "day = '2026-01-01'", "i_day (day=?)" },
        { "stage.status = 'open'", "i_stage (stage=?)" }, { "stage = 'talk'", "i_stage (stage=?)" },
        { "starts_with(name, 'Ab')", "i_name (name__key>? AND name__key<?)" },
    };
    Cx cx = cx_begin(*st, NULL);
    DbPool *pool;
    Db *db;
    expr_init();
    remove("test_expr_sql.db");
    assert_true(db_pool_open(&cx, "sqlite:test_expr_sql.db", false, &pool));
    assert_true(db_open(&cx, pool, &db));
    assert_true(db_write(&cx, db, make, NULL));
    for (int i = 0; i < LEN(cases); i++) {
        Sql where = sql_of(&cx, cases[i][0], NULL), q = sql_begin(cx.a, DIALECT_SQLITE);
        Val row[4];
        bool found;
        sql_add(&q, "EXPLAIN QUERY PLAN SELECT * FROM thing WHERE ");
        sql_join(&q, &where);
        assert_true(db_one(&cx, db, &q, row, 4, &found));
        if (!strstr(row[3].t, cases[i][1])) fail_msg("%s: %s", cases[i][0], row[3].t);
    }
    db_close(db);
    db_pool_close(pool);
    remove("test_expr_sql.db");
}

/* PostgreSQL has no C of ours: each function that C knows is written there too. */
static void every_function_has_a_form_in_postgresql(void **st)
{
    int n;
    const Func *f = func_all(&n);
    const char *all = pgx_functions(*st);
    for (int i = 0; i < n; i++) {
        const char *form = pgx_form(f[i].doc.name), *called = form ? strstr(form, "x_") : NULL;
        if (f[i].run && !form) fail_msg("%s has no form", f[i].doc.name);
        for (; called; called = strstr(called + 1, "x_")) {
            size_t k = strspn(called, "abcdefghijklmnopqrstuvwxyz_");
            if (!strstr(all, arena_printf(*st, "FUNCTION %.*s(", (int)k, called)))
                fail_msg("%s needs %.*s", f[i].doc.name, (int)k, called);
        }
    }
}

static void a_pattern_that_postgresql_has_no_word_for_is_refused(void **st)
{
    static const char *const bad[] = { "(a)\\1", "a++", "(?>a)b", "a{300}", "\\Ka", "(?#x)a", "(*UCP)a" };
    const char *stuck;
    for (int i = 0; i < LEN(bad); i++)
        if (pgx_pattern(*st, bad[i], &stuck)) fail_msg("%s is taken", bad[i]);
    assert_string_equal(pgx_pattern(*st, "^a.b(c|d)+?$", &stuck), "(?:^a[^\\n]b(?:c|d)+$)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_column_is_compared_with_a_bound_value, setup, teardown),
        cmocka_unit_test_setup_teardown(a_number_is_bound_as_the_column_stores_it, setup,
            teardown),
        cmocka_unit_test_setup_teardown(a_status_becomes_its_stages, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_is_walked_in_a_subquery_without_the_bin, setup,
            teardown),
        cmocka_unit_test_setup_teardown(the_database_uses_the_index, setup, teardown),
        cmocka_unit_test_setup_teardown(every_function_has_a_form_in_postgresql, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pattern_that_postgresql_has_no_word_for_is_refused, setup,
            teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
