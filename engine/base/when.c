/*
 * Dates, times and durations as text, and the steps between an instant and a wall clock.
 * Readers take a whole text or nothing.
 */
#include "base/when.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY 86400

/* Exactly n digits at *p. */
static bool read_number(const char **p, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++, (*p)++) {
        if (!isdigit((unsigned char)**p))
            return false;
        *out = *out * 10 + (**p - '0');
    }
    return true;
}

static bool take(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool read_date(const char **p, int64_t *day)
{
    Ymd d;

    if (!read_number(p, 4, &d.year) || !take(p, '-') || !read_number(p, 2, &d.month)
        || !take(p, '-') || !read_number(p, 2, &d.day) || !day_valid(d.year, d.month, d.day))
        return false;
    *day = day_of(d);
    return true;
}

/* Fractions of a second are read and dropped; second 60 is a leap second. */
static bool read_time(const char **p, int last_second, int64_t *seconds)
{
    int h, m, s = 0;

    if (!read_number(p, 2, &h) || !take(p, ':') || !read_number(p, 2, &m))
        return false;
    if (take(p, ':')) {
        if (!read_number(p, 2, &s))
            return false;
        if (take(p, '.')) {
            if (!isdigit((unsigned char)**p))
                return false;
            while (isdigit((unsigned char)**p))
                (*p)++;
        }
    }
    *seconds = h * 3600 + m * 60 + s;
    return h < 24 && m < 60 && s <= last_second;
}

/* Z, +08:00, +0800, +08 */
static bool read_offset(const char **p, int *seconds)
{
    int h, m = 0, sign = **p == '-' ? -1 : 1;

    *seconds = 0;
    if (take(p, 'Z') || take(p, 'z'))
        return true;
    if ((!take(p, '+') && !take(p, '-')) || !read_number(p, 2, &h))
        return false;
    if ((take(p, ':') || isdigit((unsigned char)**p)) && !read_number(p, 2, &m))
        return false;
    *seconds = sign * (h * 3600 + m * 60);
    return h < 24 && m < 60;
}

bool date_parse(const char *text, int64_t *day)
{
    return read_date(&text, day) && !*text;
}

bool time_parse(const char *text, int64_t *seconds)
{
    return read_time(&text, 59, seconds) && !*text;
}

bool datetime_parse(const char *text, const Zone *zone, int64_t *at)
{
    int64_t day, seconds = 0;
    int offset;

    if (!read_date(&text, &day))
        return false;
    if (!*text) {
        *at = local_midnight(day, zone);
        return true;
    }
    if ((!take(&text, 'T') && !take(&text, 't') && !take(&text, ' '))
        || !read_time(&text, 60, &seconds))
        return false;
    if (!*text) {
        *at = local_at(day, seconds, zone);
        return true;
    }
    if (!read_offset(&text, &offset) || *text)
        return false;
    *at = day * DAY + seconds - offset;
    return true;
}

static const char *const unit_name[] = { "s", "m", "h", "d", "w", "bd", "bh" };

bool duration_parse(const char *text, Val *out)
{
    bool negative = take(&text, '-');
    int64_t n = 0;

    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text); text++)
        if ((n = n * 10 + (*text - '0')) > 1000000000000)     /* no sum of two can wrap */
            return false;
    for (int unit = 0; unit < LEN(unit_name); unit++) {
        if (strcmp(text, unit_name[unit]))
            continue;
        *out = val_duration(negative ? -n : n, (Unit)unit);
        return true;
    }
    return false;
}

static int64_t floor_day(int64_t seconds)
{
    return seconds / DAY - (seconds % DAY < 0);
}

/* Every stamp and day of every answer: by hand where it is the usual shape. */
static void put_pairs(char *out, const int *part, const char *after, int n)
{
    for (int i = 0; i < n; i++) {
        *out++ = (char)('0' + part[i] / 10);
        *out++ = (char)('0' + part[i] % 10);
        if (after[i])
            *out++ = after[i];
    }
    *out = '\0';
}

int date_show(char *out, size_t cap, int64_t day)
{
    Ymd d = day_split(day);

    if (cap > 10 && d.year >= 1 && d.year <= 9999) {
        const int part[] = { d.year / 100, d.year % 100, d.month, d.day };
        put_pairs(out, part, "\0--", LEN(part));
        return 10;
    }
    return snprintf(out, cap, "%04d-%02d-%02d", d.year, d.month, d.day);
}

char *date_text(Arena *a, int64_t day)
{
    char text[32];

    date_show(text, sizeof text, day);
    return arena_dup(a, text);
}

int time_show(char *out, size_t cap, int64_t seconds)
{
    int s = (int)(seconds % DAY);
    int n = snprintf(out, cap, "%02d:%02d", s / 3600, s / 60 % 60);

    if (s % 60 && (size_t)n < cap)
        n += snprintf(out + n, cap - (size_t)n, ":%02d", s % 60);
    return n;
}

int datetime_show(char *out, size_t cap, int64_t at)
{
    Ymd d = day_split(floor_day(at));
    int s = (int)(at - floor_day(at) * DAY);

    if (cap > 20 && d.year >= 1 && d.year <= 9999) {
        const int part[] = { d.year / 100, d.year % 100, d.month, d.day, s / 3600, s / 60 % 60,
            s % 60 };
        put_pairs(out, part, "\0--T::Z", LEN(part));
        return 20;
    }
    return snprintf(out, cap, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day,
                    s / 3600, s / 60 % 60, s % 60);
}

int datetime_show_local(char *out, size_t cap, int64_t at, const Zone *zone)
{
    char date[24], time[16];
    int64_t local = at + zone_offset(zone, at);

    date_show(date, sizeof date, floor_day(local));
    time_show(time, sizeof time, local - floor_day(local) * DAY);
    return snprintf(out, cap, "%sT%s", date, time);
}

int duration_show(char *out, size_t cap, Val d)
{
    return snprintf(out, cap, "%" PRId64 "%s", d.i, unit_name[d.unit]);
}

int64_t duration_seconds(Val d)
{
    static const int seconds[] = { 1, 60, 3600, DAY, 7 * DAY, DAY, 3600 };

    return d.i * seconds[d.unit];
}

Val duration_of(int64_t seconds)
{
    static const struct { int seconds; Unit unit; } units[] =
        { { DAY, UNIT_D }, { 3600, UNIT_H }, { 60, UNIT_M } };

    for (int i = 0; seconds && i < LEN(units); i++)
        if (seconds % units[i].seconds == 0)
            return val_duration(seconds / units[i].seconds, units[i].unit);
    return val_duration(seconds, seconds ? UNIT_S : UNIT_M);
}

int64_t local_day(int64_t at, const Zone *zone)
{
    if (at == WHEN_NEVER)
        return WHEN_NEVER;
    return floor_day(at + zone_offset(zone, at));
}

int64_t local_midnight(int64_t day, const Zone *zone)
{
    return local_at(day, 0, zone);
}

int64_t local_at(int64_t day, int64_t seconds, const Zone *zone)
{
    if (day < DAY_MIN - 1 || day > DAY_MAX + 1)
        return WHEN_NEVER;
    return zone_to_utc(zone, day * DAY + seconds);
}

static int64_t add_seconds(int64_t at, int64_t amount, int64_t seconds)
{
    int64_t sum;

    if (__builtin_mul_overflow(amount, seconds, &sum) || __builtin_add_overflow(at, sum, &sum))
        return WHEN_NEVER;
    return sum;
}

static int64_t add_days(int64_t at, int64_t days, const Zone *z)
{
    int64_t here = local_day(at, z), day;

    if (__builtin_add_overflow(here, days, &day))
        return WHEN_NEVER;
    return local_at(day, at + zone_offset(z, at) - here * DAY, z);
}

static int64_t add_workdays(int64_t at, int64_t n, const Calendar *c, const Zone *z)
{
    z = calendar_zone(c, z);
    int64_t here = local_day(at, z);
    int count = n > DAY_MAX * 2 ? DAY_MAX * 2 : n < -DAY_MAX * 2 ? -DAY_MAX * 2 : (int)n;
    int64_t day = calendar_add_workdays(c, here, count);

    return day == WHEN_NEVER ? WHEN_NEVER : add_days(at, day - here, z);
}

int64_t when_add(int64_t at, Val duration, const Calendar *c, const Zone *z)
{
    int64_t n = duration.i, sum = WHEN_NEVER;

    if (floor_day(at) < DAY_MIN || floor_day(at) > DAY_MAX)
        return WHEN_NEVER;
    switch ((Unit)duration.unit) {
    case UNIT_S:  sum = add_seconds(at, n, 1); break;
    case UNIT_M:  sum = add_seconds(at, n, 60); break;
    case UNIT_H:  sum = add_seconds(at, n, 3600); break;
    case UNIT_D:  sum = add_days(at, n, z); break;
    case UNIT_W:
        if (n <= DAY_MAX && n >= -DAY_MAX)
            sum = add_days(at, n * 7, z);
        break;
    case UNIT_BD: sum = add_workdays(at, n, c, z); break;
    case UNIT_BH:
        if (n <= INT64_MAX / 3600 && n >= -INT64_MAX / 3600)
            sum = calendar_add_work_seconds(c, z, at, n * 3600);
        break;
    }
    return floor_day(sum) < DAY_MIN || floor_day(sum) > DAY_MAX ? WHEN_NEVER : sum;
}
