/*
 * Working seconds: a sum of intervals. A week in which no day has hours of its own and the clock
 * does not change has always as many; all those in a row are one step.
 */
#include "base/calendar.h"
#include "base/when.h"

#define DAY 86400

typedef struct Clock { const Calendar *c; const Zone *z; int64_t a_week; } Clock;

static Clock clock_of(const Calendar *c, const Zone *z)
{
    Clock k = { c ? c : calendar_default(), calendar_zone(c, z), 0 };

    for (int w = 0; w < 7; w++)
        for (int i = 0; i < k.c->week[w].n; i++)
            k.a_week += k.c->week[w].span[i].to - k.c->week[w].span[i].from;
    return k;
}

static int64_t begins(const Clock *k, int64_t day)
{
    return zone_reach(k->z, day * DAY);
}

/* How many whole weeks, of which this day is the first (step < 0: the last), are like any other. */
static int64_t usual_weeks(const Clock *k, int64_t day, int step)
{
    int64_t weeks = calendar_usual_days(k->c, day, step) / 7;

    if (!weeks)
        return 0;
    int64_t edge = begins(k, step > 0 ? day : day + 1);
    int64_t change = zone_change(k->z, step > 0 ? edge : edge - 1, step);
    if (change != INT64_MAX && change != INT64_MIN && (change - edge) * step / (7 * DAY) < weeks)
        weeks = (change - edge) * step / (7 * DAY);
    /* Both ends: where the clock jumps at midnight, over days or back over midnight. */
    int64_t first = step > 0 ? day : day + 1 - 7 * weeks, at = begins(k, first);
    bool shown = at + zone_offset(k->z, at) == first * DAY;
    bool whole = begins(k, first + 7 * weeks) - at == 7 * weeks * DAY;

    return shown && whole ? weeks : 0;
}

/* One of a day's spans, cut to what lies within two instants; false: nothing does. */
static bool span_at(const Clock *k, int64_t day, const Span *s, int64_t from, int64_t to,
    int64_t out[2])
{
    out[0] = zone_reach(k->z, day * DAY + s->from);
    out[1] = zone_reach(k->z, day * DAY + s->to);
    if (out[0] < from)
        out[0] = from;
    if (out[1] > to)
        out[1] = to;
    return out[0] < out[1];
}

int64_t calendar_work_seconds(const Calendar *c, const Zone *z, int64_t from, int64_t to)
{
    Clock k = clock_of(c, z);
    int64_t sum = 0, day, at[2];

    if (from > to)
        return -calendar_work_seconds(c, z, to, from);
    day = local_day(from, k.z);
    for (day = day < DAY_MIN ? DAY_MIN : day; day <= DAY_MAX; day++) {
        int64_t start = begins(&k, day), weeks = 0;
        if (start >= to)
            break;
        if (start >= from && to - start >= 7 * DAY)
            weeks = usual_weeks(&k, day, 1);
        if (weeks > (to - start) / (7 * DAY))
            weeks = (to - start) / (7 * DAY);
        sum += weeks * k.a_week;
        day += weeks * 7 - (weeks > 0);
        if (weeks)
            continue;
        const DayHours *h = calendar_hours(k.c, day);
        for (int i = 0; i < h->n; i++)
            if (span_at(&k, day, &h->span[i], from, to, at))
                sum += at[1] - at[0];
    }
    return sum;
}

/* Weeks that can be stepped over with so many seconds left: some of them must come after. */
static int64_t skipped(const Clock *k, int64_t day, int step, int64_t left)
{
    if (k->a_week && (left - 1) / k->a_week == 0)
        return 0;
    int64_t weeks = usual_weeks(k, day, step);

    return k->a_week && weeks > (left - 1) / k->a_week ? (left - 1) / k->a_week : weeks;
}

static int64_t add_forward(const Clock *k, int64_t at, int64_t left)
{
    int64_t cut[2];

    for (int64_t day = local_day(at, k->z); day <= DAY_MAX; day++) {
        int64_t weeks = begins(k, day) >= at ? skipped(k, day, 1, left) : 0;
        left -= weeks * k->a_week;
        day += weeks * 7 - (weeks > 0);
        if (weeks)
            continue;
        const DayHours *h = calendar_hours(k->c, day);
        for (int i = 0; i < h->n; i++) {
            if (!span_at(k, day, &h->span[i], at, INT64_MAX, cut))
                continue;
            if (left <= cut[1] - cut[0])
                return cut[0] + left;
            left -= cut[1] - cut[0];
        }
    }
    return WHEN_NEVER;
}

/* The day after, too: where the clock went back over midnight it has begun already. */
static int64_t add_backward(const Clock *k, int64_t at, int64_t left)
{
    int64_t cut[2];

    for (int64_t day = local_day(at, k->z) + 1; day >= DAY_MIN; day--) {
        int64_t weeks = begins(k, day + 1) <= at ? skipped(k, day, -1, left) : 0;
        left -= weeks * k->a_week;
        day -= weeks * 7 - (weeks > 0);
        if (weeks)
            continue;
        const DayHours *h = calendar_hours(k->c, day);
        for (int i = h->n; i-- > 0; ) {
            if (!span_at(k, day, &h->span[i], INT64_MIN, at, cut))
                continue;
            if (left <= cut[1] - cut[0])
                return cut[1] - left;
            left -= cut[1] - cut[0];
        }
    }
    return WHEN_NEVER;
}

int64_t calendar_add_work_seconds(const Calendar *c, const Zone *z, int64_t at, int64_t s)
{
    Clock k = clock_of(c, z);

    if (s == 0)
        return at;
    if (s == INT64_MIN)
        return WHEN_NEVER;
    return s > 0 ? add_forward(&k, at, s) : add_backward(&k, at, -s);
}

int64_t calendar_next_work(const Calendar *c, const Zone *z, int64_t at)
{
    int64_t second = calendar_add_work_seconds(c, z, at, 1);

    return second == WHEN_NEVER ? second : second - 1;
}
