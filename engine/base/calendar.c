/*
 * Days: which hours each has, and working days. Between the days that a calendar names, whole weeks
 * are skipped, so that a count of a million days costs no more than one of ten.
 */
#include "base/calendar.h"

#define NINE_TO_SIX { .span = {{ 32400, 64800 }}, .n = 1 }

static const Calendar standard = {
    .name = "default",
    .week = { NINE_TO_SIX, NINE_TO_SIX, NINE_TO_SIX, NINE_TO_SIX, NINE_TO_SIX },
};

const Calendar *calendar_default(void)
{
    return &standard;
}

static const Calendar *or_default(const Calendar *c)
{
    return c ? c : &standard;
}

const Zone *calendar_zone(const Calendar *c, const Zone *z)
{
    return c && c->zone ? c->zone : z;
}

DayHours calendar_worked(const Calendar *c, int64_t day)
{
    int w = day_weekday(day) - 1;

    if (!c->week[w].n)
        for (w = 0; w < 6 && !c->week[w].n; )
            w++;
    return c->week[w];
}

void calendar_put(Arena *a, Calendar *c, OwnDays days)
{
    OwnDays *own = ARENA_ARRAY(a, OwnDays, c->nown + 2);
    int n = 0;
    bool put = false;

    for (int i = 0; i < c->nown; i++) {
        OwnDays left = c->own[i], right = c->own[i];
        if (left.to >= days.from)
            left.to = days.from - 1;
        if (left.from <= left.to)
            own[n++] = left;
        if (right.to > days.to && !put) {
            own[n++] = days;
            put = true;
        }
        if (right.from <= days.to)
            right.from = days.to + 1;
        if (right.from <= right.to)
            own[n++] = right;
    }
    if (!put)
        own[n++] = days;
    c->own = own;
    c->nown = n;
}

/* The first of its own days that end on this one or later; c->nown if there are none. */
static int own_from(const Calendar *c, int64_t day)
{
    int low = 0, high = c->nown;

    while (low < high) {
        int mid = (low + high) / 2;
        if (c->own[mid].to < day)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const DayHours *calendar_hours(const Calendar *c, int64_t day)
{
    c = or_default(c);
    int i = own_from(c, day);

    return i < c->nown && c->own[i].from <= day ? &c->own[i].hours
        : &c->week[day_weekday(day) - 1];
}

bool calendar_is_workday(const Calendar *c, int64_t day)
{
    return calendar_hours(c, day)->n > 0;
}

int64_t calendar_usual_days(const Calendar *c, int64_t day, int step)
{
    int i = own_from(c, day);
    int64_t end = step > 0 ? DAY_MAX + 1 : DAY_MIN - 1;

    if (i < c->nown && c->own[i].from <= day)
        return 0;
    if (step > 0 && i < c->nown)
        end = c->own[i].from;
    if (step < 0 && i > 0)
        end = c->own[i - 1].to;
    return (end - day) * step > 0 ? (end - day) * step : 0;
}

static int days_a_week(const Calendar *c)
{
    int n = 0;

    for (int w = 0; w < 7; w++)
        n += c->week[w].n > 0;
    return n;
}

int64_t calendar_add_workdays(const Calendar *c, int64_t day, int n)
{
    int step = n < 0 ? -1 : 1, a_week = days_a_week(c = or_default(c));
    int64_t left = (int64_t)n * step;

    if (day < DAY_MIN || day > DAY_MAX)
        return WHEN_NEVER;
    while (left > 0) {
        int64_t weeks = calendar_usual_days(c, day + step, step) / 7;
        if (a_week && (left - 1) / a_week < weeks)
            weeks = (left - 1) / a_week;
        day += weeks * 7 * step;
        left -= weeks * a_week;
        if (weeks)
            continue;
        day += step;
        left -= calendar_is_workday(c, day);
        if (day < DAY_MIN || day > DAY_MAX)
            return WHEN_NEVER;
    }
    return day;
}

int64_t calendar_workdays(const Calendar *c, int64_t from, int64_t to)
{
    int64_t n = 0;

    if (from > to)
        return -calendar_workdays(c, to, from);
    c = or_default(c);
    from = from < DAY_MIN ? DAY_MIN : from;
    to = to > DAY_MAX ? DAY_MAX : to;
    for (int64_t day = from; day <= to; ) {
        int64_t weeks = calendar_usual_days(c, day, 1) / 7;
        if ((to - day + 1) / 7 < weeks)
            weeks = (to - day + 1) / 7;
        n += weeks * days_a_week(c);
        day += weeks * 7;
        if (!weeks)
            n += calendar_is_workday(c, day++);
    }
    return n;
}
