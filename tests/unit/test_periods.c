/* links: data */
/* dash_ask: the days that the words of a period stand for, each word on every day of five years. */
#include "test_moments.h"
#include "data/dash_ask.h"

static void spans(const char *word, const char *today, const char *first, const char *last)
{
    int64_t from, to;

    assert_true(period_days(word, day(today), &from, &to));
    assert_int_equal(from, day(first));
    assert_int_equal(to, day(last));
}

static void words_are_the_days_people_mean(void **st)
{
    (void)st;
    spans("today", "2026-03-02", "2026-03-02", "2026-03-02");
    spans("this_week", "2026-03-01", "2026-02-23", "2026-03-01");           /* a Sunday ends its week */
    spans("last_week", "2026-03-02", "2026-02-23", "2026-03-01");
    spans("this_month", "2028-02-29", "2028-02-01", "2028-02-29");
    spans("last_month", "2026-03-31", "2026-02-01", "2026-02-28");
    spans("this_quarter", "2026-03-31", "2026-01-01", "2026-03-31");
    spans("last_quarter", "2026-01-01", "2025-10-01", "2025-12-31");
    spans("this_year", "2026-12-31", "2026-01-01", "2026-12-31");
    spans("last_year", "2026-01-01", "2025-01-01", "2025-12-31");
    spans("last_7_days", "2026-03-02", "2026-02-24", "2026-03-02");
    spans("last_12_months", "2028-02-29", "2027-03-01", "2028-02-29");
}

/* This holds today or ends with it; last ends before this begins, without a gap. */
static void every_word_holds_on_every_day(void **st)
{
    static const char *const units[][2] = { { "this_week", "last_week" }, { "this_month", "last_month" },
        { "this_quarter", "last_quarter" }, { "this_year", "last_year" } };
    const char *const *word;
    int n = period_words(&word);

    (void)st;
    for (int64_t today = day("2024-01-01"); today < day("2029-01-01"); today++) {
        int64_t from, to, before, end;
        for (int i = 0; i < n; i++) {
            assert_true(period_days(word[i], today, &from, &to));
            assert_true(from <= to);
        }
        for (int i = 0; i < LEN(units); i++) {
            assert_true(period_days(units[i][0], today, &from, &to));
            assert_true(period_days(units[i][1], today, &before, &end));
            assert_true(from <= today && today <= to && end == from - 1 && before < end);
        }
    }
    int64_t from, to;
    assert_false(period_days("someday", 0, &from, &to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_the_days_people_mean),
        cmocka_unit_test(every_word_holds_on_every_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
