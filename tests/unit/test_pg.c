/* links: db */
/* on: postgresql
   The PostgreSQL backend: what only a server can do to a unit. A schema of its own in the
   database of $TENON_TEST_PG for each test. */
#include "test_support.h"
#include "db/db.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *server;
static char url[512];
static DbPool *pool, *outside;
static Db *db, *other;

static Sql text(Cx *c, const char *sql)
{
    Sql q = sql_begin(c->a, DIALECT_PG);

    sql_add_n(&q, sql, strlen(sql));
    return q;
}

static bool run(Cx *c, Db *on, const char *sql)
{
    Sql q = text(c, sql);

    return db_run(c, on, &q, NULL);
}

static Val ask(Db *on, const char *sql)
{
    Sql q = text(&cx, sql);
    bool found;
    Val v;

    if (!db_one(&cx, on, &q, &v, 1, &found)) print_error("%s %s\n", cx.text, cx.detail);
    assert_true(found);
    return v;
}

static bool script(Cx *c, Db *on, void *sql)
{
    return db_script(c, on, sql);
}

static void must(Db *on, const char *sql)
{
    bool ok = db_write(&cx, on, script, (void *)sql);

    if (!ok) print_error("%s: %s\n", cx.text, cx.detail ? cx.detail : "");
    assert_true(ok);
}

static int open_database(void **state)
{
    static int n;
    char name[64];

    begin(state);
    snprintf(name, sizeof name, "unit_pg_%d_%d", (int)getpid(), n++);
    assert_true(db_pool_open(&cx, server, false, &outside));
    assert_true(db_open(&cx, outside, &other));
    must(other, arena_printf(arena, "CREATE SCHEMA %s", name));
    snprintf(url, sizeof url, "%s%coptions=-csearch_path%%3D%s", server,
        strchr(server, '?') ? '&' : '?', name);
    assert_true(db_pool_open(&cx, url, false, &pool));
    assert_true(db_open(&cx, pool, &db));
    return 0;
}

static int close_database(void **state)
{
    const char *name = strstr(url, "%3D") + 3;

    db_close(db);
    db_pool_close(pool);
    must(other, arena_printf(arena, "DROP SCHEMA %s CASCADE", name));
    db_close(other);
    db_pool_close(outside);
    return end(state);
}

#define D(test) cmocka_unit_test_setup_teardown(test, open_database, close_database)

static void every_kind_of_value_comes_back(void **st)
{
    static const struct { const char *type; Val in, out; int scale; ValKind kind; } cases[] = {
        { "boolean", { .kind = VAL_BOOL, .i = 1 }, { .kind = VAL_BOOL, .i = 1 }, 0, VAL_BOOL },
        { "bigint", { .kind = VAL_INT, .i = INT64_MIN }, { .kind = VAL_INT, .i = INT64_MIN }, 0, VAL_INT },
        { "numeric", { .kind = VAL_DEC, .i = -1250, .scale = 2 }, { .kind = VAL_DEC, .i = -1250, .scale = 2 }, 2, VAL_DEC },
        { "numeric", { .kind = VAL_DEC, .i = 5, .scale = 9 }, { .kind = VAL_DEC, .i = 5, .scale = 9 }, 9, VAL_DEC },
        { "numeric", { .kind = VAL_DEC, .i = INT64_MAX, .scale = 2 }, { .kind = VAL_DEC, .i = INT64_MAX, .scale = 2 }, 2, VAL_DEC },
        { "numeric", { .kind = VAL_INT, .i = 12 }, { .kind = VAL_DEC, .i = 1200, .scale = 2 }, 2, VAL_DEC },
        { "numeric", { .kind = VAL_DEC, .i = 120000, .scale = 0 }, { .kind = VAL_DEC, .i = 12000000, .scale = 2 }, 2, VAL_DEC },
        { "double precision", { .kind = VAL_REAL, .d = 0.1 + 0.2 }, { .kind = VAL_REAL, .d = 0.1 + 0.2 }, 0, VAL_REAL },
        { "date", { .kind = VAL_DATE, .i = -1 }, { .kind = VAL_DATE, .i = -1 }, 0, VAL_DATE },
        { "date", { .kind = VAL_DATE, .i = 20000 }, { .kind = VAL_DATE, .i = 20000 }, 0, VAL_DATE },
        { "timestamptz", { .kind = VAL_DATETIME, .i = 1700000001 }, { .kind = VAL_DATETIME, .i = 1700000001 }, 0, VAL_DATETIME },
        { "timestamptz", { .kind = VAL_DATETIME, .i = -1 }, { .kind = VAL_DATETIME, .i = -1 }, 0, VAL_DATETIME },
        { "time", { .kind = VAL_TIME, .i = 34215 }, { .kind = VAL_TIME, .i = 34215 }, 0, VAL_TIME },
        { "bigint", { .kind = VAL_REC, .i = 7 }, { .kind = VAL_REC, .i = 7 }, 0, VAL_REC },
        { "text", { .kind = VAL_TEXT, .t = "it's \"é 中文", .n = 15 }, { .kind = VAL_TEXT, .t = "it's \"é 中文", .n = 15 }, 0, VAL_TEXT },
        { "text", { .kind = VAL_BLANK }, { .kind = VAL_BLANK }, 0, VAL_TEXT },
    };

    (void)st;
    for (int i = 0; i < LEN(cases); i++) {
        Sql q = sql_begin(arena, DIALECT_PG);
        bool found;
        Val v;
        must(db, arena_printf(arena, "DROP TABLE IF EXISTS t; CREATE TABLE t(x %s)",
            cases[i].type));
        sql_add(&q, "SELECT x FROM (SELECT ");
        sql_bind(&q, cases[i].in);
        str_add(&q.text, arena_printf(arena, "::%s AS x) y", cases[i].type));
        assert_true(db_one(&cx, db, &q, &v, 1, &found));
        v = db_typed(v, cases[i].kind, cases[i].scale);
        assert_int_equal(v.kind, cases[i].out.kind);
        assert_true(val_is_blank(v) || val_eq(v, cases[i].out));
        if (v.kind == VAL_DEC) assert_int_equal(v.i, cases[i].out.i);
        if (v.kind == VAL_REAL) assert_true(v.d == cases[i].out.d);
    }
}

static void what_no_scaled_integer_holds_is_a_double(void **st)
{
    (void)st;
    assert_int_equal(ask(db, "SELECT 1e30::numeric").kind, VAL_REAL);
    assert_true(ask(db, "SELECT -1.5e20::numeric").d == -1.5e20);
    assert_int_equal(ask(db, "SELECT 1::numeric / 3").kind, VAL_REAL);
    assert_int_equal(ask(db, "SELECT 0::numeric").i, 0);
    assert_true(val_is_blank(ask(db, "SELECT 'NaN'::numeric")));
    assert_true(val_is_blank(ask(db, "SELECT 'infinity'::timestamptz")));
}

static bool count_up(Cx *c, Db *on, void *arg)
{
    Sql q = text(c, "SELECT n FROM counter"), set = sql_begin(c->a, DIALECT_PG);
    bool found;
    Val v;

    (void)arg;
    if (!db_one(c, on, &q, &v, 1, &found)) return false;
    sql_add(&set, "UPDATE counter SET n = ");
    sql_bind(&set, val_int(v.i + 1));
    return db_run(c, on, &set, NULL);
}

#define THREADS 8
#define ROUNDS 25

static void *count_many(void *failed)
{
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    Db *mine;

    if (!db_open(&c, pool, &mine)) *(int *)failed = 1;
    else {
        for (int i = 0; i < ROUNDS; i++)
            if (!db_write(&c, mine, count_up, NULL)) *(int *)failed = 1;
        db_close(mine);
    }
    if (c.err) print_error("%s: %s\n", c.text, c.detail ? c.detail : "");
    arena_free(a);
    return NULL;
}

static void units_that_fight_for_a_row_all_get_through(void **st)
{
    pthread_t thread[THREADS];
    int failed[THREADS] = { 0 };

    (void)st;
    must(db, "CREATE TABLE counter(n bigint); INSERT INTO counter VALUES (0)");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, count_many, &failed[i]), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    for (int i = 0; i < THREADS; i++) assert_int_equal(failed[i], 0);
    assert_int_equal(ask(db, "SELECT n FROM counter").i, THREADS * ROUNDS);
    assert_true(db_stats(pool).retries > 0);
}

static bool insert_twice(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return run(c, on, "INSERT INTO t VALUES (1)") && run(c, on, "INSERT INTO t VALUES (1)");
}

static bool with_inner(Cx *c, Db *on, void *inner)
{
    if (!run(c, on, "INSERT INTO t VALUES (5)")) return false;
    if (db_write(c, on, *(DbUnit *)inner, NULL)) return cx_fail(c, E_DB, "it went through");
    if (!str_eq(db_violated(on), "ux_t")) return cx_fail(c, E_DB, "the index is not named");
    cx_clear(c);
    return run(c, on, "INSERT INTO t VALUES (6)");
}

static void an_inner_unit_is_undone_alone(void **st)
{
    DbUnit inner = insert_twice;

    (void)st;
    must(db, "CREATE TABLE t(x bigint); CREATE UNIQUE INDEX ux_t ON t(x)");
    assert_true(db_write(&cx, db, with_inner, &inner));
    assert_int_equal(ask(db, "SELECT sum(x)::bigint FROM t").i, 11);
    assert_false(db_write(&cx, db, insert_twice, NULL));
    assert_int_equal(cx.err, E_INPUT);
    assert_string_equal(db_violated(db), "ux_t");
    cx_clear(&cx);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 2);
}

static bool insert_and_lose(Cx *c, Db *on, void *tries)
{
    int *n = tries;
    Sql q = text(c, "SELECT pg_backend_pid()");
    bool found;
    Val v;

    if (!run(c, on, "INSERT INTO t VALUES (1)") || !db_one(c, on, &q, &v, 1, &found)) return false;
    if (!(*n)++)
        ask(other, arena_printf(arena, "SELECT pg_terminate_backend(%d)", (int)v.i));
    return run(c, on, "INSERT INTO t VALUES (2)");
}

static void a_unit_whose_connection_broke_runs_again(void **st)
{
    int tries = 0;

    (void)st;
    must(db, "CREATE TABLE t(x bigint)");
    assert_true(db_write(&cx, db, insert_and_lose, &tries));
    assert_int_equal(tries, 2);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 2);
    assert_int_equal(db_stats(pool).reconnects, 1);
}

static void a_read_reconnects(void **st)
{
    (void)st;
    int64_t pid = ask(db, "SELECT pg_backend_pid()").i;
    ask(other, arena_printf(arena, "SELECT pg_terminate_backend(%d)", (int)pid));
    assert_int_not_equal(ask(db, "SELECT pg_backend_pid()").i, pid);
}

static bool add_one(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return run(c, on, "INSERT INTO t VALUES (1)") && run(c, on, "UPDATE t SET x = x + 1")
        && run(c, on, "SELECT 1 FROM t");
}

/* Old statements are closed on the way, also just before a unit begins. */
static void units_begin_while_statements_come_and_go(void **st)
{
    int n = 0;

    (void)st;
    must(db, "CREATE TABLE t(x bigint)");
    for (int i = 0; i < 150; i++) {
        for (int k = 0; k < 40; k++)
            assert_int_equal(ask(db, arena_printf(arena, "SELECT %d::bigint", n + k)).i, n + k);
        n += 40;
        bool ok = db_write(&cx, db, add_one, NULL);
        if (!ok) print_error("%s %s\n", cx.text, cx.detail ? cx.detail : "");
        assert_true(ok);
    }
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 150);
}

static void nothing_is_changed_outside_of_a_unit(void **st)
{
    (void)st;
    must(db, "CREATE TABLE t(x bigint)");
    assert_false(run(&cx, db, "INSERT INTO t VALUES (1)"));
    assert_int_equal(cx.err, E_DB);
    cx_clear(&cx);
}

static void a_read_ends_when_its_time_is_up(void **st)
{
    (void)st;
    db_timeout(db, 50);
    assert_false(run(&cx, db, "SELECT pg_sleep(20)"));
    assert_int_equal(cx.err, E_LIMIT);
    cx_clear(&cx);
    db_timeout(db, 0);
    assert_int_equal(ask(db, "SELECT 1::bigint").i, 1);
}

static void a_plan_that_a_change_took_away_is_made_anew(void **st)
{
    (void)st;
    must(db, "CREATE TABLE t(x bigint); INSERT INTO t VALUES (1)");
    assert_int_equal(ask(db, "SELECT x FROM t").i, 1);
    must(db, "ALTER TABLE t ALTER COLUMN x TYPE text USING x::text");
    assert_string_equal(ask(db, "SELECT x FROM t").t, "1");
}

static void the_schema_can_be_read_back(void **st)
{
    Column *c;
    Index *x;
    const char **table;
    int n;

    (void)st;
    must(db, "CREATE TABLE a(id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);"
        "CREATE TABLE b(id bigint PRIMARY KEY, a bigint NOT NULL REFERENCES a(id), t text);"
        "CREATE UNIQUE INDEX ux_b ON b(t, a DESC) WHERE t IS NOT NULL");
    assert_true(db_tables(&cx, db, &table, &n));
    assert_int_equal(n, 2);
    assert_string_equal(table[1], "b");
    assert_true(db_columns(&cx, db, "b", &c, &n));
    assert_int_equal(n, 3);
    assert_string_equal(c[1].type, "bigint");
    assert_true(c[1].required && str_eq(c[1].references, "a") && !c[2].references);
    assert_true(db_indexes(&cx, db, &x, &n));
    assert_int_equal(n, 1);
    assert_string_equal(x[0].columns, "\"t\", \"a\" DESC");
    assert_true(x[0].unique && str_eq(x[0].table, "b"));
}

static void ring(void *heard)
{
    __atomic_add_fetch((int *)heard, 1, __ATOMIC_SEQ_CST);
}

static void another_node_hears_of_a_commit(void **st)
{
    static int heard;
    DbPool *node;

    (void)st;
    assert_true(db_pool_open(&cx, url, false, &node));
    db_listen(node, ring, &heard);
    must(db, "CREATE TABLE t(x bigint)");
    for (int i = 0; i < 500 && !__atomic_load_n(&heard, __ATOMIC_SEQ_CST); i++) usleep(10000);
    assert_true(__atomic_load_n(&heard, __ATOMIC_SEQ_CST) > 0);
    db_pool_close(node);
}

/* ---- what a write stands on ---- */

static DbGround ground(int version, bool alone)
{
    DbGround g = { .table = "v", .alone = alone, .truth = sql_begin(arena, DIALECT_PG) };

    sql_add(&g.truth, "SELECT max(n) = ");
    sql_int(&g.truth, version);
    sql_add(&g.truth, " FROM v");
    return g;
}

static bool tries_on(Cx *c, Db *on, void *arg)
{
    (void)arg;
    (void)run(c, on, "INSERT INTO t VALUES (1)");
    cx_clear(c);                              /* who goes on regardless gets nowhere */
    (void)run(c, on, "INSERT INTO t VALUES (2)");
    cx_clear(c);
    return true;
}

static void a_write_that_lost_its_ground_leaves_nothing(void **st)
{
    (void)st;
    must(db, "CREATE TABLE v(n bigint); INSERT INTO v VALUES (1); CREATE TABLE t(x bigint)");
    DbGround one = ground(1, false), two = ground(2, false);
    int64_t retries;
    assert_true(db_write_on(&cx, db, &one, script, "INSERT INTO t VALUES (0)"));
    retries = db_stats(pool).retries;
    assert_false(db_write_on(&cx, db, &two, tries_on, NULL));
    assert_int_equal(cx.err, E_MOVED);
    cx_clear(&cx);
    assert_false(db_write_on(&cx, db, &two, script, "INSERT INTO t VALUES (3)"));
    assert_int_equal(cx.err, E_MOVED);
    cx_clear(&cx);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 1);
    assert_int_equal(db_stats(pool).retries, retries);    /* that is for who asked */
    assert_true(db_write_on(&cx, db, &one, script, "INSERT INTO t VALUES (4)"));
}

typedef struct Later { DbGround ground; pthread_t thread; Err err; _Atomic bool done; } Later;

static void *write_later(void *arg)
{
    Later *l = arg;
    Arena *a = arena_new();
    Cx mine = cx_begin(a, NULL);
    Db *on;

    if (db_open(&mine, pool, &on)) {
        (void)!db_write_on(&mine, on, &l->ground, script, "INSERT INTO t VALUES (1)");
        l->err = mine.err;
        l->done = true;
        db_close(on);
    }
    arena_free(a);
    return NULL;
}

/* The other one waits, and then stands on what is so by then. */
static bool meanwhile(Cx *c, Db *on, void *arg)
{
    Later *l = arg;

    if (!run(c, on, "INSERT INTO v VALUES (2)")) return false;
    if (pthread_create(&l->thread, NULL, write_later, l)) return false;
    usleep(300000);
    return !l->done || cx_fail(c, E_DB, "it did not wait");
}

static void a_write_waits_for_who_stands_alone_and_loses_its_ground(void **st)
{
    (void)st;
    must(db, "CREATE TABLE v(n bigint); INSERT INTO v VALUES (1); CREATE TABLE t(x bigint)");
    DbGround alone = ground(1, true);
    Later old = { .ground = ground(1, false) };
    assert_true(db_write_on(&cx, db, &alone, meanwhile, &old));
    assert_int_equal(pthread_join(old.thread, NULL), 0);
    assert_true(old.done);
    assert_int_equal(old.err, E_MOVED);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 0);
    assert_false(db_write_on(&cx, db, &alone, script, "INSERT INTO v VALUES (2)"));
    assert_int_equal(cx.err, E_MOVED);
    cx_clear(&cx);
}

/* ---- statements that nobody waits for ---- */

static bool send(Cx *c, Db *on, int64_t x)
{
    Sql q = sql_begin(c->a, DIALECT_PG);

    sql_add(&q, "INSERT INTO t VALUES (");
    sql_bind(&q, val_int(x));
    sql_add(&q, ")");
    return db_send(c, on, &q);
}

#define MANY 500

static bool send_many(Cx *c, Db *on, void *arg)
{
    Sql q = text(c, "SELECT sum(x)::bigint FROM t");
    bool found;

    for (int i = 1; i <= MANY; i++)
        if (!send(c, on, i)) return false;
    return db_one(c, on, &q, arg, 1, &found) && send(c, on, -1);
}

static void what_nobody_waits_for_is_done_in_order(void **st)
{
    Val sum;

    (void)st;
    must(db, "CREATE TABLE t(x bigint)");
    assert_true(db_write(&cx, db, send_many, &sum));
    assert_int_equal(sum.i, MANY * (MANY + 1) / 2);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, MANY + 1);
}

static bool send_bad(Cx *c, Db *on, void *found_out)
{
    if (!run(c, on, "INSERT INTO t VALUES (1)") || !send(c, on, 1)) return false;
    return !*(bool *)found_out || run(c, on, "INSERT INTO t VALUES (2)");
}

static bool goes_on(Cx *c, Db *on, void *found_out)
{
    if (!run(c, on, "INSERT INTO t VALUES (3)")) return false;
    if (db_write(c, on, send_bad, found_out) && *(bool *)found_out) return false;
    cx_clear(c);
    if (!run(c, on, "INSERT INTO t VALUES (4)")) cx_clear(c);
    cx_clear(c);
    return true;
}

static void when_it_fails_so_does_the_whole_write(void **st)
{
    (void)st;
    must(db, "CREATE TABLE t(x bigint UNIQUE)");
    for (int i = 0; i < 2; i++) {
        bool found_out = i;
        assert_false(db_write(&cx, db, send_bad, &found_out));
        assert_int_equal(cx.err, E_INPUT);
        cx_clear(&cx);
        assert_false(db_write(&cx, db, goes_on, &found_out));
        assert_true(cx.err);
        cx_clear(&cx);
        assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 0);
    }
    must(db, "INSERT INTO t VALUES (1)");
}

/* ---- turns ---- */

static void *count_in_turn(void *failed)
{
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    const DbGround turn = { .turn = "counter" };
    Db *mine;

    if (!db_open(&c, pool, &mine)) *(int *)failed = 1;
    else {
        for (int i = 0; i < ROUNDS; i++)
            if (!db_write_on(&c, mine, &turn, count_up, NULL)) *(int *)failed = 1;
        db_close(mine);
    }
    arena_free(a);
    return NULL;
}

static void units_that_take_turns_do_not_fight(void **st)
{
    pthread_t thread[THREADS];
    int failed[THREADS] = { 0 };

    (void)st;
    must(db, "CREATE TABLE counter(n bigint); INSERT INTO counter VALUES (0)");
    int64_t retries = db_stats(pool).retries;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, count_in_turn, &failed[i]), 0);
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    for (int i = 0; i < THREADS; i++) assert_int_equal(failed[i], 0);
    assert_int_equal(ask(db, "SELECT n FROM counter").i, THREADS * ROUNDS);
    assert_int_equal(db_stats(pool).retries - retries,
        getenv("TENON_PG_RETRY") ? THREADS * ROUNDS : 0);
}

static bool fails(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return run(c, on, "SELECT 1/0");
}

static void a_turn_ends_with_a_write_that_fails(void **st)
{
    const DbGround turn = { .turn = "t" };

    (void)st;
    assert_false(db_write_on(&cx, db, &turn, fails, NULL));
    cx_clear(&cx);
    assert_true(db_write_on(&cx, other, &turn, script, "SELECT 1"));
}

/* ---- units of one turn that meet ---- */

typedef struct Rider {
    DbUnit unit; void *arg;
    pthread_t thread;
    bool ok; Err err; char violated[32];
} Rider;

static _Atomic bool leading, met;

static bool put_one(Cx *c, Db *on, void *x)
{
    return run(c, on, arena_printf(c->a, "INSERT INTO t VALUES (%d)", *(int *)x));
}

static bool put_taken(Cx *c, Db *on, void *x)
{
    return put_one(c, on, x) && run(c, on, "INSERT INTO t VALUES (0)");
}

static bool send_taken(Cx *c, Db *on, void *x)
{
    return put_one(c, on, x) && send(c, on, 0);
}

static bool put_when_met(Cx *c, Db *on, void *x)
{
    leading = true;
    while (!met) usleep(1000);
    return put_one(c, on, x);
}

static void *ride(void *arg)
{
    const DbGround turn = { .turn = "ride" };
    Rider *r = arg;
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    Db *mine;

    if (db_open(&c, pool, &mine)) {
        r->ok = db_write_on(&c, mine, &turn, r->unit, r->arg);
        const char *violated = db_violated(mine);
        snprintf(r->violated, sizeof r->violated, "%s", violated ? violated : "");
        r->err = c.err;
        db_close(mine);
    }
    arena_free(a);
    return NULL;
}

/* The first of them leads; the others come one after the other while it runs. */
static void meet(Rider *r, int n)
{
    must(db, "CREATE TABLE t(x bigint CONSTRAINT ux_t UNIQUE); INSERT INTO t VALUES (0)");
    leading = met = false;
    for (int i = 0; i < n; i++) {
        assert_int_equal(pthread_create(&r[i].thread, NULL, ride, &r[i]), 0);
        while (!leading || db_stats(pool).queued < i) usleep(1000);
    }
    met = true;
    for (int i = 0; i < n; i++) assert_int_equal(pthread_join(r[i].thread, NULL), 0);
    assert_int_equal(db_stats(pool).queued, 0);
}

static void units_that_meet_share_a_commit(void **st)
{
    int x[] = { 1, 2, 3, 4 };
    Rider r[] = { { put_when_met, &x[0] }, { put_one, &x[1] }, { put_taken, &x[2] },
        { put_one, &x[3] } };

    (void)st;
    int64_t commits = db_stats(pool).commits;
    meet(r, LEN(r));
    for (int i = 0; i < LEN(r); i++) assert_int_equal(r[i].ok, i != 2);
    assert_int_equal(r[2].err, E_INPUT);
    assert_string_equal(r[2].violated, "ux_t");
    assert_int_equal(ask(db, "SELECT sum(x)::bigint FROM t").i, 1 + 2 + 4);
    assert_int_equal(db_stats(pool).commits - commits, getenv("TENON_PG_RETRY") ? 4 : 2);
}

/* What becomes of one is no other's business. */
static void who_met_one_that_fails_late_goes_alone(void **st)
{
    int x[] = { 1, 2, 3, 4, 5 }, tries = 0;
    Rider late[] = { { put_when_met, &x[0] }, { put_one, &x[1] }, { send_taken, &x[2] },
        { put_one, &x[3] } };
    Rider broken[] = { { put_when_met, &x[3] }, { put_one, &x[4] }, { insert_and_lose, &tries } };

    (void)st;
    meet(late, LEN(late));
    for (int i = 0; i < LEN(late); i++) assert_int_equal(late[i].ok, i != 2);
    assert_int_equal(late[2].err, E_INPUT);
    assert_int_equal(ask(db, "SELECT sum(x)::bigint FROM t").i, 1 + 2 + 4);
    must(db, "DROP TABLE t");
    meet(broken, LEN(broken));
    for (int i = 0; i < LEN(broken); i++) assert_true(broken[i].ok);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 5);
}

/* ---- clocks of tables that change seldom ---- */

static bool change(Cx *c, Db *on, void *minor)
{
    Sql q = text(c, "UPDATE \"rare\" SET x = x + 1");

    q.minor = minor != NULL;
    return db_run(c, on, &q, NULL);
}

static const DbClock *clock_on(DbPool *p)
{
    for (int i = 0; i < 1000; i++) {
        const DbClock *c = db_clock(p, "rare");
        if (c) return c;
        usleep(10000);
    }
    return NULL;
}

static void a_change_is_known_on_all_nodes_when_it_is_answered(void **st)
{
    static const char *const rare[] = { "other", "rare" };
    DbPool *node;

    (void)st;
    must(db, "CREATE TABLE rare(x bigint); INSERT INTO rare VALUES (0);"
        "CREATE TABLE counts(name text PRIMARY KEY, count bigint)");
    assert_true(db_pool_open(&cx, url, false, &node));
    db_seldom(pool, "counts", rare, LEN(rare));
    db_seldom(node, "counts", rare, LEN(rare));
    assert_null(db_clock(pool, "often"));
    for (int i = 0; i < 5; i++) {
        const DbClock *there = clock_on(node), *here = clock_on(pool), *c;
        assert_non_null(there);
        assert_non_null(here);
        uint64_t before = db_clock_read(there), mine = db_clock_read(here);
        assert_true(db_write(&cx, db, change, NULL));
        c = db_clock(node, "rare");
        assert_true(!c || db_clock_read(c) != before);
        assert_true(db_clock_read(here) != mine);
    }
    uint64_t mine = db_clock_read(clock_on(pool));
    int64_t counts = ask(db, "SELECT count FROM counts").i;
    assert_true(db_write(&cx, db, change, &mine));
    assert_true(db_clock_read(clock_on(pool)) != mine);
    assert_int_equal(ask(db, "SELECT count FROM counts").i, counts);
    db_pool_close(node);
}

static bool insert_text(Cx *c, Db *on, void *value)
{
    Sql q = sql_begin(c->a, DIALECT_PG);

    sql_add(&q, "INSERT INTO retyped VALUES (");
    sql_bind(&q, val_text(value));
    sql_add(&q, ")");
    return db_run(c, on, &q, NULL);
}

static void types_are_inferred_anew_when_the_tables_have_changed(void **st)
{
    (void)st;
    must(db, "CREATE TABLE retyped(x date)");
    assert_true(db_write(&cx, db, insert_text, "2026-03-02"));
    must(db, "ALTER TABLE retyped ALTER COLUMN x TYPE timestamp");
    db_reshaped(pool);
    assert_true(db_write(&cx, db, insert_text, "2026-03-03 10:30:00"));
    assert_string_equal(ask(db, "SELECT max(x)::time::text FROM retyped").t, "10:30:00");
}

static bool look_away(Cx *c, Db *on, void *arg)
{
    (void)arg;
    if (!run(c, on, "INSERT INTO t VALUES (1)")) return false;
    if (run(c, on, "SELECT 1 / (x - 1) FROM t")) return cx_fail(c, E_DB, "it went through");
    cx_clear(c);                              /* as a rule does that goes on after a failure */
    return true;
}

static void a_write_in_which_a_statement_failed_unseen_is_none(void **st)
{
    (void)st;
    must(db, "CREATE TABLE t(x bigint)");
    assert_false(db_write(&cx, db, look_away, NULL));
    assert_int_equal(cx.err, E_DB);
    cx_clear(&cx);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 0);
    assert_true(db_write(&cx, db, script, "INSERT INTO t VALUES (2)"));
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 1);
}

static bool add_distinct(Cx *c, Db *on, void *i)
{
    Sql q = sql_begin(c->a, DIALECT_PG);

    sql_add(&q, "INSERT INTO many SELECT ");
    sql_int(&q, *(int *)i);
    sql_add(&q, " WHERE ");
    sql_bind(&q, val_bool(true));
    return *(int *)i % 2 ? db_send(c, on, &q) : db_run(c, on, &q, NULL);
}

static bool add_many(Cx *c, Db *on, void *n)
{
    for (int i = 0; i < *(int *)n; i++)
        if (!db_write(c, on, add_distinct, &i)) return false;
    return true;
}

static void far_more_statements_than_are_kept_stay_apart(void **st)
{
    int n = 1500;

    (void)st;
    must(db, "CREATE TABLE many(x bigint)");
    for (int round = 1; round <= 3; round++) {
        assert_true(db_write(&cx, db, add_many, &n));
        assert_int_equal(ask(db, "SELECT count(*) FROM many").i, round * n);
    }
    assert_int_equal(db_stats(pool).retries, 0);
    for (int i = 0; i < 100; i++) ask(db, "SELECT 1::bigint");      /* ends of old ones go along */
    assert_true(ask(db, "SELECT count(*) FROM pg_prepared_statements").i <= 64 * 4);
}

static void the_short_scheme_is_the_same_database(void **st)
{
    DbPool *same;

    (void)st;
    assert_true(db_pool_open(&cx, arena_printf(arena, "postgres:%s", strchr(url, ':') + 1), true,
        &same));
    db_pool_close(same);
    assert_false(db_pool_open(&cx, "mysql://me:secret@host/x", true, &same));
    assert_int_equal(cx.err, E_INPUT);
    assert_null(strstr(cx.text, "secret"));
    cx_clear(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        D(every_kind_of_value_comes_back), D(what_no_scaled_integer_holds_is_a_double),
        D(units_that_fight_for_a_row_all_get_through), D(an_inner_unit_is_undone_alone),
        D(a_unit_whose_connection_broke_runs_again), D(a_read_reconnects),
        D(units_begin_while_statements_come_and_go), D(nothing_is_changed_outside_of_a_unit), D(a_read_ends_when_its_time_is_up),
        D(a_plan_that_a_change_took_away_is_made_anew), D(the_schema_can_be_read_back),
        D(another_node_hears_of_a_commit), D(the_short_scheme_is_the_same_database),
        D(types_are_inferred_anew_when_the_tables_have_changed),
        D(a_write_in_which_a_statement_failed_unseen_is_none),
        D(far_more_statements_than_are_kept_stay_apart), D(a_write_that_lost_its_ground_leaves_nothing),
        D(a_write_waits_for_who_stands_alone_and_loses_its_ground),
        D(what_nobody_waits_for_is_done_in_order), D(when_it_fails_so_does_the_whole_write),
        D(units_that_take_turns_do_not_fight), D(a_turn_ends_with_a_write_that_fails),
        D(units_that_meet_share_a_commit), D(who_met_one_that_fails_late_goes_alone),
        D(a_change_is_known_on_all_nodes_when_it_is_answered),
    };

    if (!(server = getenv("TENON_TEST_PG"))) {
        print_message("no TENON_TEST_PG: ./dev test starts a server for it\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
