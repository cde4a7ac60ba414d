/* What every unit test includes: cmocka, an arena and a context for each test. */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cx.h"

static Arena *arena;
static Cx cx;

static inline int begin(void **state)
{
    (void)state;
    arena = arena_new();
    cx = cx_begin(arena, NULL);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)
#define RUN(...) int main(void) { \
    const struct CMUnitTest tests[] = { __VA_ARGS__ }; \
    return cmocka_run_group_tests(tests, NULL, NULL); }
#endif
