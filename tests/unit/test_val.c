/* links: base */
/* val: one typed value; blank is a value of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/val.h"
#include <math.h>
#include <string.h>

static int setup(void **st)    { *st = arena_new(); return 0; }
static int teardown(void **st) { arena_free(*st); return 0; }

static void empty_text_no_record_and_an_empty_list_are_blank(void **st)
{
    (void)st;
    assert_true(val_is_blank(val_text("")));
    assert_true(val_is_blank(val_text(NULL)));
    assert_true(val_is_blank(val_rec(0)));
    assert_true(val_is_blank(val_list(NULL, 0)));
    assert_true(val_is_blank(val_real(NAN)));
    assert_true(val_is_blank(val_real(INFINITY)));
    assert_false(val_is_blank(val_bool(false)));
    assert_false(val_is_blank(val_int(0)));
}

static void blank_equals_blank_only(void **st)
{
    (void)st;
    assert_true(val_eq(val_blank(), val_text("")));
    assert_false(val_eq(val_blank(), val_int(0)));
    assert_false(val_eq(val_text("a"), val_blank()));
}

static void numbers_compare_by_value_across_their_shapes(void **st)
{
    (void)st;
    assert_true(val_eq(val_int(12), val_dec(1200, 2)));
    assert_true(val_eq(val_dec(125, 1), val_dec(12500, 3)));
    assert_true(val_eq(val_real(0.5), val_dec(5, 1)));
    assert_true(val_eq(val_int(3), val_real(3)));
    assert_true(val_cmp(val_dec(1249, 2), val_dec(125, 1)) < 0);
    assert_true(val_cmp(val_int(INT64_MAX), val_dec(INT64_MAX, 9)) > 0);
    assert_true(val_cmp(val_int(INT64_MIN), val_dec(INT64_MIN, 9)) < 0);
    assert_true(val_cmp(val_int(9007199254740993), val_int(9007199254740992)) > 0);
}

static void a_computed_number_meets_a_stored_one_at_its_digits(void **st)
{
    (void)st;
    assert_true(val_eq(val_real(0.1 + 0.2), val_dec(3, 1)));
    assert_true(val_eq(val_dec(101, 2), val_real(1.005)));
    assert_true(val_cmp(val_real(1.004), val_dec(100, 2)) == 0);
    assert_true(val_cmp(val_real(1e300), val_dec(1, 2)) > 0);
    assert_false(val_eq(val_real(0.1 + 0.2), val_real(0.3)));
}

static void text_orders_by_code_point(void **st)
{
    (void)st;
    assert_true(val_cmp(val_text("a"), val_text("b")) < 0);
    assert_true(val_cmp(val_text("ab"), val_text("a")) > 0);
    assert_true(val_cmp(val_text("\xEF\xBF\xBD"), val_text("\xF0\x9F\x98\x80")) < 0);
    assert_true(val_eq(val_text("客户"), val_text("客户")));
}

static void records_compare_by_id_also_with_a_number(void **st)
{
    Val loaded = val_rec(7);

    loaded.p = *st;
    assert_true(val_eq(loaded, val_rec(7)));
    assert_true(val_eq(val_int(7), loaded));
    assert_false(val_eq(val_rec(7), val_rec(8)));
    assert_false(val_eq(val_rec(7), val_text("7")));
}

static void lists_are_equal_item_by_item(void **st)
{
    Val a[] = { val_text("x"), val_int(1) }, b[] = { val_text("x"), val_dec(10, 1) };

    (void)st;
    assert_true(val_eq(val_list(a, 2), val_list(b, 2)));
    assert_false(val_eq(val_list(a, 2), val_list(b, 1)));
    assert_false(val_eq(val_list(a, 1), val_list(a + 1, 1)));
}

static void durations_compare_by_length_and_working_time_is_its_own(void **st)
{
    (void)st;
    assert_true(val_eq(val_duration(1, UNIT_D), val_duration(24, UNIT_H)));
    assert_true(val_eq(val_duration(1, UNIT_W), val_duration(7, UNIT_D)));
    assert_true(val_cmp(val_duration(90, UNIT_S), val_duration(1, UNIT_M)) > 0);
    assert_false(val_eq(val_duration(1, UNIT_D), val_duration(1, UNIT_BD)));
}

static void a_copy_keeps_nothing_of_the_original(void **st)
{
    char text[] = "first";
    Val items[] = { val_text(text), val_int(2) };
    Val copy = val_copy(*st, val_list(items, 2));

    strcpy(text, "other");
    items[1] = val_int(3);
    assert_string_equal(copy.list[0].t, "first");
    assert_int_equal(copy.list[1].i, 2);
}

static void show_is_plain_text(void **st)
{
    Val items[] = { val_text("a"), val_dec(5, 1) };

    assert_string_equal(val_show(*st, val_blank()), "");
    assert_string_equal(val_show(*st, val_bool(true)), "true");
    assert_string_equal(val_show(*st, val_int(INT64_MIN)), "-9223372036854775808");
    assert_string_equal(val_show(*st, val_dec(1250, 2)), "12.50");
    assert_string_equal(val_show(*st, val_dec(-5, 2)), "-0.05");
    assert_string_equal(val_show(*st, val_real(0.1 + 0.2)), "0.3");
    assert_string_equal(val_show(*st, val_text("客户")), "客户");
    assert_string_equal(val_show(*st, val_date(20514)), "2026-03-02");
    assert_string_equal(val_show(*st, val_datetime(1772413200)), "2026-03-02T01:00:00Z");
    assert_string_equal(val_show(*st, val_time(34200)), "09:30");
    assert_string_equal(val_show(*st, val_duration(2, UNIT_BD)), "2bd");
    assert_string_equal(val_show(*st, val_rec(7)), "7");
    assert_string_equal(val_show(*st, val_list(items, 2)), "a, 0.5");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(empty_text_no_record_and_an_empty_list_are_blank),
        T(blank_equals_blank_only),
        T(numbers_compare_by_value_across_their_shapes),
        T(a_computed_number_meets_a_stored_one_at_its_digits),
        T(text_orders_by_code_point),
        T(records_compare_by_id_also_with_a_number),
        T(lists_are_equal_item_by_item),
        T(durations_compare_by_length_and_working_time_is_its_own),
        T(a_copy_keeps_nothing_of_the_original),
        T(show_is_plain_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
