/*
 * Working time. Days that a calendar names (holidays, worked weekends) lie in a stretch of a
 * few years: there days are walked one by one, outside of it whole weeks are skipped, so that
 * a count of a million days costs no more than one of ten.
 */
#include "base/when.h"

static const Calendar standard = {
    .name = "default",
    .hours = { {{ 32400, 64800 }}, {{ 32400, 64800 }}, {{ 32400, 64800 }}, {{ 32400, 64800 }},
               {{ 32400, 64800 }} },
    .nhours = { 1, 1, 1, 1, 1 },
};

const Calendar *calendar_default(void)
{
    return &standard;
}

static const Calendar *or_default(const Calendar *c)
{
    return c ? c : &standard;
}

static bool within(int64_t (*range)[2], int n, int64_t day)
{
    for (int i = 0; i < n; i++)
        if (day >= range[i][0] && day <= range[i][1])
            return true;
    return false;
}

/* Hours of a worked weekend: the first weekday's that has any. */
static int first_worked(const Calendar *c)
{
    int w = 0;

    while (w < 6 && !c->nhours[w])
        w++;
    return w;
}

static int day_hours(const Calendar *c, int64_t day, const Span **out)
{
    int w = day_weekday(day) - 1;

    *out = c->hours[w];
    if (within(c->workday, c->nworkday, day)) {
        if (!c->nhours[w])
            w = first_worked(c);
        *out = c->hours[w];
    } else if (within(c->holiday, c->nholiday, day)) {
        return 0;
    }
    return c->nhours[w];
}

bool calendar_is_workday(const Calendar *c, int64_t day)
{
    const Span *hours;

    return day_hours(or_default(c), day, &hours) > 0;
}

/* The stretch outside of which weeks repeat; empty (first > last) when no day is named. */
static void named_days(const Calendar *c, int64_t *first, int64_t *last)
{
    *first = DAY_MAX + 1;
    *last = DAY_MIN - 1;
    for (int i = 0; i < c->nholiday + c->nworkday; i++) {
        const int64_t *r = i < c->nholiday ? c->holiday[i] : c->workday[i - c->nholiday];
        if (r[0] < *first)
            *first = r[0];
        if (r[1] > *last)
            *last = r[1];
    }
}

static int days_a_week(const Calendar *c)
{
    int n = 0;

    for (int w = 0; w < 7; w++)
        n += c->nhours[w] > 0;
    return n;
}

/* Whole weeks from `day` in the direction of `step` that touch no named day. */
static int64_t free_weeks(int64_t day, int step, int64_t first, int64_t last)
{
    int64_t end = step > 0 ? DAY_MAX : DAY_MIN;

    if (first <= last && step > 0 && day < last)
        end = first - 1;
    if (first <= last && step < 0 && day > first)
        end = last + 1;
    return (end - day) * step > 0 ? (end - day) * step / 7 : 0;
}

int64_t calendar_add_workdays(const Calendar *c, int64_t day, int n)
{
    int step = n < 0 ? -1 : 1, a_week = days_a_week(c = or_default(c));
    int64_t left = (int64_t)n * step, first, last;

    if (day < DAY_MIN || day > DAY_MAX)
        return WHEN_NEVER;
    named_days(c, &first, &last);
    while (left > 0) {
        int64_t weeks = free_weeks(day, step, first, last);
        if (a_week && (left - 1) / a_week < weeks)
            weeks = (left - 1) / a_week;
        day += weeks * 7 * step;
        left -= weeks * a_week;
        for (int i = 0; i < 7 && left > 0; i++) {
            day += step;
            left -= calendar_is_workday(c, day);
        }
        if (day < DAY_MIN || day > DAY_MAX)
            return WHEN_NEVER;
    }
    return day;
}

int64_t calendar_workdays(const Calendar *c, int64_t from, int64_t to)
{
    int64_t n = 0, first, last;

    if (from > to)
        return -calendar_workdays(c, to, from);
    c = or_default(c);
    from = from < DAY_MIN ? DAY_MIN : from;
    to = to > DAY_MAX ? DAY_MAX : to;
    named_days(c, &first, &last);
    for (int64_t day = from; day <= to; ) {
        int64_t weeks = free_weeks(day - 1, 1, first, last);
        if ((to - day + 1) / 7 < weeks)
            weeks = (to - day + 1) / 7;
        n += weeks * days_a_week(c);
        day += weeks * 7;
        for (int i = 0; i < 7 && day <= to; i++)
            n += calendar_is_workday(c, day++);
    }
    return n;
}

int64_t calendar_work_seconds(const Calendar *c, const Zone *z, int64_t from, int64_t to)
{
    int64_t sum = 0;

    if (from > to)
        return -calendar_work_seconds(c, z, to, from);
    int64_t last = local_day(to, z);
    if (last > DAY_MAX)
        last = DAY_MAX;
    int64_t day = local_day(from, z);
    for (day = day < DAY_MIN ? DAY_MIN : day; day <= last; day++) {
        const Span *hours;
        int n = day_hours(or_default(c), day, &hours);
        for (int i = 0; i < n; i++) {
            int64_t a = local_at(day, hours[i].from, z), b = local_at(day, hours[i].to, z);
            a = a < from ? from : a;
            b = b > to ? to : b;
            sum += b > a ? b - a : 0;
        }
    }
    return sum;
}

static int64_t add_forward(const Calendar *c, const Zone *z, int64_t at, int64_t s)
{
    for (int64_t day = local_day(at, z); day <= DAY_MAX; day++) {
        const Span *hours;
        int n = day_hours(c, day, &hours);
        for (int i = 0; i < n; i++) {
            int64_t a = local_at(day, hours[i].from, z), b = local_at(day, hours[i].to, z);
            a = a < at ? at : a;
            if (b <= a)
                continue;
            if (s <= b - a)
                return a + s;
            s -= b - a;
        }
    }
    return WHEN_NEVER;
}

static int64_t add_backward(const Calendar *c, const Zone *z, int64_t at, int64_t s)
{
    for (int64_t day = local_day(at, z); day >= DAY_MIN; day--) {
        const Span *hours;
        for (int i = day_hours(c, day, &hours); i-- > 0; ) {
            int64_t a = local_at(day, hours[i].from, z), b = local_at(day, hours[i].to, z);
            b = b > at ? at : b;
            if (b <= a)
                continue;
            if (s <= b - a)
                return b - s;
            s -= b - a;
        }
    }
    return WHEN_NEVER;
}

int64_t calendar_add_work_seconds(const Calendar *c, const Zone *z, int64_t at, int64_t s)
{
    if (s == 0)
        return at;
    if (s == INT64_MIN)
        return WHEN_NEVER;
    c = or_default(c);
    return s > 0 ? add_forward(c, z, at, s) : add_backward(c, z, at, -s);
}

int64_t calendar_next_work(const Calendar *c, const Zone *z, int64_t at)
{
    for (int64_t day = local_day(at, z); day <= DAY_MAX; day++) {
        const Span *hours;
        int n = day_hours(or_default(c), day, &hours);
        for (int i = 0; i < n; i++) {
            if (at >= local_at(day, hours[i].to, z))
                continue;
            int64_t opens = local_at(day, hours[i].from, z);
            return opens > at ? opens : at;
        }
    }
    return WHEN_NEVER;
}
