/* links: base */
/* decimal: exact numbers, and one rounding rule everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/decimal.h"
#include <math.h>
#include <stdlib.h>

#define PARSED(text, scale, expect) do { \
    int64_t out_ = -77; \
    assert_true(decimal_parse(text, scale, &out_)); \
    assert_int_equal(out_, expect); } while (0)
#define REFUSED(text, scale) do { \
    int64_t out_; \
    assert_false(decimal_parse(text, scale, &out_)); } while (0)
#define FROM_REAL(d, scale, expect) do { \
    int64_t out_ = -77; \
    assert_true(decimal_from_real(d, scale, &out_)); \
    assert_int_equal(out_, expect); } while (0)

static void text_becomes_the_exact_number(void **st)
{
    (void)st;
    PARSED("-12.5", 2, -1250);
    PARSED("0.1", 9, 100000000);
    PARSED("1e3", 0, 1000);
    PARSED("12.5E-1", 2, 125);
    PARSED("+.5", 1, 5);
    PARSED("007", 0, 7);
    PARSED("0.00000", 2, 0);
    PARSED("-0", 2, 0);
    PARSED("0e99999999", 2, 0);
    PARSED("9223372036854775807", 0, INT64_MAX);
    PARSED("123456789012345678", 0, 123456789012345678);
}

static void what_is_no_number_is_refused(void **st)
{
    const char *wrong[] = { "", "-", ".", "1,234.5", "1 2", " 1", "1.2.3", "1e", "e5", "0x10",
                            "12a", "nan", "inf", "--1" };

    (void)st;
    for (int i = 0; i < LEN(wrong); i++)
        REFUSED(wrong[i], 2);
}

static void excess_digits_round_half_away_from_zero(void **st)
{
    (void)st;
    PARSED("1.005", 2, 101);
    PARSED("1.0049", 2, 100);
    PARSED("-1.005", 2, -101);
    PARSED("0.5", 0, 1);
    PARSED("-0.5", 0, -1);
    PARSED("0.49", 0, 0);
    PARSED("9.995", 2, 1000);
    PARSED("0.04", 0, 0);
    PARSED("123456789012345678.5", 0, 123456789012345679);
    PARSED("1.0049999999999999", 2, 101);     /* how 17 digits write the double 1.005 */
}

static void what_does_not_fit_is_refused(void **st)
{
    (void)st;
    REFUSED("9223372036854775808", 0);
    REFUSED("92233720368547758.08", 2);
    REFUSED("1e400", 0);
    REFUSED("1e999999999999999999999", 0);
    PARSED("92233720368547758.07", 2, INT64_MAX);
    PARSED("1e-999999999999", 2, 0);
}

static void doubles_round_by_fifteen_digits_first(void **st)
{
    (void)st;
    FROM_REAL(1.005, 2, 101);
    FROM_REAL(2.675, 2, 268);
    FROM_REAL(-0.5, 0, -1);
    FROM_REAL(0.5, 0, 1);
    FROM_REAL(1.5, 0, 2);
    FROM_REAL(2.5, 0, 3);
    FROM_REAL(1.0049999, 2, 100);
    FROM_REAL(8.345, 2, 835);
    FROM_REAL(1e15, 2, 100000000000000000);
    FROM_REAL(0.1 + 0.7, 1, 8);
    FROM_REAL(123456789.125, 2, 12345678913);
    FROM_REAL(1e-300, 9, 0);
}

static void doubles_that_do_not_fit_are_refused(void **st)
{
    int64_t out;

    (void)st;
    assert_false(decimal_from_real(1e18, 2, &out));
    assert_false(decimal_from_real(-1e300, 0, &out));
    assert_false(decimal_from_real(NAN, 0, &out));
    assert_false(decimal_from_real(INFINITY, 0, &out));
}

/* The short cut for doubles far from a half must not differ from the long way. */
static void the_short_cut_agrees_with_the_text(void **st)
{
    uint64_t x = 88172645463325252ull;

    (void)st;
    for (int i = 0; i < 20000; i++) {
        char text[64];
        int64_t a, b;
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        double d = (double)(int64_t)x / (double)(1ull << (20 + i % 40));
        int scale = i % 4;
        real_show(text, sizeof text, d);
        assert_true(decimal_from_real(d, scale, &a));
        assert_true(decimal_parse(text, scale, &b));
        if (llabs(a) < 100000000000000)
            assert_int_equal(a, b);
    }
}

static void rescaling_is_exact_or_rounds(void **st)
{
    int64_t out;

    (void)st;
    assert_true(decimal_rescale(125, 1, 3, &out));
    assert_int_equal(out, 12500);
    assert_true(decimal_rescale(1250, 2, 0, &out));
    assert_int_equal(out, 13);
    assert_true(decimal_rescale(-1250, 2, 0, &out));
    assert_int_equal(out, -13);
    assert_true(decimal_rescale(1249, 2, 0, &out));
    assert_int_equal(out, 12);
    assert_true(decimal_rescale(INT64_MAX, 9, 0, &out));
    assert_int_equal(out, 9223372037);
    assert_true(decimal_rescale(INT64_MIN, 9, 0, &out));
    assert_int_equal(out, -9223372037);
    assert_false(decimal_rescale(INT64_MAX / 5, 0, 1, &out));
}

static void a_sum_that_does_not_fit_is_refused(void **st)
{
    int64_t out;

    (void)st;
    assert_true(decimal_add(INT64_MAX - 1, 1, &out));
    assert_int_equal(out, INT64_MAX);
    assert_false(decimal_add(INT64_MAX, 1, &out));
    assert_false(decimal_add(INT64_MIN, -1, &out));
}

static void round_gives_the_nearest_double(void **st)
{
    (void)st;
    assert_true(decimal_round(1.005, 2) == 1.01);
    assert_true(decimal_round(2.675, 2) == 2.68);
    assert_true(decimal_round(-0.5, 0) == -1);
    assert_true(decimal_round(1250, -2) == 1300);
    assert_true(decimal_round(-1250, -2) == -1300);
    assert_true(decimal_round(49, -2) == 0);
    assert_true(decimal_round(50, -2) == 100);
    assert_true(decimal_round(5, -400) == 0);
    assert_true(decimal_round(1e22, 2) == 1e22);
    assert_true(decimal_round(1234567890123456789.0, 2) == 1234567890123456789.0);
    assert_true(decimal_round(0.1, 500) == 0.1);
    assert_true(decimal_round(1.23456789012345, 12) == 1.234567890123);
    assert_false(signbit(decimal_round(-0.4, 0)));
}

static void show_writes_all_digits_of_the_scale(void **st)
{
    char text[64];

    (void)st;
    decimal_show(text, sizeof text, 1250, 2);
    assert_string_equal(text, "12.50");
    decimal_show(text, sizeof text, -5, 3);
    assert_string_equal(text, "-0.005");
    decimal_show(text, sizeof text, INT64_MIN, 0);
    assert_string_equal(text, "-9223372036854775808");
    decimal_show(text, sizeof text, 0, 2);
    assert_string_equal(text, "0.00");
}

static void a_real_shows_fifteen_digits_at_most(void **st)
{
    char text[64];

    (void)st;
    real_show(text, sizeof text, 0.1);
    assert_string_equal(text, "0.1");
    real_show(text, sizeof text, 12);
    assert_string_equal(text, "12");
    real_show(text, sizeof text, 1e20);
    assert_string_equal(text, "1e+20");
    real_show(text, sizeof text, 0.1 + 0.2);
    assert_string_equal(text, "0.3");
    real_show(text, sizeof text, -0.0);
    assert_string_equal(text, "0");
}

static void any_number_scales_and_nothing_else(void **st)
{
    int64_t out;

    (void)st;
    assert_true(val_scaled(val_int(12), 2, &out));
    assert_int_equal(out, 1200);
    assert_true(val_scaled(val_dec(12345, 3), 2, &out));
    assert_int_equal(out, 1235);
    assert_true(val_scaled(val_real(1.005), 2, &out));
    assert_int_equal(out, 101);
    assert_false(val_scaled(val_int(INT64_MAX), 2, &out));
    assert_false(val_scaled(val_blank(), 2, &out));
    assert_false(val_scaled(val_text("1"), 2, &out));
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(text_becomes_the_exact_number), T(what_is_no_number_is_refused),
        T(excess_digits_round_half_away_from_zero), T(what_does_not_fit_is_refused),
        T(doubles_round_by_fifteen_digits_first), T(doubles_that_do_not_fit_are_refused),
        T(the_short_cut_agrees_with_the_text), T(rescaling_is_exact_or_rounds),
        T(a_sum_that_does_not_fit_is_refused), T(round_gives_the_nearest_double),
        T(show_writes_all_digits_of_the_scale), T(a_real_shows_fifteen_digits_at_most),
        T(any_number_scales_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
