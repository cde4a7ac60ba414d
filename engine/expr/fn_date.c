/*
 * fn_date — dates, times and working time. An instant is taken apart by the clock of the zone.
 */
#include "expr/tree.h"
#include "base/decimal.h"
#include <math.h>
#include <stdlib.h>
#include <strings.h>

static bool any_blank(const Val *x, int n)
{
    for (int i = 0; i < n; i++)
        if (val_is_blank(x[i])) return true;
    return false;
}

static int64_t day_at(Call *c, Val v)
{
    return v.kind == VAL_DATETIME ? local_day(v.i, c->zone) : v.i;
}

static Val day_value(int64_t day)
{
    return day < DAY_MIN || day > DAY_MAX ? val_blank() : val_date(day);
}

Val instant_value(int64_t at)
{
    bool fits = at != WHEN_NEVER && at >= DAY_MIN * INT64_C(86400)
        && at < (DAY_MAX + 1) * INT64_C(86400);
    return fits ? val_datetime(at) : val_blank();
}

/* A whole number of moderate size; 0 and *ok false otherwise. */
static int whole(Val v, bool *ok)
{
    double d = trunc(val_number(v));
    if (!val_is_number(v) || !(fabs(d) < 1e8)) *ok = false;
    return *ok ? (int)d : 0;
}

static Val run_today(Call *c, const Val *x, int n)
{
    (void)x; (void)n;
    return val_date(local_day(c->now, c->zone));
}

static Val run_now(Call *c, const Val *x, int n)
{
    (void)x; (void)n;
    return val_datetime(c->now);
}

static Val run_date(Call *c, const Val *x, int n)
{
    int64_t at;
    bool ok = true;
    if (any_blank(x, n)) return val_blank();
    if (n == 3) {
        int y = whole(x[0], &ok), m = whole(x[1], &ok), d = whole(x[2], &ok);
        return ok && day_valid(y, m, d) ? val_date(day_of((Ymd){ y, m, d })) : val_blank();
    }
    if (x[0].kind == VAL_TEXT) {
        if (date_parse(x[0].t, &at)) return val_date(at);
        if (!datetime_parse(x[0].t, c->zone, &at)) return val_blank();
        return val_date(local_day(at, c->zone));
    }
    return x[0].kind == VAL_DATE || x[0].kind == VAL_DATETIME ? val_date(day_at(c, x[0]))
        : val_blank();
}

static Val run_datetime(Call *c, const Val *x, int n)
{
    int64_t at;
    if (any_blank(x, n)) return val_blank();
    if (x[0].kind == VAL_TEXT && n > 1)
        return date_parse(x[0].t, &at) ? instant_value(local_at(at, x[1].i, c->zone)) : val_blank();
    if (x[0].kind == VAL_TEXT)
        return datetime_parse(x[0].t, c->zone, &at) ? instant_value(at) : val_blank();
    if (x[0].kind == VAL_DATETIME && n == 1) return x[0];
    if (x[0].kind != VAL_DATETIME && x[0].kind != VAL_DATE) return val_blank();
    return instant_value(local_at(day_at(c, x[0]), n > 1 ? x[1].i : 0, c->zone));
}

enum { PART_YEAR, PART_QUARTER, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE };

static Val piece(Call *c, const Val *x, int what)
{
    if (val_is_blank(x[0])) return x[0];
    int64_t day = day_at(c, x[0]), seconds = 0;
    if (x[0].kind == VAL_TIME) seconds = x[0].i;
    if (x[0].kind == VAL_DATETIME)
        seconds = x[0].i + zone_offset(c->zone, x[0].i) - day * 86400;
    Ymd d = day_split(x[0].kind == VAL_TIME ? 0 : day);
    switch (what) {
    case PART_YEAR:    return val_int(d.year);
    case PART_QUARTER: return val_int((d.month + 2) / 3);
    case PART_MONTH:   return val_int(d.month);
    case PART_DAY:     return val_int(d.day);
    case PART_HOUR:    return val_int(seconds / 3600);
    default:           return val_int(seconds / 60 % 60);
    }
}

#define PIECE(fn, what) \
    static Val fn(Call *c, const Val *x, int n) { (void)n; return piece(c, x, what); }
PIECE(run_year, PART_YEAR)
PIECE(run_quarter, PART_QUARTER)
PIECE(run_month, PART_MONTH)
PIECE(run_day, PART_DAY)
PIECE(run_hour, PART_HOUR)
PIECE(run_minute, PART_MINUTE)

static Val run_weekday(Call *c, const Val *x, int n)
{
    return any_blank(x, n) ? val_blank() : val_int(day_weekday(day_at(c, x[0])));
}

static Val run_week(Call *c, const Val *x, int n)
{
    return any_blank(x, n) ? val_blank() : val_int(day_iso_week(day_at(c, x[0])));
}

/* Full months from a to b, a ≤ b: the day of the month must have come round again. */
static int64_t months_between(int64_t a, int64_t b)
{
    Ymd x = day_split(a), y = day_split(b);
    int64_t m = (int64_t)(y.year - x.year) * 12 + y.month - x.month;
    return m > 0 && day_add_months(a, (int)m) > b ? m - 1 : m;
}

static int64_t full_months(int64_t a, int64_t b)
{
    return a <= b ? months_between(a, b) : -months_between(b, a);
}

static Val run_days(Call *c, const Val *x, int n)
{
    if (any_blank(x, n)) return val_blank();
    int64_t a = day_at(c, x[0]), b = day_at(c, x[1]);
    const char *unit = n > 2 ? x[2].t : "d";
    if (!strcasecmp(unit, "d") || !strcasecmp(unit, "day")) return val_int(b - a);
    if (!strcasecmp(unit, "w") || !strcasecmp(unit, "week")) return val_int((b - a) / 7);
    if (!strcasecmp(unit, "m") || !strcasecmp(unit, "month")) return val_int(full_months(a, b));
    if (!strcasecmp(unit, "y") || !strcasecmp(unit, "year"))
        return val_int(full_months(a, b) / 12);
    return val_blank();
}

/* A moved date; an instant keeps its time of the day there. */
static Val moved_in(const Zone *zone, Val v, int64_t day)
{
    if (v.kind != VAL_DATETIME) return day_value(day);
    if (day < DAY_MIN || day > DAY_MAX) return val_blank();
    int64_t here = local_day(v.i, zone);
    return instant_value(local_at(day, v.i + zone_offset(zone, v.i) - here * 86400, zone));
}

static Val moved(Call *c, Val v, int64_t day)
{
    return moved_in(c->zone, v, day);
}

static Val run_add_days(Call *c, const Val *x, int n)
{
    bool ok = true;
    if (any_blank(x, n)) return val_blank();
    int k = whole(x[1], &ok);
    return ok ? moved(c, x[0], day_at(c, x[0]) + k) : val_blank();
}

static Val add_months(Call *c, const Val *x, int n, int each)
{
    bool ok = true;
    if (any_blank(x, n)) return val_blank();
    int k = whole(x[1], &ok);
    if (!ok || k > 120000 || k < -120000) return val_blank();
    int64_t day = day_at(c, x[0]);
    Ymd d = day_split(day);
    int64_t m = (int64_t)d.year * 12 + d.month - 1 + (int64_t)k * each;
    return m < 12 || m > 9999 * 12 + 11 ? val_blank() : moved(c, x[0], day_add_months(day, k * each));
}

static Val run_add_months(Call *c, const Val *x, int n)
{
    return add_months(c, x, n, 1);
}

static Val run_add_years(Call *c, const Val *x, int n)
{
    return add_months(c, x, n, 12);
}

/* Months of a unit; 0 for a week, -1 for a day, -2 for none. */
static int unit_months(const char *unit)
{
    static const struct { const char *name; int months; } units[] = {
        { "day", -1 }, { "week", 0 }, { "month", 1 }, { "quarter", 3 }, { "year", 12 },
    };
    for (int i = 0; i < LEN(units); i++)
        if (!strcasecmp(unit, units[i].name)) return units[i].months;
    return -2;
}

static int64_t unit_start(int64_t day, int months)
{
    if (months < 0) return day;
    if (months == 0) return day - (day_weekday(day) - 1);
    Ymd d = day_split(day);
    return day_of((Ymd){ d.year, (d.month - 1) / months * months + 1, 1 });
}

static Val run_start_of(Call *c, const Val *x, int n)
{
    if (any_blank(x, n)) return val_blank();
    int months = unit_months(x[1].t);
    return months == -2 ? val_blank() : day_value(unit_start(day_at(c, x[0]), months));
}

static Val run_end_of(Call *c, const Val *x, int n)
{
    bool ok = true;
    if (any_blank(x, n)) return val_blank();
    int64_t day = day_at(c, x[0]);
    if (n == 1 || val_is_number(x[1])) {
        Val moved_to = n == 1 ? val_date(day) : add_months(c, x, n, 1);
        if (val_is_blank(moved_to) || !ok) return val_blank();
        day = unit_start(day_at(c, moved_to), 1);
        Ymd d = day_split(day);
        return day_value(day + day_month_length(d.year, d.month) - 1);
    }
    int months = unit_months(x[1].t);
    if (months == -2) return val_blank();
    if (months < 0) return day_value(day);
    int64_t start = unit_start(day, months);
    if (months == 0) return day_value(start + 6);
    Ymd d = day_split(start);
    int last = d.month + months - 1;
    return day_value(day_of((Ymd){ d.year, last, day_month_length(d.year, last) }));
}

static const Zone *work_zone(Call *c)
{
    return calendar_zone(c->calendar, c->zone);
}

static int64_t work_day(Call *c, Val v)
{
    return v.kind == VAL_DATETIME ? local_day(v.i, work_zone(c)) : v.i;
}

static Val run_workdays(Call *c, const Val *x, int n)
{
    if (any_blank(x, n)) return val_blank();
    return val_int(calendar_workdays(c->calendar, work_day(c, x[0]), work_day(c, x[1])));
}

static Val run_add_workdays(Call *c, const Val *x, int n)
{
    bool ok = true;
    if (any_blank(x, n)) return val_blank();
    int k = whole(x[1], &ok);
    if (!ok || k > 4000000 || k < -4000000) return val_blank();
    int64_t day = calendar_add_workdays(c->calendar, work_day(c, x[0]), k);
    return day == WHEN_NEVER ? val_blank() : moved_in(work_zone(c), x[0], day);
}

static Val run_work_hours(Call *c, const Val *x, int n)
{
    if (any_blank(x, n)) return val_blank();
    if (llabs(x[1].i - x[0].i) > INT64_C(86400) * 366 * 100) return val_blank();
    return val_real((double)calendar_work_seconds(c->calendar, c->zone, x[0].i, x[1].i) / 3600);
}

static Val run_age(Call *c, const Val *x, int n)
{
    if (any_blank(x, n)) return val_blank();
    int64_t on = n > 1 ? day_at(c, x[1]) : local_day(c->now, c->zone), from = day_at(c, x[0]);
    return from > on ? val_blank() : val_int(full_months(from, on) / 12);
}

#define DATE(name, alias, args, result, ex, gives, help, run, flags) \
    { { name, alias, "date", args, result, ex, gives, help }, run, NULL, FN_PLACE | (flags) }
const Func fn_date[] = {
    DATE("today", NULL, "", "date", "today()", "2026-03-02",
        "The date now, in the person's time zone", run_today, FN_NOW),
    DATE("now", NULL, "", "datetime", "now()", "2026-03-02T01:00:00Z", "The time now",
        run_now, FN_NOW),
    DATE("date", NULL, "any, number?, number?", "date", "date(2026, 2, 28)", "2026-02-28",
        "A date from year, month, day, or from a datetime or text", run_date, 0),
    DATE("datetime", NULL, "any, time?", "datetime", "datetime('2026-03-02', '09:30')",
        "2026-03-02T01:30:00Z", "An instant from a date and a time, or from text",
        run_datetime, 0),
    DATE("year", NULL, "moment", "number", "year('2026-03-02')", "2026", "The year",
        run_year, 0),
    DATE("quarter", NULL, "moment", "number", "quarter('2026-05-02')", "2",
        "The quarter, 1 to 4", run_quarter, 0),
    DATE("month", NULL, "moment", "number", "month('2026-03-02')", "3", "The month, 1 to 12",
        run_month, 0),
    DATE("day", NULL, "moment", "number", "day('2026-03-02')", "2", "The day of the month",
        run_day, 0),
    DATE("hour", NULL, "clock", "number", "hour('09:30')", "9", "The hour, 0 to 23",
        run_hour, 0),
    DATE("minute", NULL, "clock", "number", "minute('09:30')", "30", "The minute, 0 to 59",
        run_minute, 0),
    DATE("weekday", NULL, "moment", "number", "weekday('2026-03-02')", "1",
        "1 for Monday to 7 for Sunday", run_weekday, 0),
    DATE("week_number", "WEEKNUM ISOWEEKNUM", "moment", "number", "week_number('2026-01-01')",
        "1", "The week of the year (ISO 8601)", run_week, 0),
    DATE("days", "DATEDIF", "moment, moment, text?", "number",
        "days('2026-03-02', '2026-03-09')", "7",
        "From the first to the second in days, or in 'w', 'm', 'y': full ones", run_days, 0),
    DATE("add_days", NULL, "moment, number", "same", "add_days('2026-02-27', 3)", "2026-03-02",
        "So many days later", run_add_days, 0),
    DATE("add_months", "EDATE", "moment, number", "same", "add_months('2026-01-31', 1)",
        "2026-02-28", "So many months later; the month's last day at most", run_add_months, 0),
    DATE("add_years", NULL, "moment, number", "same", "add_years('2024-02-29', 1)",
        "2025-02-28", "So many years later", run_add_years, 0),
    DATE("start_of", NULL, "moment, unit", "date", "start_of('2026-03-18', 'month')",
        "2026-03-01", "First day of the 'week', 'month', 'quarter' or 'year'", run_start_of, 0),
    DATE("end_of", "EOMONTH", "moment, unit or number?", "date", "end_of('2026-02-10', 'month')",
        "2026-02-28", "Last day of the unit, or of the month so many months later",
        run_end_of, 0),
    { { "period", NULL, "date", "date, date", "list of date",
        "date(2026, 3, 31) in period('2026-01-01', '2026-03-31')", "true",
        "From the first day to the last, behind `in`", }, NULL, bind_period, 0 },
    DATE("workdays", "NETWORKDAYS", "moment, moment", "number",
        "workdays('2026-03-02', '2026-03-08')", "5", "Working days, both ends counted",
        run_workdays, 0),
    DATE("add_workdays", "WORKDAY", "moment, number", "same", "add_workdays('2026-03-06', 1)",
        "2026-03-09", "So many working days later", run_add_workdays, 0),
    DATE("work_hours", NULL, "datetime, datetime", "number",
        "work_hours('2026-03-02T09:00', '2026-03-03T10:00')", "10",
        "Working hours between two instants", run_work_hours, 0),
    DATE("age", NULL, "moment, moment?", "number", "age('2000-03-03', '2026-03-02')", "25",
        "Full years since, today or at a day", run_age, FN_NOW),
};
const int fn_date_n = LEN(fn_date);
