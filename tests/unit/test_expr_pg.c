/* links: expr */
/* on: postgresql
   expr in PostgreSQL: its functions come once, letters are C's, and an index answers filters. */
#include "test_database.h"
#include "expr/pgx.h"
#include <pthread.h>

#define PLAIN(k) { .kind = k, .decimals = -1 }
#define COLUMN(k, ...) &(const Name){ .key = k, .kind = NAME_COLUMN, .column = k, \
    .type = __VA_ARGS__ }

static const StageName stages[] = { { "long", "first", "open" }, { "long", "end", "won" } };
static const Names user = { .key = "user", .table = "user", .n = 1,
    .name = (const Name *[]){ COLUMN("id", { .kind = T_NUMBER }) } };
static const Names thing = { .key = "thing", .table = "thing", .stage = stages,
    .nstage = LEN(stages), .n = 11, .name = (const Name *[]){
        COLUMN("id", { .kind = T_NUMBER }), COLUMN("amount", { .kind = T_NUMBER, .decimals = 2 }),
        COLUMN("size", { .kind = T_NUMBER }),
        COLUMN("owner", { .kind = T_RECORD, .decimals = -1, .form = &user }),
        COLUMN("day", PLAIN(T_DATE)), COLUMN("at", PLAIN(T_DATETIME)),
        COLUMN("lasts", PLAIN(T_DURATION)), COLUMN("flag", PLAIN(T_BOOL)),
        COLUMN("code", PLAIN(T_TEXT)),
        &(const Name){ .key = "stage", .kind = NAME_STAGE, .column = "stage",
            .type = PLAIN(T_TEXT) },
        &(const Name){ .key = "name", .kind = NAME_COLUMN, .column = "name", .folded = true,
            .type = PLAIN(T_TEXT) } } };

static bool install(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return expr_pg_install(c, on);
}

static void installed(void)
{
    bool ok = db_write(&cx, db, install, NULL);
    if (!ok) print_error("%s %s\n", cx.text, cx.detail ? cx.detail : "");
    assert_true(ok);
}

static Val one(const char *sql, Val bound)
{
    Sql q = sql_begin(arena, DIALECT_PG);
    Val v = val_blank();
    bool found;
    sql_add_n(&q, sql, strlen(sql));
    q.val = &bound;
    q.nval = strstr(sql, "$1") != NULL;
    if (!db_one(&cx, db, &q, &v, 1, &found)) fail_msg("%s %s", cx.text, cx.detail);
    return v;
}

static void functions_come_once(void **st)
{
    (void)st;
    installed();
    const char *xmin = "SELECT xmin::text FROM pg_proc WHERE oid = 'tn_fold(text)'::regprocedure";
    Val first = one(xmin, val_blank());
    installed();
    assert_string_equal(one(xmin, val_blank()).t, first.t);
    must("COMMENT ON FUNCTION tn_fold(text) IS 'tenon 1 another'");
    installed();
    assert_string_not_equal(one(xmin, val_blank()).t, first.t);
}

static void a_newer_edition_stays(void **st)
{
    (void)st;
    installed();
    must("COMMENT ON FUNCTION tn_fold(text) IS 'tenon 999 later'");
    installed();
    assert_string_equal(one("SELECT obj_description('tn_fold(text)'::regprocedure, 'pg_proc')",
        val_blank()).t, "tenon 999 later");
}

static void *node_installs(void *ok)
{
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    DbPool *own;
    Db *on;
    *(bool *)ok = db_pool_open(&c, url, false, &own) && db_open(&c, own, &on);
    if (*(bool *)ok) {
        *(bool *)ok = db_write(&c, on, install, NULL);
        if (!*(bool *)ok) print_error("%s %s\n", c.text, c.detail ? c.detail : "");
        db_close(on);
        db_pool_close(own);
    }
    arena_free(a);
    return NULL;
}

static void nodes_install_at_once(void **st)
{
    pthread_t node[4];
    bool ok[LEN(node)];
    (void)st;
    for (int i = 0; i < LEN(node); i++)
        assert_int_equal(pthread_create(&node[i], NULL, node_installs, &ok[i]), 0);
    for (int i = 0; i < LEN(node); i++) pthread_join(node[i], NULL);
    for (int i = 0; i < LEN(node); i++) assert_true(ok[i]);
}

/* Bodies are not looked at when a function is made: here each is. */
static void every_body_can_be_made(void **st)
{
    (void)st;
    installed();
    const char *text = pgx_functions(arena), *bodies = strchr(text, '\n');
    must(arena_printf(arena, "SET LOCAL check_function_bodies = on;%s", bodies));
}

/* Each letter there is, in texts of a few thousand; folded one by one, for neighbours compose.
   Some of Unicode 15 that are others in disguise are left out: not every server knows them. */
static void letters_are_as_in_c(void **st)
{
    static const struct { const char *sql; char *(*c)(Arena *a, const char *text); } ways[] = {
        { "SELECT x_lower($1)", utf8_lower }, { "SELECT x_upper($1)", utf8_upper },
        { "SELECT string_agg(tn_fold(u.c || 'x'), '|' ORDER BY n) "
          "FROM string_to_table($1, NULL) WITH ORDINALITY AS u(c, n)", NULL },
    };
    (void)st;
    installed();
    for (uint32_t from = 0x20; from < 0x110000; from += 2048) {
        Arena *a = arena_new();
        Str s = str_begin(a), folded = str_begin(a);
        for (uint32_t r = from; r < from + 2048; r++) {
            if ((r >= 0xD800 && r < 0xE000) || (r > 0x33FF && r < 0x9000 && r % 64)
                || (r > 0x323B0 && r < 0xE0000) || r > 0xE1000 || (r >= 0x1E030 && r <= 0x1E06D))
                continue;
            Str one_letter = str_begin(a);
            str_add_rune(&s, r);
            str_add_rune(&one_letter, r);
            str_add_char(&one_letter, 'x');
            if (folded.n) str_add_char(&folded, '|');
            str_add(&folded, str_fold(a, str_show(&one_letter)));
        }
        for (int i = 0; s.n && i < LEN(ways); i++) {
            Val v = one(ways[i].sql, val_text(str_show(&s)));
            assert_string_equal(v.t, ways[i].c ? ways[i].c(a, str_show(&s)) : str_show(&folded));
        }
        arena_free(a);
    }
}

static void texts_fold_as_in_c(void **st)
{
    static const char *const texts[] = { "Straße  \tGmbH ", "ΟΔΥΣΣΕΥΣ", "ﬁﬂ ½ ①②", "İstanbul I",
        "A\xCC\x8Angstro\xCC\x88m", "a\xC2\xAD" "b\xE2\x80\x8D" "c", "가각 ㈀ ｶﾞ", "\xE3\x80\x80榫\xE3\x80\x80\xE3\x80\x80卯",
        "\n", "ǆ Ǆ ǅ ǰ ŉ", "ÀÉÎ ŒUVRE", "ПРИВЕТ мир", "\xE2\x80\xA8x\xC2\xA0y", "ẞ", "ᾈ ᾳ" };
    (void)st;
    installed();
    for (int i = 0; i < LEN(texts); i++) {
        Val v = one("SELECT tn_fold($1)", val_text(texts[i]));
        assert_string_equal(v.kind == VAL_TEXT ? v.t : "", str_fold(arena, texts[i]));
    }
}

static Sql sql_of(const char *text)
{
    ExprWhere where = { .here = &thing, .use = USE_PERMISSION };
    Asker asker = { .me = 7, .now = 1772413200, .zone = zone_find("Asia/Shanghai") };
    Expr *e = expr_load(&cx, NULL, text, &where);
    Sql q = sql_begin(arena, DIALECT_PG);
    assert_non_null(e);
    assert_true(expr_sql(&cx, e, &(ExprSql){ .asker = &asker }, &q));
    return q;
}

static const char *plan_of(const char *text)
{
    Sql q = sql_begin(arena, DIALECT_PG), cond = sql_of(text);
    Str plan = str_begin(arena);
    Rows rows;
    Val row;
    sql_add(&q, "EXPLAIN (COSTS OFF) SELECT * FROM thing WHERE ");
    sql_join(&q, &cond);
    if (!db_query(&cx, db, &q, &rows)) fail_msg("%s %s", cx.text, cx.detail);
    while (db_next(&cx, &rows, &row)) str_printf(&plan, "%s\n", row.t);
    db_rows_end(&rows);
    return str_show(&plan);
}

static void an_index_answers(void **st)
{
    static const char *const cases[][2] = {
        { "owner = me()", "i_owner" }, { "owner in [me(), 9]", "i_owner" },
        { "owner in [1, 2, 3, 4, 5, 6]", "i_owner" }, { "owner = blank", "i_owner" },
        { "amount > 29000", "i_amount" }, { "amount = 12.5", "i_amount" },
        { "amount < 100.005", "i_amount" }, { "amount in [1, 2.5]", "i_amount" },
        { "amount between 1 and 2", "i_amount" }, { "amount < 100 / 3", "i_amount" },
        { "size = 3", "i_size" }, { "size in [1, 2]", "i_size" }, { "size <= 2 + 1", "i_size" },
        { "id = 7", "thing_pkey" }, { "day < today() - 2200", "i_day" },
        { "day = '2026-01-01'", "i_day" }, { "at > now() - 2d", "i_at" },
        { "lasts < 2d", "i_lasts" }, { "flag", "i_flag" }, { "code = 'x'", "i_code" },
        { "code in ['x', 'y']", "i_code" }, { "code > 'x'", "i_code" },
        { "stage.status = 'open'", "i_stage" }, { "stage = 'end'", "i_stage" },
        { "starts_with(name, 'Ab')", "i_name" },
    };
    (void)st;
    installed();
    must("CREATE TABLE thing (id bigint PRIMARY KEY, amount numeric, size bigint, owner bigint, "
        "day date, at timestamptz, lasts bigint, flag boolean, code text COLLATE \"C\", "
        "stage text COLLATE \"C\", workflow text COLLATE \"C\", name text COLLATE \"C\", "
        "name__key text COLLATE \"C\"); CREATE INDEX i_amount ON thing(amount); "
        "CREATE INDEX i_size ON thing(size); CREATE INDEX i_owner ON thing(owner); "
        "CREATE INDEX i_day ON thing(day); CREATE INDEX i_at ON thing(at); "
        "CREATE INDEX i_lasts ON thing(lasts); CREATE INDEX i_flag ON thing(flag); "
        "CREATE INDEX i_code ON thing(code); CREATE INDEX i_stage ON thing(stage); "
        "CREATE INDEX i_name ON thing(name__key); "
        "INSERT INTO thing SELECT n, n, n, n, DATE '2020-01-01' + n % 9000, "
        "TIMESTAMPTZ '2010-01-01 00:00Z' + n * INTERVAL '5 hours', 200000 - n, n = 77, "
        "chr(33 + n % 60) || n, 'first' || n, 'long', 'n' || n, 'n' || n "
        "FROM generate_series(1, 30000) AS g(n); ANALYZE thing");
    for (int i = 0; i < LEN(cases); i++) {
        const char *plan = plan_of(cases[i][0]);
        if (!strstr(plan, cases[i][1]) || !strstr(plan, "Index Cond"))
            fail_msg("%s\n%s", cases[i][0], plan);
    }
}

static void spelled(const char *text, const char *want)
{
    Sql q = sql_of(text);
    assert_string_equal(str_show(&q.text), want);
}

/* Never NULL, and no function around a column. */
static void filters_are_spelled_for_indexes(void **st)
{
    (void)st;
    spelled("owner = me()", "(\"owner\" = $1 AND \"owner\" IS NOT NULL)");
    spelled("owner != me()", "(\"owner\" <> $1 OR \"owner\" IS NULL)");
    spelled("flag", "(\"flag\" IS TRUE)");
    spelled("name = blank", "(\"name\" IS NULL)");
    spelled("1 = 1", "TRUE");
    spelled("amount < 0.005", "(\"amount\" < $1::numeric AND \"amount\" IS NOT NULL)");
    spelled("amount * 2 > size", "coalesce((x_dec((((\"amount\")::double precision * "
        "($1::bigint)::double precision))::double precision, 0))::numeric > (\"size\")::numeric, FALSE)");
    assert_int_equal(sql_of("size = 3").val[0].kind, VAL_INT);
    assert_int_equal(sql_of("amount = 3").val[0].kind, VAL_DEC);
    assert_int_equal(sql_of("day = '2026-01-01'").val[0].kind, VAL_DATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        D(functions_come_once), D(a_newer_edition_stays),
        D(nodes_install_at_once), D(every_body_can_be_made),
        D(letters_are_as_in_c), D(texts_fold_as_in_c), D(an_index_answers),
        D(filters_are_spelled_for_indexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
