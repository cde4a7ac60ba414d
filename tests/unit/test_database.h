/* A database in a folder of its own for each test: `pool`, and `db` to read with. */
#ifndef TEST_DATABASE_H
#define TEST_DATABASE_H
#include "test_support.h"
#include "test_url.h"
#include "db/db.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static const char *url;
static DbPool *pool;
static Db *db;

/* Runs the text as one statement with up to two numbers bound. */
static inline bool run2(Cx *c, Db *on, const char *text, int64_t a, int64_t b)
{
    Sql q = sql_begin(c->a, db_dialect(on));
    Val values[] = { val_int(a), val_int(b) };

    sql_add_n(&q, text, strlen(text));
    q.val = values;
    q.nval = 2;
    return db_run(c, on, &q, NULL);
}

static inline bool run(Cx *c, Db *on, const char *text)
{
    return run2(c, on, text, 0, 0);
}

/* The first value of the first row. */
static inline Val ask(Db *on, const char *text)
{
    Sql q = sql_begin(arena, db_dialect(on));
    bool found;
    Val v;

    sql_add_n(&q, text, strlen(text));
    assert_true(db_one(&cx, on, &q, &v, 1, &found));
    assert_true(found);
    return v;
}

static inline bool run_script(Cx *c, Db *on, void *sql)
{
    return db_script(c, on, sql);
}

static inline void must(const char *sql)
{
    bool ok = db_write(&cx, db, run_script, (void *)sql);

    if (!ok)
        print_error("%s: %s\n", cx.text, cx.detail ? cx.detail : "");
    assert_true(ok);
}

static inline int open_database(void **state)
{
    begin(state);
    strcpy(folder, "/tmp/tenon-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    url = test_url(arena_printf(arena, "sqlite:%s/app.db", folder));
    assert_true(db_pool_open(&cx, url, false, &pool));
    assert_true(db_open(&cx, pool, &db));
    return 0;
}

static inline int close_database(void **state)
{
    static const char *const file[] = { "app.db", "app.db-wal", "app.db-shm", "app.db.lock",
                                        "copy.db" };
    char path[128];

    db_close(db);
    db_pool_close(pool);
    for (int i = 0; i < LEN(file); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, file[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);       /* nothing else was left behind */
    return end(state);
}

#define D(test) cmocka_unit_test_setup_teardown(test, open_database, close_database)
#endif
