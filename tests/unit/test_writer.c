/* links: db */
/* on: sqlite, whose one writing thread it is about; unit_pg_pg has the like.
   db_writer: many who write at once, units that fail, commits that fail. */
#include "test_database.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#define THREADS 16
#define WRITES 40

typedef struct Writes { Db *reader; int id, failed; } Writes;

static bool insert_and_perhaps_fail(Cx *c, Db *on, void *arg)
{
    const int64_t *v = arg;

    if (!run2(c, on, "INSERT INTO t(who, n) VALUES ($1, $2)", v[0], v[1])
        || !run(c, on, "UPDATE sum SET n = n + 1"))
        return false;
    return v[1] % 4 != 3 || cx_fail(c, E_INPUT, "every fourth fails");
}

static void *write_some(void *arg)
{
    Writes *w = arg;
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);

    for (int64_t i = 0; i < WRITES; i++) {
        int64_t v[] = { w->id, i };
        bool ok = db_write(&c, w->reader, insert_and_perhaps_fail, v);
        if (ok != (i % 4 != 3) || (!ok && c.err != E_INPUT))
            w->failed++;
        cx_clear(&c);
    }
    arena_free(a);
    return NULL;
}

static void units_of_many_threads_fail_alone_and_share_commits(void **st)
{
    pthread_t thread[THREADS];
    Writes w[THREADS];
    DbStats before, after;

    (void)st;
    must("CREATE TABLE t(who INTEGER, n INTEGER); CREATE TABLE sum(n INTEGER);"
         "INSERT INTO sum VALUES (0);");
    before = db_stats(pool);
    for (int i = 0; i < THREADS; i++) {
        w[i] = (Writes){ .id = i };
        assert_true(db_open(&cx, pool, &w[i].reader));
        assert_int_equal(pthread_create(&thread[i], NULL, write_some, &w[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        db_close(w[i].reader);
        assert_int_equal(w[i].failed, 0);
    }
    after = db_stats(pool);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, THREADS * WRITES * 3 / 4);
    assert_int_equal(ask(db, "SELECT count(*) FROM t WHERE n % 4 = 3").i, 0);
    assert_int_equal(ask(db, "SELECT n FROM sum").i, THREADS * WRITES * 3 / 4);
    assert_int_equal(after.units - before.units, THREADS * WRITES);
    assert_true(after.commits - before.commits < THREADS * WRITES);
    assert_int_equal(after.queued, 0);
    assert_true(after.longest_us > 0);
}

static bool insert_one(Cx *c, Db *on, void *arg)
{
    return run2(c, on, "INSERT INTO t VALUES ($1)", *(int64_t *)arg, 0);
}

static bool insert_and_refuse(Cx *c, Db *on, void *arg)
{
    return insert_one(c, on, arg) && cx_fail(c, E_INPUT, "no");
}

static bool insert_and_return_false(Cx *c, Db *on, void *arg)
{
    (void)!insert_one(c, on, arg);
    return false;
}

static bool fail_and_return_true(Cx *c, Db *on, void *arg)
{
    (void)!insert_one(c, on, arg);
    cx_fail(c, E_INPUT, "forgotten");
    return true;
}

static void a_unit_that_fails_leaves_nothing(void **st)
{
    int64_t n = 1;

    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    assert_false(db_write(&cx, db, insert_and_refuse, &n));
    assert_int_equal(cx.err, E_INPUT);
    cx_clear(&cx);
    assert_false(db_write(&cx, db, insert_and_return_false, &n));
    assert_int_equal(cx.err, E_NONE);
    assert_false(db_write(&cx, db, fail_and_return_true, &n));
    cx_clear(&cx);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 0);
}

static bool outer_unit(Cx *c, Db *on, void *arg)
{
    int64_t n[] = { 1, 2, 3, 4 };

    (void)arg;
    assert_true(db_in_write(on));
    if (!insert_one(c, on, &n[0]) || !db_write(c, on, insert_one, &n[1]))
        return false;
    if (db_write(c, on, insert_and_refuse, &n[2]))
        return cx_fail(c, E_DB, "the inner unit should fail");
    cx_clear(c);
    if (ask(on, "SELECT count(*) FROM t").i != 2)         /* it sees its own changes only */
        return cx_fail(c, E_DB, "the inner unit left something");
    return insert_one(c, on, &n[3]);
}

static bool outer_unit_that_fails(Cx *c, Db *on, void *arg)
{
    return outer_unit(c, on, arg) && cx_fail(c, E_INPUT, "no");
}

static void an_inner_unit_is_undone_alone(void **st)
{
    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    assert_true(db_write(&cx, db, outer_unit, NULL));
    assert_string_equal(ask(db, "SELECT group_concat(n) FROM t").t, "1,2,4");
    assert_false(db_in_write(db));
}

static void an_outer_unit_takes_its_inner_ones_along(void **st)
{
    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    assert_false(db_write(&cx, db, outer_unit_that_fails, NULL));
    cx_clear(&cx);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 0);
}

static bool nest_in_rows(Cx *c, Db *on, void *arg)
{
    Sql q = sql_begin(c->a, DIALECT_SQLITE);
    Rows rows;
    int seen = 0;
    Val v;

    (void)arg;
    sql_add(&q, "SELECT n FROM t WHERE n < 10 ORDER BY n");
    if (!db_query(c, on, &q, &rows))
        return false;
    while (db_next(c, &rows, &v)) {
        int64_t more = v.i + 10;
        if (db_write(c, on, seen++ % 2 ? insert_one : insert_and_refuse, &more))
            continue;
        cx_clear(c);
    }
    db_rows_end(&rows);
    return seen == 4 || cx_fail(c, E_DB, "rows were lost");
}

static void rows_being_read_survive_an_inner_unit_that_fails(void **st)
{
    (void)st;
    must("CREATE TABLE t(n INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3), (4);");
    assert_true(db_write(&cx, db, nest_in_rows, NULL));
    assert_string_equal(ask(db, "SELECT group_concat(n) FROM t").t, "1,2,3,4,12,14");
}

typedef struct Seen { Db *reader; int64_t inside, outside; } Seen;

static bool look_while_writing(Cx *c, Db *on, void *arg)
{
    Seen *seen = arg;
    int64_t n = 1;

    if (!insert_one(c, on, &n))
        return false;
    seen->inside = ask(on, "SELECT count(*) FROM t").i;
    seen->outside = ask(seen->reader, "SELECT count(*) FROM t").i;
    return true;
}

static void readers_see_what_is_committed_only(void **st)
{
    Seen seen = { .reader = db, .inside = -1, .outside = -1 };

    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    assert_true(db_write(&cx, db, look_while_writing, &seen));
    assert_int_equal(seen.inside, 1);
    assert_int_equal(seen.outside, 0);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 1);
}

static bool leave_rows_open(Cx *c, Db *on, void *arg)
{
    Sql q = sql_begin(c->a, DIALECT_SQLITE);
    Rows rows;
    Val v;

    (void)arg;
    sql_add(&q, "INSERT INTO t VALUES (1), (2) RETURNING n");
    return db_query(c, on, &q, &rows) && db_next(c, &rows, &v);
}

static void rows_left_open_do_not_stop_the_commit(void **st)
{
    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    assert_true(db_write(&cx, db, leave_rows_open, NULL));
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 2);
    must("INSERT INTO t VALUES (3)");
}

static bool fill_up(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return run(c, on, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
                      " i < 1000) INSERT INTO t SELECT randomblob(1000) FROM n");
}

static bool fill_up_and_go_on(Cx *c, Db *on, void *arg)
{
    int64_t n = 1;

    if (fill_up(c, on, arg))
        return true;
    cx_clear(c);
    return insert_one(c, on, &n);
}

static void a_full_disk_fails_the_write_and_harms_nothing(void **st)
{
    int64_t n = 7;

    (void)st;
    must("CREATE TABLE t(n); INSERT INTO t VALUES (1);");
    must("PRAGMA max_page_count=40");
    assert_false(db_write(&cx, db, fill_up, NULL));
    assert_int_equal(cx.err, E_DB);
    assert_string_equal(cx.text, "the disk is full");
    cx_clear(&cx);
    (void)!db_write(&cx, db, fill_up_and_go_on, NULL);    /* whatever it answers is true */
    cx_clear(&cx);
    must("PRAGMA max_page_count=100000");
    assert_true(db_write(&cx, db, insert_one, &n));
    assert_int_equal(ask(db, "SELECT count(*) FROM t WHERE length(n) > 9").i, 0);
    assert_int_equal(ask(db, "SELECT max(n) FROM t").i, 7);
    assert_string_equal(ask(db, "PRAGMA integrity_check").t, "ok");
}

/* ROLLBACK inside a unit stands for the errors that SQLite answers so. */
static bool lose_transaction(Cx *c, Db *on, void *arg)
{
    int64_t n = 8;

    (void)arg;
    if (!insert_one(c, on, &n) || !run(c, on, "ROLLBACK"))
        return false;
    return insert_one(c, on, &n);             /* must not run outside of a transaction */
}

static bool lose_transaction_unnoticed(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return run(c, on, "ROLLBACK");
}

static void a_lost_transaction_is_never_called_done(void **st)
{
    int64_t n = 9;

    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    assert_false(db_write(&cx, db, lose_transaction, NULL));
    assert_int_equal(cx.err, E_DB);
    cx_clear(&cx);
    assert_false(db_write(&cx, db, lose_transaction_unnoticed, NULL));
    assert_int_equal(cx.err, E_DB);
    cx_clear(&cx);
    assert_true(db_write(&cx, db, insert_one, &n));
    assert_string_equal(ask(db, "SELECT group_concat(n) FROM t").t, "9");
}

typedef struct Batch { Db *reader; DbUnit unit; atomic_bool ok; Err err; } Batch;
static atomic_bool held, gate;

static bool hold_the_writer(Cx *c, Db *on, void *arg)
{
    (void)c, (void)on, (void)arg;
    atomic_store(&held, true);
    while (!atomic_load(&gate))
        usleep(500);
    return true;
}

static void *write_one(void *arg)
{
    Batch *b = arg;
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    int64_t n = 1;

    b->ok = db_write(&c, b->reader, b->unit, &n);
    b->err = c.err;
    arena_free(a);
    return NULL;
}

/* Starts one write after the other behind a unit that holds the writer, so that the writes
   are one batch; then lets go. */
static void run_as_batch(Batch *b, int n)
{
    pthread_t thread[8];
    Batch holder = { .unit = hold_the_writer };

    atomic_store(&held, false);
    atomic_store(&gate, false);
    assert_true(db_open(&cx, pool, &holder.reader));
    pthread_create(&thread[7], NULL, write_one, &holder);
    while (!atomic_load(&held))
        usleep(500);
    for (int i = 0; i < n; i++) {
        assert_true(db_open(&cx, pool, &b[i].reader));
        pthread_create(&thread[i], NULL, write_one, &b[i]);
        while (db_stats(pool).queued < i + 1)
            usleep(500);
    }
    usleep(10000);                            /* the holder's batch is over its 5 ms */
    atomic_store(&gate, true);
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    pthread_join(thread[7], NULL);
    for (int i = 0; i < n; i++)
        db_close(b[i].reader);
    db_close(holder.reader);
}

static void a_lost_transaction_fails_all_of_its_batch(void **st)
{
    Batch b[] = { { .unit = insert_one }, { .unit = insert_one },
                  { .unit = lose_transaction_unnoticed } };

    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    run_as_batch(b, LEN(b));
    for (int i = 0; i < LEN(b); i++) {
        assert_false(b[i].ok);
        assert_int_equal(b[i].err, E_DB);
    }
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 0);
}

static bool defer_a_violation(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return run(c, on, "PRAGMA defer_foreign_keys=1") && run(c, on, "INSERT INTO c VALUES (5)");
}

static void a_failed_commit_fails_all_of_its_batch(void **st)
{
    Batch b[] = { { .unit = insert_one }, { .unit = defer_a_violation }, { .unit = insert_one } };

    (void)st;
    must("CREATE TABLE t(n INTEGER); CREATE TABLE p(id INTEGER PRIMARY KEY);"
         "CREATE TABLE c(p INTEGER REFERENCES p(id));");
    run_as_batch(b, LEN(b));
    for (int i = 0; i < LEN(b); i++)
        assert_false(b[i].ok);
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 0);
    assert_int_equal(ask(db, "SELECT count(*) FROM c").i, 0);
    must("INSERT INTO t VALUES (1)");
}

static bool rebuild_parent(Cx *c, Db *on, void *arg)
{
    (void)arg;
    return db_script(c, on, "CREATE TABLE new(id INTEGER PRIMARY KEY, extra TEXT);"
                            "INSERT INTO new(id) SELECT id FROM p; DROP TABLE p;"
                            "ALTER TABLE new RENAME TO p;");
}

static bool rebuild_and_lose_a_row(Cx *c, Db *on, void *arg)
{
    return rebuild_parent(c, on, arg) && db_script(c, on, "DELETE FROM p WHERE id = 2");
}

static void tables_can_be_rebuilt_under_their_references(void **st)
{
    Column *column;
    int n;

    (void)st;
    must("CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1), (2);"
         "CREATE TABLE c(p INTEGER REFERENCES p(id) ON DELETE CASCADE);"
         "INSERT INTO c VALUES (1), (2);");
    assert_false(db_rebuild(&cx, db, rebuild_and_lose_a_row, NULL));
    assert_int_equal(cx.err, E_CONFLICT);
    cx_clear(&cx);
    assert_true(db_columns(&cx, db, "p", &column, &n));
    assert_int_equal(n, 1);
    assert_true(db_rebuild(&cx, db, rebuild_parent, NULL));
    assert_true(db_columns(&cx, db, "p", &column, &n));
    assert_int_equal(n, 2);
    assert_int_equal(ask(db, "SELECT count(*) FROM c").i, 2);
    assert_false(db_write(&cx, db, run_script, (void *)"INSERT INTO c VALUES (3)"));
    assert_int_equal(cx.err, E_CONFLICT);     /* foreign keys hold again */
}

static void what_was_answered_is_there_after_opening_again(void **st)
{
    (void)st;
    must("CREATE TABLE t(n INTEGER); INSERT INTO t VALUES (42);");
    db_close(db);
    db_pool_close(pool);
    assert_true(db_pool_open(&cx, url, false, &pool));
    assert_true(db_open(&cx, pool, &db));
    assert_int_equal(ask(db, "SELECT n FROM t").i, 42);
}

static void a_database_that_another_program_holds_is_busy(void **st)
{
    sqlite3 *other;
    int64_t n = 1;

    (void)st;
    must("CREATE TABLE t(n INTEGER)");
    assert_int_equal(sqlite3_open(url + strlen("sqlite:"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_false(db_write(&cx, db, insert_one, &n));
    assert_int_equal(cx.err, E_BUSY);
    cx_clear(&cx);
    sqlite3_close(other);
    assert_true(db_write(&cx, db, insert_one, &n));
    assert_int_equal(ask(db, "SELECT count(*) FROM t").i, 1);
}

/* Deep enough for a rule that recurses in C; far beyond a connection thread's stack. */
static int64_t deep(volatile char *above, int n)
{
    volatile char here[4096];

    here[0] = above ? above[0] : 1;
    return n ? deep(here, n - 1) + here[0] : here[0];
}

static bool go_deep(Cx *c, Db *on, void *arg)
{
    (void)c, (void)on;
    *(int64_t *)arg = deep(NULL, 1000);       /* 4 MB */
    return true;
}

static void a_unit_has_a_deep_stack(void **st)
{
    int64_t sum = 0;

    (void)st;
    assert_true(db_write(&cx, db, go_deep, &sum));
    assert_int_equal(sum, 1001);
}

RUN(D(units_of_many_threads_fail_alone_and_share_commits), D(a_unit_that_fails_leaves_nothing),
    D(an_inner_unit_is_undone_alone), D(an_outer_unit_takes_its_inner_ones_along),
    D(rows_being_read_survive_an_inner_unit_that_fails), D(readers_see_what_is_committed_only),
    D(rows_left_open_do_not_stop_the_commit), D(a_full_disk_fails_the_write_and_harms_nothing),
    D(a_lost_transaction_is_never_called_done), D(a_lost_transaction_fails_all_of_its_batch),
    D(a_failed_commit_fails_all_of_its_batch), D(tables_can_be_rebuilt_under_their_references),
    D(what_was_answered_is_there_after_opening_again),
    D(a_database_that_another_program_holds_is_busy), D(a_unit_has_a_deep_stack))
