/* links: base */
/* zone: offsets of the system's time zones, in the past and in the far future. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/zone.h"
#include "base/zone_rule.h"
#include "base/when.h"
#include <pthread.h>

static int64_t utc(const char *text)
{
    int64_t at = 0;

    assert_true(datetime_parse(text, NULL, &at));
    return at;
}

static int hours(const Zone *z, const char *at)
{
    return zone_offset(z, utc(at)) / 3600;
}

static void a_zone_is_found_by_name_once(void **st)
{
    const Zone *z = zone_find("Asia/Shanghai");

    (void)st;
    assert_non_null(z);
    assert_string_equal(zone_name(z), "Asia/Shanghai");
    assert_ptr_equal(z, zone_find("Asia/Shanghai"));
    assert_int_equal(hours(z, "2026-03-02T00:00:00Z"), 8);
    assert_int_equal(hours(z, "1988-07-01T00:00:00Z"), 9);    /* it had summer time then */
    assert_ptr_equal(zone_find("UTC"), zone_utc());
    assert_int_equal(zone_offset(zone_utc(), 1234567890), 0);
}

static void no_name_leaves_the_folder(void **st)
{
    const char *wrong[] = { "", "Nowhere/City", "../passwd", "/etc/passwd",
                            "Asia/../Asia/Tokyo", "asia/shanghai", "Asia", "Asia/Shang hai", "tzdata.zi" };

    (void)st;
    assert_null(zone_find(NULL));
    for (int i = 0; i < LEN(wrong); i++)
        assert_null(zone_find(wrong[i]));
}

static void new_york_changes_at_the_very_second(void **st)
{
    const Zone *z = zone_find("America/New_York");

    (void)st;
    assert_int_equal(hours(z, "2026-03-08T06:59:59Z"), -5);
    assert_int_equal(hours(z, "2026-03-08T07:00:00Z"), -4);
    assert_int_equal(hours(z, "2026-11-01T05:59:59Z"), -4);
    assert_int_equal(hours(z, "2026-11-01T06:00:00Z"), -5);
}

static void the_rule_holds_long_after_the_last_listed_change(void **st)
{
    const Zone *ny = zone_find("America/New_York"), *berlin = zone_find("Europe/Berlin");

    (void)st;
    assert_int_equal(hours(ny, "2150-03-08T06:59:59Z"), -5);
    assert_int_equal(hours(ny, "2150-03-08T07:00:00Z"), -4);
    assert_int_equal(hours(ny, "2150-11-01T05:59:59Z"), -4);
    assert_int_equal(hours(ny, "2150-11-01T06:00:00Z"), -5);
    assert_int_equal(hours(berlin, "2399-03-28T00:59:59Z"), 1);
    assert_int_equal(hours(berlin, "2399-03-28T01:00:00Z"), 2);
    assert_int_equal(hours(berlin, "2399-10-31T00:59:59Z"), 2);
    assert_int_equal(hours(berlin, "2399-10-31T01:00:00Z"), 1);
}

static void the_south_is_in_summer_at_new_year(void **st)
{
    const Zone *z = zone_find("Australia/Sydney");

    (void)st;
    assert_int_equal(hours(z, "2026-01-01T00:00:00Z"), 11);
    assert_int_equal(hours(z, "2026-07-01T00:00:00Z"), 10);
    assert_int_equal(hours(z, "2126-12-31T23:00:00Z"), 11);
    assert_int_equal(hours(z, "2126-07-01T00:00:00Z"), 10);
}

static void times_before_the_first_change_have_its_offset(void **st)
{
    (void)st;
    const Zone *z = zone_find("Europe/Berlin");

    assert_int_equal(zone_offset(z, utc("1700-01-01T00:00:00Z")), 3208);
}

static void a_skipped_time_is_the_one_after_it(void **st)
{
    const Zone *z = zone_find("America/New_York");
    int64_t at;

    (void)st;
    assert_true(datetime_parse("2026-03-08T02:30", z, &at));
    assert_int_equal(at, utc("2026-03-08T07:30:00Z"));
    assert_true(datetime_parse("2026-03-08T03:00", z, &at));
    assert_int_equal(at, utc("2026-03-08T07:00:00Z"));
    assert_true(datetime_parse("2026-03-08T01:59:59", z, &at));
    assert_int_equal(at, utc("2026-03-08T06:59:59Z"));
}

static void a_repeated_time_is_the_first(void **st)
{
    const Zone *z = zone_find("Europe/Berlin");
    int64_t at;

    (void)st;
    assert_true(datetime_parse("2026-10-25T02:30", z, &at));
    assert_int_equal(at, utc("2026-10-25T00:30:00Z"));
    assert_true(datetime_parse("2026-10-25T03:00", z, &at));
    assert_int_equal(at, utc("2026-10-25T02:00:00Z"));
}

static void a_day_that_a_zone_skipped_is_the_next(void **st)
{
    int64_t at;

    (void)st;
    assert_true(datetime_parse("2011-12-30T12:00", zone_find("Pacific/Apia"), &at));
    assert_int_equal(at, utc("2011-12-30T22:00:00Z"));
    assert_int_equal(local_day(at, zone_find("Pacific/Apia")), day_of((Ymd){ 2011, 12, 31 }));
}

static void there_and_back_again_over_a_year(void **st)
{
    const char *names[] = { "America/New_York", "Europe/Dublin", "Australia/Lord_Howe",
                            "Asia/Kathmandu", "America/Santiago" };

    (void)st;
    for (int i = 0; i < LEN(names); i++) {
        const Zone *z = zone_find(names[i]);
        assert_non_null(z);
        int64_t end = utc("2091-01-01T00:00:00Z");
        for (int64_t t = utc("2090-01-01T00:00:00Z"); t < end; t += 1800) {
            int64_t local = t + zone_offset(z, t), back = zone_to_utc(z, local);
            assert_int_equal(back + zone_offset(z, back), local);
            assert_true(back <= t);           /* of a repeated time the first */
        }
    }
}

static void rules_read_every_form_and_no_nonsense(void **st)
{
    const char *wrong[] = { "", "EST", "5", "EST5EDT", "EST5EDT,M3.2.0",
                            "EST5EDT,M13.1.0,M1.1.0", "EST5EDT,M3.6.0,M11.1.0", "<+08-8", "EST5EDT,M3.2.0,M11.1.0x" };
    ZoneRule r;

    (void)st;
    assert_true(zone_rule_parse("<+0330>-3:30", &r));
    assert_int_equal(r.standard, 12600);
    assert_false(r.changes);
    assert_true(zone_rule_parse("IST-1GMT0,M10.5.0,M3.5.0/1", &r));
    assert_int_equal(zone_rule_offset(&r, utc("2026-01-15T00:00:00Z")), 0);
    assert_int_equal(zone_rule_offset(&r, utc("2026-07-15T00:00:00Z")), 3600);
    assert_true(zone_rule_parse("AAA3BBB,J60/0,J300/0", &r));
    assert_int_equal(zone_rule_offset(&r, utc("2028-03-01T02:59:59Z")), -10800);
    assert_int_equal(zone_rule_offset(&r, utc("2028-03-01T03:00:00Z")), -7200);
    assert_true(zone_rule_parse("AAA3BBB,59/0,300/0", &r));
    assert_int_equal(zone_rule_offset(&r, utc("2028-02-29T03:00:00Z")), -7200);
    for (int i = 0; i < LEN(wrong); i++)
        assert_false(zone_rule_parse(wrong[i], &r));
}

static void *find_some(void *arg)
{
    (void)arg;
    for (int i = 0; i < 50; i++)
        if (!zone_find("Asia/Tokyo") || !zone_find("Europe/Paris"))
            return (void *)1;
    return NULL;
}

static void many_threads_find_the_same_zone(void **st)
{
    pthread_t t[4];

    (void)st;
    for (int i = 0; i < LEN(t); i++)
        pthread_create(&t[i], NULL, find_some, NULL);
    for (int i = 0; i < LEN(t); i++) {
        void *failed;
        pthread_join(t[i], &failed);
        assert_null(failed);
    }
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_zone_is_found_by_name_once), T(no_name_leaves_the_folder),
        T(new_york_changes_at_the_very_second),
        T(the_rule_holds_long_after_the_last_listed_change),
        T(the_south_is_in_summer_at_new_year), T(times_before_the_first_change_have_its_offset),
        T(a_skipped_time_is_the_one_after_it), T(a_repeated_time_is_the_first),
        T(a_day_that_a_zone_skipped_is_the_next), T(there_and_back_again_over_a_year),
        T(rules_read_every_form_and_no_nonsense), T(many_threads_find_the_same_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
