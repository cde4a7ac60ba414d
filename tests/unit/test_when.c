/* links: base */
/* when: dates and cron over month ends and clock changes. */
#include "test_moments.h"

static void every_day_of_the_calendar_goes_there_and_back(void **st)
{
    (void)st;
    assert_int_equal(day_of((Ymd){ 1, 1, 1 }), DAY_MIN);
    assert_int_equal(day_of((Ymd){ 9999, 12, 31 }), DAY_MAX);
    for (int64_t d = DAY_MIN; d <= DAY_MAX; d += 13) {
        Ymd ymd = day_split(d);
        assert_true(day_valid(ymd.year, ymd.month, ymd.day));
        assert_int_equal(day_of(ymd), d);
    }
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("2026-03-02"), 20514);
}

static void leap_days_are_where_they_belong(void **st)
{
    int64_t d;

    (void)st;
    assert_true(date_parse("2028-02-29", &d));
    assert_true(date_parse("2000-02-29", &d));
    assert_false(date_parse("2026-02-29", &d));
    assert_false(date_parse("1900-02-29", &d));
    assert_int_equal(day("2028-03-01") - day("2028-02-28"), 2);
}

static void what_is_no_date_is_refused(void **st)
{
    const char *wrong[] = { "", "2026-13-01", "2026-00-10", "2026-04-31", "2026-4-1",
                            "20260401", "2026-04-01x", "0000-01-01", " 2026-04-01", "2026/04/01" };
    int64_t d;

    (void)st;
    for (int i = 0; i < LEN(wrong); i++)
        assert_false(date_parse(wrong[i], &d));
}

static void months_end_where_they_end(void **st)
{
    (void)st;
    assert_int_equal(day_add_months(day("2026-01-31"), 1), day("2026-02-28"));
    assert_int_equal(day_add_months(day("2028-01-31"), 1), day("2028-02-29"));
    assert_int_equal(day_add_months(day("2026-03-31"), -1), day("2026-02-28"));
    assert_int_equal(day_add_months(day("2026-01-15"), -13), day("2024-12-15"));
    assert_int_equal(day_add_months(day("2028-02-29"), 12), day("2029-02-28"));
    assert_int_equal(day_add_months(day("2026-08-31"), 30), day("2029-02-28"));
}

static void weeks_follow_iso(void **st)
{
    (void)st;
    assert_int_equal(day_weekday(day("2026-03-02")), 1);
    assert_int_equal(day_weekday(day("1969-12-28")), 7);
    assert_int_equal(day_iso_week(day("2026-01-01")), 1);
    assert_int_equal(day_iso_week(day("2027-01-01")), 53);
    assert_int_equal(day_iso_week(day("2024-12-30")), 1);
}

static void times_are_read_and_shown(void **st)
{
    const char *wrong[] = { "", "9:30", "24:00", "09:60", "09:30:60", "09:30:", "0930",
                            "09:30Z" };
    char text[16];
    int64_t s;

    (void)st;
    assert_true(time_parse("09:30", &s));
    assert_int_equal(s, 34200);
    assert_true(time_parse("23:59:59", &s));
    assert_int_equal(s, 86399);
    time_show(text, sizeof text, 34200);
    assert_string_equal(text, "09:30");
    time_show(text, sizeof text, 34215);
    assert_string_equal(text, "09:30:15");
    for (int i = 0; i < LEN(wrong); i++)
        assert_false(time_parse(wrong[i], &s));
}

static void instants_are_read_with_any_offset(void **st)
{
    const Zone *z = zone_find("Asia/Shanghai");
    const char *wrong[] = { "2026-03-02T", "2026-03-02T09", "2026-03-02T09:30+8",
                            "2026-03-02T09:30+24:00", "2026-03-02T09:30Zx", "2026-03-02x09:30",
                            "2026-03-02T09:30:00.Z", "2026-03-02T09:30+08:" };
    int64_t t, expect = at("2026-03-02T01:30:00Z", NULL);

    (void)st;
    assert_int_equal(at("2026-03-02T09:30:00+08:00", NULL), expect);
    assert_int_equal(at("2026-03-02T09:30:00.999+0800", NULL), expect);
    assert_int_equal(at("2026-03-02 09:30", z), expect);
    assert_int_equal(at("2026-03-01T20:30-05", z), expect);
    assert_int_equal(at("2026-03-02", z), at("2026-03-01T16:00:00Z", NULL));
    for (int i = 0; i < LEN(wrong); i++)
        assert_false(datetime_parse(wrong[i], z, &t));
}

static void instants_are_shown_in_utc_and_locally(void **st)
{
    char text[40];

    (void)st;
    datetime_show(text, sizeof text, at("1969-12-31T23:59:59Z", NULL));
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    assert_local(at("2026-03-02T01:00:00Z", NULL), zone_find("Asia/Shanghai"),
                 "2026-03-02T09:00");
    assert_local(at("2026-03-02T01:00:07Z", NULL), NULL, "2026-03-02T01:00:07");
}

static void durations_are_read_and_shown(void **st)
{
    const char *good[] = { "30m", "4h", "2d", "3w", "2bd", "4bh", "90s", "-2d" };
    const char *wrong[] = { "", "2", "d", "2x", "2 d", "1.5h", "2dd", "+2d", "9999999999999d" };
    char text[32];
    Val v;

    (void)st;
    for (int i = 0; i < LEN(good); i++) {
        assert_true(duration_parse(good[i], &v));
        duration_show(text, sizeof text, v);
        assert_string_equal(text, good[i]);
    }
    for (int i = 0; i < LEN(wrong); i++)
        assert_false(duration_parse(wrong[i], &v));
}

static void the_first_instant_of_a_day_exists_when_midnight_does_not(void **st)
{
    const Zone *z = zone_find("America/Santiago");    /* 24:00 becomes 01:00 */

    (void)st;
    assert_local(local_midnight(day("2025-09-07"), z), z, "2025-09-07T01:00");
    assert_int_equal(local_day(local_midnight(day("2025-09-07"), z) - 1, z), day("2025-09-06"));
}

static void days_keep_the_local_time_and_hours_pass(void **st)
{
    const Zone *z = zone_find("America/New_York");
    int64_t t = at("2026-03-07T09:00", z);

    (void)st;
    assert_local(when_add(t, val_duration(1, UNIT_D), NULL, z), z, "2026-03-08T09:00");
    assert_local(when_add(t, val_duration(24, UNIT_H), NULL, z), z, "2026-03-08T10:00");
    assert_local(when_add(t, val_duration(2, UNIT_W), NULL, z), z, "2026-03-21T09:00");
    assert_local(when_add(t, val_duration(-30, UNIT_M), NULL, z), z, "2026-03-07T08:30");
    assert_local(when_add(t, val_duration(2, UNIT_BD), NULL, z), z, "2026-03-10T09:00");
    assert_local(when_add(t, val_duration(1, UNIT_BH), NULL, z), z, "2026-03-09T10:00");
}

static void what_lies_beyond_the_years_is_never(void **st)
{
    const Unit units[] = { UNIT_S, UNIT_M, UNIT_H, UNIT_D, UNIT_W, UNIT_BD, UNIT_BH };

    (void)st;
    for (int i = 0; i < LEN(units); i++) {
        Val long_one = val_duration(1000000000000, units[i]), one = val_duration(1, units[i]);
        Val longest = val_duration(INT64_MIN, units[i]);
        assert_int_equal(when_add(0, long_one, NULL, NULL), WHEN_NEVER);
        assert_int_equal(when_add(0, longest, NULL, NULL), WHEN_NEVER);
        assert_int_equal(when_add(WHEN_NEVER, one, NULL, NULL), WHEN_NEVER);
    }
    assert_int_equal(calendar_add_workdays(NULL, 0, 100000000), WHEN_NEVER);
}

static void next(const char *cron, const Zone *z, const char *after, const char *expect)
{
    int64_t t;
    Cron c;

    assert_true(cron_parse(cron, &c));
    t = cron_next(&c, at(after, z), z);
    assert_local(t, z, expect);
}

static void cron_finds_the_next_time(void **st)
{
    const Zone *z = zone_find("Asia/Shanghai");
    Cron c;

    (void)st;
    next("0 9 * * 1-5", z, "2026-03-06T09:00", "2026-03-09T09:00");
    next("0 9 * * 1-5", z, "2026-03-06T08:59:59", "2026-03-06T09:00");
    next("*/15 * * * *", z, "2026-03-06T09:00:01", "2026-03-06T09:15");
    next("5/20 8-10 * * *", z, "2026-03-06T10:45", "2026-03-07T08:05");
    next("0 0 29 2 *", z, "2026-03-06T09:00", "2028-02-29T00:00");
    next("0 0 13 * fri", z, "2026-03-14T09:00", "2026-03-20T00:00");  /* either kind of day */
    next("0 0 * jan,jul 7", z, "2026-03-14T09:00", "2026-07-05T00:00");
    next("@hourly", z, "2026-12-31T23:30", "2027-01-01T00:00");
    next("@daily", z, "2026-12-31T23:30", "2027-01-01T00:00");
    next("@weekly", z, "2026-03-06T09:00", "2026-03-08T00:00");
    next("@monthly", z, "2026-03-06T09:00", "2026-04-01T00:00");
    assert_true(cron_parse("0 0 31 2 *", &c));
    assert_int_equal(cron_next(&c, 0, z), WHEN_NEVER);
}

static void cron_that_makes_no_sense_is_refused(void **st)
{
    const char *wrong[] = { "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *",
                            "* * 0 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *",
                            "5-1 * * * *", "a * * * *", "1, * * * *", "@never", "1.5 * * * *", "99999999999 * * * *" };
    Cron c;

    (void)st;
    for (int i = 0; i < LEN(wrong); i++)
        assert_false(cron_parse(wrong[i], &c));
}

static void cron_neither_skips_nor_repeats_when_the_clock_changes(void **st)
{
    const Zone *z = zone_find("America/New_York");
    int64_t t = at("2026-11-01T04:00:00Z", NULL);
    Cron c;

    (void)st;
    next("30 2 * * *", z, "2026-03-07T03:00", "2026-03-08T03:30");   /* 02:30 was skipped */
    next("30 2 * * *", z, "2026-03-08T03:30", "2026-03-09T02:30");
    next("0 9 * * *", z, "2026-03-07T09:00", "2026-03-08T09:00");
    next("30 1 * * *", z, "2026-11-01T01:30", "2026-11-02T01:30");   /* 01:30 comes twice */
    next("*/30 * * * *", z, "2026-03-08T01:30", "2026-03-08T03:00");
    assert_true(cron_parse("*/30 * * * *", &c));                   /* 25 hours, all of them */
    for (int i = 0; i < 50; i++, t += 1800)
        assert_int_equal(cron_next(&c, t, z), t + 1800);
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(every_day_of_the_calendar_goes_there_and_back), T(leap_days_are_where_they_belong),
        T(what_is_no_date_is_refused), T(months_end_where_they_end), T(weeks_follow_iso),
        T(times_are_read_and_shown), T(instants_are_read_with_any_offset),
        T(instants_are_shown_in_utc_and_locally), T(durations_are_read_and_shown),
        T(the_first_instant_of_a_day_exists_when_midnight_does_not),
        T(days_keep_the_local_time_and_hours_pass), T(what_lies_beyond_the_years_is_never),
        T(cron_finds_the_next_time), T(cron_that_makes_no_sense_is_refused),
        T(cron_neither_skips_nor_repeats_when_the_clock_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
