/* links: base */
/* calendar: working days and hours, against walking day by day and counting minute by minute. */
#include "test_moments.h"

static Arena *arena;

/* China's National Day 2026: 1–7 October free, Saturday the 10th worked. */
static Calendar office(void)
{
    Calendar c = { .name = "office" };

    for (int w = 0; w < 5; w++)
        c.week[w] = (DayHours){ {{ 9 * 3600, 12 * 3600 }, { 13 * 3600, 18 * 3600 }}, 2 };
    calendar_put(arena, &c, (OwnDays){ day("2026-10-01"), day("2026-10-05") });
    calendar_put(arena, &c, (OwnDays){ day("2026-10-06"), day("2026-10-07") });
    int64_t worked = day("2026-10-10");
    calendar_put(arena, &c, (OwnDays){ worked, worked, calendar_worked(&c, worked) });
    return c;
}

static void a_chain_of_holidays_is_skipped_and_a_worked_weekend_counts(void **st)
{
    Calendar c = office();

    (void)st;
    assert_false(calendar_is_workday(&c, day("2026-10-06")));
    assert_true(calendar_is_workday(&c, day("2026-10-10")));
    assert_false(calendar_is_workday(&c, day("2026-10-11")));
    assert_int_equal(calendar_add_workdays(&c, day("2026-09-30"), 1), day("2026-10-08"));
    assert_int_equal(calendar_add_workdays(&c, day("2026-09-30"), 3), day("2026-10-10"));
    assert_int_equal(calendar_add_workdays(&c, day("2026-09-30"), 4), day("2026-10-12"));
    assert_int_equal(calendar_add_workdays(&c, day("2026-10-12"), -4), day("2026-09-30"));
    assert_int_equal(calendar_add_workdays(&c, day("2026-10-03"), 0), day("2026-10-03"));
    assert_int_equal(calendar_workdays(&c, day("2026-10-01"), day("2026-10-12")), 4);
    assert_int_equal(calendar_workdays(&c, day("2026-10-12"), day("2026-10-01")), -4);
    assert_int_equal(calendar_workdays(&c, day("2026-10-10"), day("2026-10-10")), 1);
}

/* Skipping whole weeks must give what walking day by day gives. */
static void skipping_weeks_agrees_with_walking(void **st)
{
    Calendar c = office();
    int64_t from = day("2026-08-03");

    (void)st;
    for (int64_t start = from; start < from + 120; start += 5) {
        int64_t walked = 0;
        for (int64_t d = start; d < start + 200; d++) {
            walked += calendar_is_workday(&c, d);
            assert_int_equal(calendar_workdays(&c, start, d), walked);
            if (calendar_is_workday(&c, d)) {
                assert_int_equal(calendar_add_workdays(&c, start - 1, (int)walked), d);
            }
        }
    }
    for (int n = 1; n < 150; n++) {
        int64_t d = calendar_add_workdays(&c, day("2026-12-31"), -n);
        assert_int_equal(calendar_workdays(&c, d, day("2026-12-30")), n);
    }
}

static void working_hours_go_on_over_lunch_nights_and_holidays(void **st)
{
    const Zone *z = zone_find("Asia/Shanghai");
    Calendar c = office();
    int64_t t = at("2026-09-30T11:00", z);

    (void)st;
    assert_local(calendar_add_work_seconds(&c, z, t, 3600), z, "2026-09-30T12:00");
    assert_local(calendar_add_work_seconds(&c, z, t, 2 * 3600), z, "2026-09-30T14:00");
    assert_local(calendar_add_work_seconds(&c, z, t, 8 * 3600), z, "2026-10-08T11:00");
    assert_local(calendar_add_work_seconds(&c, z, t, 24 * 3600), z, "2026-10-10T11:00");
    assert_local(calendar_add_work_seconds(&c, z, at("2026-10-10T11:00", z), -24 * 3600), z,
                 "2026-09-30T11:00");
    assert_int_equal(calendar_work_seconds(&c, z, t, at("2026-10-10T11:00", z)), 24 * 3600);
    assert_int_equal(calendar_work_seconds(&c, z, at("2026-10-10T11:00", z), t), -24 * 3600);
    assert_int_equal(calendar_work_seconds(&c, z, at("2026-10-02T00:00", z),
                                           at("2026-10-04T00:00", z)), 0);
}

static void the_next_working_time_is_now_or_the_opening(void **st)
{
    const Zone *z = zone_find("Asia/Shanghai");
    Calendar c = office(), none = { .name = "none" };

    (void)st;
    assert_local(calendar_next_work(&c, z, at("2026-09-30T10:15", z)), z, "2026-09-30T10:15");
    assert_local(calendar_next_work(&c, z, at("2026-09-30T12:00", z)), z, "2026-09-30T13:00");
    assert_local(calendar_next_work(&c, z, at("2026-09-30T18:00", z)), z, "2026-10-08T09:00");
    assert_local(calendar_next_work(NULL, z, at("2026-09-26T10:00", z)), z, "2026-09-28T09:00");
    assert_int_equal(calendar_next_work(&none, z, 0), WHEN_NEVER);
    assert_int_equal(calendar_add_work_seconds(&none, z, 0, 1), WHEN_NEVER);
    assert_int_equal(calendar_add_workdays(&none, 0, 1), WHEN_NEVER);
}

/* ---- days put over others ---- */

static void what_is_put_later_counts(void **st)
{
    Calendar c = { .name = "c" };
    DayHours half = { {{ 9 * 3600, 12 * 3600 }}, 1 };

    (void)st;
    calendar_put(arena, &c, (OwnDays){ 10, 20 });
    calendar_put(arena, &c, (OwnDays){ 30, 40 });
    calendar_put(arena, &c, (OwnDays){ 14, 15, half });             /* within */
    calendar_put(arena, &c, (OwnDays){ 20, 32, half });             /* over the ends of two */
    calendar_put(arena, &c, (OwnDays){ 5, 9 });                     /* before all */
    assert_int_equal(c.nown, 6);
    for (int i = 1; i < c.nown; i++)
        assert_true(c.own[i].from > c.own[i - 1].to);
    const int64_t halves[] = { 14, 15, 20, 25, 32 }, none[] = { 5, 9, 10, 13, 16, 19, 33, 40 };
    for (int i = 0; i < LEN(halves); i++)
        assert_int_equal(calendar_hours(&c, halves[i])->n, 1);
    for (int i = 0; i < LEN(none); i++)
        assert_ptr_not_equal(calendar_hours(&c, none[i]), &c.week[day_weekday(none[i]) - 1]);
    assert_ptr_equal(calendar_hours(&c, 41), &c.week[day_weekday(41) - 1]);
    assert_int_equal(calendar_usual_days(&c, 41, -1), 0 + 1);
    assert_int_equal(calendar_usual_days(&c, 0, 1), 5);
    assert_int_equal(calendar_usual_days(&c, 7, 1), 0);
}

/* ---- the clock changes ---- */

/* An hour that is skipped is not worked, one that comes again within a span is; the end of a span
   comes once. */
static void the_clock_changes_within_working_hours(void **st)
{
    const Zone *z = zone_find("Europe/Berlin"), *shanghai = zone_find("Asia/Shanghai");
    Calendar c = { .name = "night", .zone = z };

    (void)st;
    c.week[6] = (DayHours){ {{ 3600, 9000 }, { 9000, 6 * 3600 }}, 2 };   /* Sunday 1–2:30–6 */
    int64_t spring = at("2026-03-29T00:00", z), autumn = at("2026-10-25T00:00", z);
    assert_int_equal(calendar_work_seconds(&c, shanghai, spring, spring + 86400), 4 * 3600);
    assert_int_equal(calendar_work_seconds(&c, shanghai, autumn, autumn + 90000), 6 * 3600);
    assert_local(calendar_add_work_seconds(&c, NULL, spring, 3601), z, "2026-03-29T03:00:01");
    assert_local(calendar_add_work_seconds(&c, NULL, autumn, 5401), z, "2026-10-25T02:30:01");
    assert_int_equal(calendar_add_work_seconds(&c, NULL, autumn, 5401) - autumn, 9001);
    assert_local(when_add(at("2026-03-28T09:00", z), val_duration(1, UNIT_BD), &c, shanghai), z,
        "2026-03-29T09:00");
}

/* ---- against a plain counter ---- */

#define DAYS 160
#define MINUTES (DAYS * 1440)

static uint32_t seed = 20260302;

static int dice(int n)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 8) % (uint32_t)n);
}

static DayHours some_hours(void)
{
    static const int times[] = { 0, 30, 60, 90, 120, 150, 165, 180, 240, 540, 720, 780, 1080, 1410,
        1440 };
    DayHours h = { .n = 0 };

    for (int i = 0; i + 1 < LEN(times) && h.n < SPANS; i++)
        if (!dice(4)) {
            int to = i + 1 + dice(LEN(times) - 1 - i);
            h.span[h.n++] = (Span){ times[i] * 60, times[to] * 60 };
            i = to - !dice(3);                        /* spans may touch */
        }
    return h;
}

/* Built twice: as a calendar, and as the hours of each day from `first` - 2 on. */
static Calendar some_calendar(const Zone *z, int64_t first, DayHours plain[DAYS + 4])
{
    Calendar c = { .name = "any", .zone = z };

    for (int w = 0; w < 7; w++)
        c.week[w] = some_hours();
    for (int i = 0; i < DAYS + 4; i++)
        plain[i] = c.week[day_weekday(first - 2 + i) - 1];
    for (int n = dice(8); n > 0; n--) {
        int from = dice(DAYS + 4), to = from + dice(9);
        OwnDays own = { first - 2 + from, first - 2 + to };
        if (dice(2))
            own.hours = some_hours();
        calendar_put(arena, &c, own);
        for (int i = from; i <= to && i < DAYS + 4; i++)
            plain[i] = own.hours;
    }
    return c;
}

static bool is_within(const DayHours *h, int second)
{
    for (int i = 0; i < h->n; i++)
        if (second >= h->span[i].from && second < h->span[i].to)
            return true;
    return false;
}

/* done[m]: minutes worked before the mth. The clock that decides never goes back: it stands still
   until the other one has caught up. */
static void count_minutes(const Zone *z, int64_t start, int64_t first,
    const DayHours plain[DAYS + 4], int *done)
{
    int64_t shown = INT64_MIN;

    done[0] = 0;
    for (int64_t t = start - 86400; t < start + (int64_t)MINUTES * 60; t += 60) {
        int64_t local = t + zone_offset(z, t), m = (t - start) / 60;
        shown = local > shown ? local : shown;
        int64_t d = shown / 86400 - (shown % 86400 < 0), i = d - first + 2;
        if (m < 0 || t < start)
            continue;
        assert_true(i >= 0 && i < DAYS + 4);
        done[m + 1] = done[m] + is_within(&plain[i], (int)(shown - d * 86400));
    }
}

static void check_calendar(const Calendar *c, int64_t start, const int *done)
{
    for (int i = 0; i < 60; i++) {
        int a = dice(MINUTES), b = dice(MINUTES), low = a < b ? a : b, high = a < b ? b : a;
        int64_t from = start + 60 * (int64_t)low, to = start + 60 * (int64_t)high;
        int64_t work = calendar_work_seconds(c, NULL, from, to);
        assert_int_equal(work, 60 * (done[high] - done[low]));
        assert_int_equal(calendar_work_seconds(c, NULL, to, from), -work);
        int64_t middle = start + 60 * (int64_t)((low + high) / 2);
        assert_int_equal(calendar_work_seconds(c, NULL, from, middle)
            + calendar_work_seconds(c, NULL, middle, to), work);
        if (work == 0)
            continue;
        int64_t there = calendar_add_work_seconds(c, NULL, from, work);
        int64_t back = calendar_add_work_seconds(c, NULL, to, -work);
        int m = low, n = high;
        while (done[m] - done[low] < work / 60)
            m++;
        while (done[high] - done[n] < work / 60)
            n--;
        assert_int_equal(there, start + 60 * (int64_t)m);
        assert_int_equal(back, start + 60 * (int64_t)n);
        assert_int_equal(calendar_work_seconds(c, NULL, from, there), work);
        for (m = low; done[m + 1] == done[m]; )
            m++;
        assert_int_equal(calendar_next_work(c, NULL, from), start + 60 * (int64_t)m);
    }
}

static void intervals_agree_with_counting_minutes(void **st)
{
    static const struct { const char *zone, *from; } places[] = {
        { "Europe/Berlin", "2026-02-20" }, { "Europe/Berlin", "2026-07-20" },
        { "America/New_York", "2026-09-01" }, { "America/New_York", "2050-01-10" },
        { "Asia/Shanghai", "2026-09-01" }, { "Australia/Lord_Howe", "2026-03-01" },
        { "America/Santiago", "2026-06-20" }, { "America/Santiago", "2026-02-10" },
        { "Pacific/Apia", "2011-11-20" }, { "Africa/Casablanca", "2026-01-15" },
        { "America/St_Johns", "2010-09-01" }, { "Africa/Cairo", "2026-03-01" },
        { "America/Sao_Paulo", "2017-09-01" }, { "Asia/Kathmandu", "1985-11-20" },
    };
    static int done[MINUTES + 2];
    DayHours plain[DAYS + 4];

    (void)st;
    for (int i = 0; i < 3 * LEN(places); i++) {
        const Zone *z = zone_find(places[i % LEN(places)].zone);
        int64_t first = day(places[i % LEN(places)].from);
        int64_t start = (local_midnight(first, z) + 86399) / 60 * 60;
        assert_non_null(z);
        Calendar c = some_calendar(z, first, plain);
        count_minutes(z, start, first, plain, done);
        check_calendar(&c, start, done);
    }
}

/* A hundred years are as quick as a week: nothing is walked but what differs. */
static void long_spans_add_up(void **st)
{
    Calendar c = office();
    const Zone *z = c.zone = zone_find("Europe/Berlin");
    int64_t from = at("2020-01-01T00:00", z), sum = 0;

    (void)st;
    for (int64_t d = day("2020-01-01"); d < day("2120-01-01"); d += 7)
        sum += calendar_work_seconds(&c, NULL, local_midnight(d, z), local_midnight(d + 7, z));
    int64_t last = local_midnight(day("2020-01-01") + 36526 / 7 * 7, z);
    int64_t all = calendar_work_seconds(&c, NULL, from, last);
    assert_true(sum - all >= 0 && sum - all <= 40 * 3600);
    assert_int_equal(calendar_work_seconds(&c, NULL, from,
        calendar_add_work_seconds(&c, NULL, from, all)), all);
    assert_int_equal(calendar_add_work_seconds(&c, NULL, from, INT64_MAX), WHEN_NEVER);
}

static int begin(void **st)
{
    (void)st;
    arena = arena_new();
    return 0;
}

static int end(void **st)
{
    (void)st;
    arena_free(arena);
    return 0;
}

#define T(f) cmocka_unit_test(f)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_chain_of_holidays_is_skipped_and_a_worked_weekend_counts),
        T(skipping_weeks_agrees_with_walking),
        T(working_hours_go_on_over_lunch_nights_and_holidays),
        T(the_next_working_time_is_now_or_the_opening), T(what_is_put_later_counts),
        T(the_clock_changes_within_working_hours), T(intervals_agree_with_counting_minutes),
        T(long_spans_add_up),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
