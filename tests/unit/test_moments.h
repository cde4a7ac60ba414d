/* Days and moments as texts, for tests of the calendar and the clock. */
#ifndef TEST_MOMENTS_H
#define TEST_MOMENTS_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/when.h"

static inline int64_t day(const char *text)
{
    int64_t d = 0;

    assert_true(date_parse(text, &d));
    return d;
}

static inline int64_t at(const char *text, const Zone *z)
{
    int64_t t = 0;

    assert_true(datetime_parse(text, z, &t));
    return t;
}

static inline void assert_local(int64_t t, const Zone *z, const char *expect)
{
    char text[40];

    datetime_show_local(text, sizeof text, t, z);
    assert_string_equal(text, expect);
}
#endif
