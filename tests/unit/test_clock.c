/* links: db */
/* on: sqlite, whose one process sees each change; unit_pg_pg has the clocks of several nodes.
   clock: counters of table changes. */
#include "test_database.h"

static const DbClock *clock_a, *clock_b;
static uint64_t a, b;

static void look(void)
{
    a = db_clock_read(clock_a);
    b = db_clock_read(clock_b);
}

static bool moved_a(void) { return db_clock_read(clock_a) != a; }
static bool moved_b(void) { return db_clock_read(clock_b) != b; }

static int with_tables(void **st)
{
    open_database(st);
    must("CREATE TABLE a(n INTEGER PRIMARY KEY); CREATE TABLE b(n INTEGER PRIMARY KEY);"
         "CREATE TABLE other(n INTEGER PRIMARY KEY) WITHOUT ROWID;"
         "CREATE TRIGGER ab AFTER DELETE ON other BEGIN DELETE FROM b; END;");
    clock_a = db_clock(pool, "a");
    clock_b = db_clock(pool, "b");
    look();
    return 0;
}

static bool statement(Cx *c, Db *on, void *text)
{
    return run(c, on, text);
}

static bool change(const char *text)
{
    return db_write(&cx, db, statement, (void *)text);
}

static void only_the_table_that_changed_moves(void **st)
{
    (void)st;
    assert_true(change("INSERT INTO a VALUES (1)"));
    assert_true(moved_a());
    assert_false(moved_b());
    look();
    assert_true(change("UPDATE b SET n = 2"));
    assert_false(moved_a());
    assert_true(moved_b());
    look();
    assert_true(change("DELETE FROM a"));               /* all rows, by the short way */
    assert_true(moved_a());
}

static void the_same_statement_moves_it_each_time(void **st)
{
    (void)st;
    for (int i = 0; i < 3; i++) {
        assert_true(change("INSERT INTO a SELECT coalesce(max(n), 0) + 1 FROM a"));
        assert_true(moved_a());
        look();
    }
}

static void what_a_trigger_changes_moves_too(void **st)
{
    (void)st;
    assert_true(change("DELETE FROM other WHERE n = 1"));
    assert_true(moved_b());
    assert_false(moved_a());
}

static bool reads_before_the_commit(Cx *c, Db *on, void *arg)
{
    *(bool *)arg = run(c, on, "INSERT INTO a VALUES (7)") && !moved_a();
    return true;
}

static void it_moves_with_the_commit_not_before(void **st)
{
    bool still = false;

    (void)st;
    assert_true(db_write(&cx, db, reads_before_the_commit, &still));
    assert_true(still);
    assert_true(moved_a());
}

static void a_change_of_tables_moves_all(void **st)
{
    (void)st;
    must("CREATE TABLE more(n INTEGER)");
    assert_true(moved_a());
    assert_true(moved_b());
}

static void open_rows_are_told(void **st)
{
    Sql q = sql_begin(arena, db_dialect(db));
    Rows rows;
    Val v;

    (void)st;
    assert_true(change("INSERT INTO a VALUES (1)"));
    sql_add(&q, "SELECT n FROM a");
    assert_false(db_reading(db));
    assert_true(db_query(&cx, db, &q, &rows));
    assert_true(db_next(&cx, &rows, &v));
    assert_true(db_reading(db));
    db_rows_end(&rows);
    assert_false(db_reading(db));
}

#define C(test) cmocka_unit_test_setup_teardown(test, with_tables, close_database)
RUN(C(only_the_table_that_changed_moves), C(the_same_statement_moves_it_each_time),
    C(what_a_trigger_changes_moves_too), C(it_moves_with_the_commit_not_before),
    C(a_change_of_tables_moves_all), C(open_rows_are_told))
