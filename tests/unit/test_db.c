/* links: db */
/* db: what is asked and answered, and what a connection refuses. */
#include "test_database.h"
#include "base/sys.h"
#include <sys/stat.h>
#include <sys/wait.h>

static void every_kind_of_value_comes_back(void **st)
{
    Val in[] = { val_blank(), val_bool(true), val_int(INT64_MIN), val_dec(1250, 2),
                 val_real(0.1), val_text("客户's"), val_date(20514), val_datetime(1772413200),
                 val_time(34200), val_duration(90, UNIT_M), val_rec(7) };
    Sql q = sql_begin(arena, db_dialect(db));
    Val out[LEN(in)];

    (void)st;
    sql_add(&q, "SELECT ");
    for (int i = 0; i < LEN(in); i++) {
        if (i)
            sql_add(&q, ", ");
        sql_bind(&q, in[i]);
    }
    assert_true(db_one(&cx, db, &q, out, LEN(out), NULL));
    for (int i = 0; i < LEN(in); i++) {
        Val v = db_typed(out[i], in[i].kind, in[i].scale);
        assert_int_equal(v.kind, in[i].kind);
        assert_true(val_eq(v, in[i]));
    }
    assert_string_equal(out[6].t, "2026-03-02");
    assert_string_equal(out[7].t, "2026-03-02T01:00:00Z");
    assert_int_equal(out[3].i, 1250);
    assert_int_equal(out[9].i, 5400);
    assert_int_equal(db_typed(out[9], VAL_DURATION, 0).unit, UNIT_M);
}

static void what_a_column_cannot_mean_is_blank(void **st)
{
    (void)st;
    assert_true(val_is_blank(db_typed(val_text("soon"), VAL_DATE, 0)));
    assert_true(val_is_blank(db_typed(val_text("x"), VAL_DEC, 2)));
    /* what another node stored there since is never taken for a text */
    assert_true(val_is_blank(db_typed(val_dec(125, 1), VAL_TEXT, 0)));
    assert_true(val_is_blank(db_typed(val_int(7), VAL_TEXT, 0)));
    assert_true(val_is_blank(db_typed(val_date(7), VAL_BOOL, 0)));
    assert_true(val_is_blank(db_typed(val_blank(), VAL_INT, 0)));
    assert_true(val_eq(db_typed(val_text("12.50"), VAL_DEC, 2), val_dec(1250, 2)));
    assert_true(val_eq(db_typed(val_real(12.505), VAL_DEC, 2), val_dec(1251, 2)));
}

static void a_repeated_parameter_binds_once(void **st)
{
    Sql q = sql_begin(arena, db_dialect(db));
    Val v[2];

    (void)st;
    sql_add(&q, "SELECT $2 || $1 || $2, ");
    sql_bind(&q, val_text("b"));
    sql_add(&q, " || ");
    sql_bind(&q, val_text("a"));
    assert_true(db_one(&cx, db, &q, v, 2, NULL));
    assert_string_equal(v[0].t, "aba");
    assert_string_equal(v[1].t, "ba");
}

static void a_query_may_run_inside_its_own_rows(void **st)
{
    Sql q = sql_begin(arena, db_dialect(db));
    Rows outer, inner;
    int64_t sum = 0;
    Val a, b;

    (void)st;
    must("CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (1), (2), (3);");
    sql_add(&q, "SELECT x FROM t ORDER BY x");
    assert_true(db_query(&cx, db, &q, &outer));
    while (db_next(&cx, &outer, &a)) {
        assert_true(db_query(&cx, db, &q, &inner));
        while (db_next(&cx, &inner, &b))
            sum += a.i * b.i;
        db_rows_end(&inner);
    }
    db_rows_end(&outer);
    assert_int_equal(sum, 36);
}

static void far_more_statements_than_the_cache_holds_still_work(void **st)
{
    (void)st;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 600; i++)
            assert_int_equal(ask(db, arena_printf(arena, "SELECT %d", i)).i, i);
}

static void no_row_is_not_an_error(void **st)
{
    Sql q = sql_begin(arena, db_dialect(db));
    bool found = true;
    Val v = val_int(1);

    (void)st;
    sql_add(&q, "SELECT 1 WHERE 1 = 0");
    assert_true(db_one(&cx, db, &q, &v, 1, &found));
    assert_false(found);
    assert_true(val_is_blank(v));
}

static void a_wrong_statement_tells_admins_what_it_was(void **st)
{
    (void)st;
    assert_false(run(&cx, db, "SELECT nothing FROM nowhere"));
    assert_int_equal(cx.err, E_DB);
    assert_null(strstr(cx.text, "nowhere"));
    assert_non_null(strstr(cx.detail, "FROM nowhere"));
}

static void a_unique_index_that_refuses_is_named(void **st)
{
    (void)st;
    must("CREATE TABLE t(a INTEGER, b INTEGER, c TEXT);"
         "CREATE INDEX t_other ON t(a, b); CREATE UNIQUE INDEX t_ab ON t(a, b);"
         "CREATE UNIQUE INDEX t_fold ON t(lower(c)); INSERT INTO t VALUES (1, 2, 'x');");
    assert_false(db_write(&cx, db, run_script, (void *)"INSERT INTO t VALUES (1, 2, 'y')"));
    assert_int_equal(cx.err, E_INPUT);
    assert_string_equal(db_violated(db), "t_ab");
    cx_clear(&cx);
    assert_false(db_write(&cx, db, run_script, (void *)"INSERT INTO t VALUES (3, 4, 'X')"));
    assert_int_equal(cx.err, E_INPUT);
    assert_string_equal(db_violated(db), "t_fold");
    cx_clear(&cx);
    must("INSERT INTO t VALUES (5, 6, 'z')");
    assert_null(db_violated(db));
}

static void foreign_keys_hold_at_once(void **st)
{
    (void)st;
    must("CREATE TABLE p(id INTEGER PRIMARY KEY);"
         "CREATE TABLE c(p INTEGER REFERENCES p(id)); INSERT INTO p VALUES (1);");
    assert_false(db_write(&cx, db, run_script, (void *)"INSERT INTO c VALUES (2)"));
    assert_int_equal(cx.err, E_CONFLICT);
    cx_clear(&cx);
    must("INSERT INTO c VALUES (1)");
    assert_false(db_write(&cx, db, run_script, (void *)"DELETE FROM p"));
    assert_int_equal(cx.err, E_CONFLICT);
}

static void sums_are_exact_or_null_but_never_an_error(void **st)
{
    (void)st;
    SQLITE_ONLY("a function of ours; the sums of PostgreSQL are asked by cases_expr");
    must("CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (9223372036854775807), (1);");
    assert_true(val_is_blank(ask(db, "SELECT tn_sum(x) FROM t")));
    must("INSERT INTO t VALUES (-2), (NULL)");
    assert_int_equal(ask(db, "SELECT tn_sum(x) FROM t").i, INT64_MAX - 1);
    assert_int_equal(ask(db, "SELECT tn_sum(x) FROM t WHERE 0").i, 0);
    assert_true(ask(db, "SELECT tn_sum(column1) FROM (VALUES (1), (0.5))").d == 1.5);
    assert_int_equal(ask(db, "SELECT max(s) FROM (SELECT tn_sum(column1) OVER (ORDER BY column1"
                             " ROWS 1 PRECEDING) AS s FROM (VALUES (1), (2), (3)))").i, 5);
}

static void rounding_in_sql_is_the_one_of_c(void **st)
{
    (void)st;
    SQLITE_ONLY("functions of ours; the rounding of PostgreSQL is asked by cases_expr");
    assert_true(ask(db, "SELECT tn_round(1.005, 2)").d == 1.01);
    assert_true(ask(db, "SELECT tn_round(-0.5, 0)").d == -1);
    assert_true(ask(db, "SELECT tn_round(1250.0, -2)").d == 1300);
    assert_int_equal(ask(db, "SELECT tn_round(9007199254740993, 2)").i, 9007199254740993);
    assert_true(val_is_blank(ask(db, "SELECT tn_round(NULL, 2)")));
    assert_true(val_is_blank(ask(db, "SELECT tn_round('abc', 2)")));
    assert_int_equal(ask(db, "SELECT tn_scaled(2.675, 2)").i, 268);
    assert_int_equal(ask(db, "SELECT tn_scaled(3, 2)").i, 300);
    assert_true(val_is_blank(ask(db, "SELECT tn_scaled(1e18, 2)")));
    assert_string_equal(ask(db, "SELECT tn_fold('ＡÄ  b')").t, "aä b");
}

static void the_schema_can_be_read_back(void **st)
{
    const char **name;
    Column *column;
    int n;

    (void)st;
    SQLITE_ONLY("its own types and search tables; unit_pg_pg asks the other");
    must("CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE VIEW v AS SELECT 1;"
         "CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p(id), t TEXT);"
         "CREATE INDEX c_p ON c(p); CREATE VIRTUAL TABLE words USING fts5(x);");
    assert_true(db_columns(&cx, db, "c", &column, &n));
    assert_int_equal(n, 3);
    assert_string_equal(column[1].name, "p");
    assert_string_equal(column[1].type, "INTEGER");
    assert_string_equal(column[1].references, "p");
    assert_true(column[1].required);
    assert_false(column[2].required);
    assert_null(column[2].references);
    assert_true(db_columns(&cx, db, "absent", &column, &n));
    assert_int_equal(n, 0);
    assert_true(db_tables(&cx, db, &name, &n));
    assert_int_equal(n, 3);                   /* no view, nothing of the search's own tables */
    assert_string_equal(name[0], "c");
    assert_string_equal(name[2], "words");
    Index *index;
    assert_true(db_indexes(&cx, db, &index, &n));
    assert_int_equal(n, 1);
    assert_string_equal(index[0].name, "c_p");
    assert_string_equal(index[0].table, "c");
    assert_string_equal(index[0].columns, "\"p\"");
    assert_false(index[0].unique);
}

static void a_read_ends_when_its_time_is_up(void **st)
{
    (void)st;
    db_timeout(db, 20);
    assert_false(run(&cx, db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                              " SELECT count(*) FROM n"));
    assert_int_equal(cx.err, E_LIMIT);
    cx_clear(&cx);
    assert_int_equal(ask(db, "SELECT 1").i, 1);
}

static void nothing_open_survives_the_rest(void **st)
{
    Sql q = sql_begin(arena, db_dialect(db));
    Rows rows;
    Val v;

    (void)st;
    must("CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (1), (2);");
    sql_add(&q, "SELECT x FROM t");
    assert_true(db_query(&cx, db, &q, &rows));
    assert_true(db_next(&cx, &rows, &v));
    db_rest(db);
    must("INSERT INTO t VALUES (3)");
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 3);
}

static void reaching_out_is_impossible(void **st)
{
    (void)st;
    assert_false(run(&cx, db, "SELECT load_extension('x')"));
    cx_clear(&cx);
    assert_false(run(&cx, db, "ATTACH '/tmp/other.db' AS other"));
    cx_clear(&cx);
    assert_false(db_write(&cx, db, run_script,
                          (void *)"PRAGMA writable_schema=1; DELETE FROM sqlite_schema"));
    cx_clear(&cx);
    assert_false(run(&cx, db, "SELECT \"no such column\""));
}

static void another_process_cannot_write(void **st)
{
    int status;

    (void)st;
    SQLITE_ONLY("on PostgreSQL several nodes may write");
    fflush(NULL);
    pid_t child = fork();
    if (!child) {
        Arena *a = arena_new();
        Cx c = cx_begin(a, NULL);
        DbPool *other;
        bool refused = !db_pool_open(&c, url, false, &other) && c.err == E_BUSY
            && strstr(c.text, "app.db");
        _exit(refused ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_read_only_pool_sees_and_refuses_to_write(void **st)
{
    DbPool *other;
    Db *reader;

    (void)st;
    must("CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (5);");
    assert_true(db_pool_open(&cx, url, true, &other));
    assert_true(db_open(&cx, other, &reader));
    assert_int_equal(ask(reader, "SELECT x FROM t").i, 5);
    assert_false(db_write(&cx, reader, run_script, (void *)"DELETE FROM t"));
    assert_int_equal(cx.err, E_DENIED);
    cx_clear(&cx);
    db_close(reader);
    db_pool_close(other);
    assert_false(db_pool_open(&cx, "sqlite:/tmp/there-is-no-such.db", true, &other));
    assert_int_equal(cx.err, E_MISSING);
}

static void addresses_that_are_none_are_refused(void **st)
{
    const char *wrong[] = { "", "sqlite", "sqlite:", "mysql:x", "sqlite::memory:" };
    DbPool *other;

    (void)st;
    for (int i = 0; i < LEN(wrong); i++) {
        assert_false(db_pool_open(&cx, wrong[i], false, &other));
        assert_int_equal(cx.err, E_INPUT);
        cx_clear(&cx);
    }
}

static void the_file_is_its_owners_alone(void **st)
{
    struct stat s;

    (void)st;
    SQLITE_ONLY("there is no file");
    must("CREATE TABLE t(x INTEGER)");
    assert_int_equal(stat(url + strlen("sqlite:"), &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(stat(arena_printf(arena, "%s-wal", url + strlen("sqlite:")), &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
}

static void a_backup_is_a_sound_database_of_one_moment(void **st)
{
    const char *path = arena_printf(arena, "%s/copy.db", folder);
    DbPool *other;
    Db *copy;

    (void)st;
    SQLITE_ONLY("PostgreSQL is backed up by its own tools");
    must("CREATE TABLE t(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
         " WHERE i < 20000) INSERT INTO t SELECT printf('%064d', i) FROM n;");
    assert_true(db_backup(&cx, pool, path, NULL));
    must("DELETE FROM t");
    assert_false(db_backup(&cx, pool, path, NULL));   /* never over an older one */
    assert_int_equal(cx.err, E_CONFLICT);
    cx_clear(&cx);
    assert_true(db_pool_open(&cx, arena_printf(arena, "sqlite:%s", path), true, &other));
    assert_true(db_open(&cx, other, &copy));
    assert_int_equal(ask(copy, "SELECT count(*) FROM t").i, 20000);
    assert_string_equal(ask(copy, "PRAGMA integrity_check").t, "ok");
    db_close(copy);
    db_pool_close(other);
}

static void count_call(void *calls)
{
    __atomic_add_fetch((int *)calls, 1, __ATOMIC_SEQ_CST);
}

static void listeners_hear_of_each_commit(void **st)
{
    static int calls;

    (void)st;
    calls = 0;
    db_listen(pool, count_call, &calls);
    must("CREATE TABLE t(x INTEGER)");
    must("INSERT INTO t VALUES (1)");
    for (int i = 0; i < 500 && __atomic_load_n(&calls, __ATOMIC_SEQ_CST) < 2; i++) usleep(10000);
    assert_true(__atomic_load_n(&calls, __ATOMIC_SEQ_CST) >= 2);
}

RUN(D(every_kind_of_value_comes_back), D(what_a_column_cannot_mean_is_blank),
    D(a_repeated_parameter_binds_once), D(a_query_may_run_inside_its_own_rows),
    D(far_more_statements_than_the_cache_holds_still_work), D(no_row_is_not_an_error),
    D(a_wrong_statement_tells_admins_what_it_was), D(a_unique_index_that_refuses_is_named),
    D(foreign_keys_hold_at_once), D(sums_are_exact_or_null_but_never_an_error),
    D(rounding_in_sql_is_the_one_of_c), D(the_schema_can_be_read_back),
    D(listeners_hear_of_each_commit), D(a_read_ends_when_its_time_is_up), D(nothing_open_survives_the_rest),
    D(reaching_out_is_impossible), D(another_process_cannot_write),
    D(a_read_only_pool_sees_and_refuses_to_write), D(addresses_that_are_none_are_refused),
    D(the_file_is_its_owners_alone), D(a_backup_is_a_sound_database_of_one_moment))
