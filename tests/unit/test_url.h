/* Which database a test works on: its own file, or with $TENON_TEST_DB = postgresql an empty
   database on the server $TENON_TEST_PG. */
#ifndef TEST_URL_H
#define TEST_URL_H
#include "db/scratch.h"
#include <stdlib.h>

static Scratch test_scratch;
static Arena *test_url_arena;

static inline bool on_pg(void)
{
    return str_eq(getenv("TENON_TEST_DB"), "postgresql");
}

/* First in a test of what only a file has; says why PostgreSQL has nothing of the kind. */
#define SQLITE_ONLY(why) do { if (on_pg()) { print_message("only SQLite: " why "\n"); skip(); } } while (0)

/* A value as SQLite stores it, so that one expectation holds for both: 12.50 is 1250, moments are
   ISO texts. */
static inline Val as_stored(Arena *a, Val v)
{
    switch (v.kind) {
    case VAL_DEC: return val_int(v.i);
    case VAL_DATE: case VAL_TIME: case VAL_DATETIME: return val_text(val_show(a, v));
    default: return v;
    }
}

static inline void end_test_url(void)
{
    scratch_drop(&test_scratch);
    arena_free(test_url_arena);
}

/* `file` (sqlite:…, NULL for the default of whoever opens it), or the address of an empty
   database: the same for all tests of the program, so one is open at a time. */
static inline const char *test_url(const char *file)
{
    if (!on_pg()) return file;
    bool first = !test_url_arena;
    if (first) test_url_arena = arena_new();
    Cx c = cx_begin(test_url_arena, NULL);
    if (!(first ? scratch_make(&c, getenv("TENON_TEST_PG"), &test_scratch)
                : scratch_clear(&c, &test_scratch)))
        fail_msg("%s %s", c.text, c.detail ? c.detail : "");
    if (first) atexit(end_test_url);
    return test_scratch.url;
}
#endif
