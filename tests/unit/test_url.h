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

/* `file` (sqlite:…, NULL for the default of whoever opens it), or the address of an empty database
   that lives until drop_url. */
static inline const char *test_url(const char *file)
{
    if (!on_pg()) return file;
    test_url_arena = arena_new();
    Cx c = cx_begin(test_url_arena, NULL);
    if (!scratch_make(&c, getenv("TENON_TEST_PG"), &test_scratch))
        fail_msg("%s %s", c.text, c.detail ? c.detail : "");
    return test_scratch.url;
}

/* After everything is closed. */
static inline void drop_url(void)
{
    if (!test_url_arena) return;
    scratch_drop(&test_scratch);
    arena_free(test_url_arena);
    test_url_arena = NULL;
}
#endif
