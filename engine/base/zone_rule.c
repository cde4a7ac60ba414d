/*
 * Offsets in the text count west of Greenwich; here they count east. Summer time may be the
 * earlier clock (Dublin) and may span the turn of the year (the southern half).
 */
#include "base/zone_rule.h"
#include "base/day.h"
#include <ctype.h>

static bool read_number(const char **p, int max, int *out)
{
    *out = 0;
    if (!isdigit((unsigned char)**p))
        return false;
    for (; isdigit((unsigned char)**p); (*p)++)
        if ((*out = *out * 10 + (**p - '0')) > max)
            return false;
    return true;
}

static bool take(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool read_name(const char **p)
{
    const char *start = *p;

    if (take(p, '<')) {
        while (**p && **p != '>')
            (*p)++;
        return take(p, '>');
    }
    while (isalpha((unsigned char)**p))
        (*p)++;
    return *p > start;
}

/* [+-]hours[:minutes[:seconds]]; hours up to a week, as RFC 9636 allows for changes. */
static bool read_time(const char **p, int *out)
{
    int part[3] = { 0 }, sign = take(p, '-') ? -1 : 1;

    if (sign == 1)
        take(p, '+');
    if (!read_number(p, 167, &part[0]))
        return false;
    for (int i = 1; i < 3 && take(p, ':'); i++)
        if (!read_number(p, 59, &part[i]))
            return false;
    *out = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

static bool read_day(const char **p, RuleDay *out)
{
    *out = (RuleDay){ .form = 'N', .time = 7200 };
    if (take(p, 'M')) {
        out->form = 'M';
        if (!read_number(p, 12, &out->month) || !out->month || !take(p, '.')
            || !read_number(p, 5, &out->week) || !out->week || !take(p, '.')
            || !read_number(p, 6, &out->weekday))
            return false;
    } else {
        if (take(p, 'J'))
            out->form = 'J';
        if (!read_number(p, 365, &out->day))
            return false;
    }
    return !take(p, '/') || read_time(p, &out->time);
}

bool zone_rule_parse(const char *text, ZoneRule *out)
{
    int west;

    *out = (ZoneRule){ 0 };
    if (!read_name(&text) || !read_time(&text, &west))
        return false;
    out->standard = out->summer = -west;
    if (!*text)
        return true;
    if (!read_name(&text))
        return false;
    out->changes = true;
    out->summer = out->standard + 3600;
    if (*text != ',') {
        if (!read_time(&text, &west))
            return false;
        out->summer = -west;
    }
    return take(&text, ',') && read_day(&text, &out->start)
        && take(&text, ',') && read_day(&text, &out->end) && !*text;
}

/* Seconds of the wall clock since 1970 at which the rule's moment comes in that year. */
static int64_t moment(const RuleDay *r, int year)
{
    int64_t day = day_of((Ymd){ year, 1, 1 });

    if (r->form == 'M') {
        int length = day_month_length(year, r->month);
        day = day_of((Ymd){ year, r->month, 1 });
        int first = (r->weekday - day_weekday(day) % 7 + 7) % 7;    /* Sunday is 0 there */
        int n = first + 7 * (r->week - 1);
        day += n < length ? n : n - 7;
    } else if (r->form == 'J') {
        day += r->day - 1 + (r->day >= 60 && day_month_length(year, 2) == 29);
    } else {
        day += r->day;
    }
    return day * 86400 + r->time;
}

static int year_of(const ZoneRule *r, int64_t utc)
{
    int64_t local = utc + r->standard;

    return day_split(local / 86400 - (local % 86400 < 0)).year;
}

static int64_t summer_start(const ZoneRule *r, int year)
{
    return moment(&r->start, year) - r->standard;
}

static int64_t summer_end(const ZoneRule *r, int year)
{
    return moment(&r->end, year) - r->summer;
}

int zone_rule_offset(const ZoneRule *r, int64_t utc)
{
    if (!r->changes)
        return r->standard;
    int year = year_of(r, utc);
    int64_t start = summer_start(r, year), end = summer_end(r, year);
    bool summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;

    return summer ? r->summer : r->standard;
}

int64_t zone_rule_change(const ZoneRule *r, int64_t utc, int way)
{
    int64_t best = way > 0 ? INT64_MAX : INT64_MIN;

    if (!r->changes)
        return best;
    for (int year = year_of(r, utc) - 1, last = year + 2; year <= last; year++) {
        int64_t at[] = { summer_start(r, year), summer_end(r, year) };
        for (int i = 0; i < LEN(at); i++)
            if (way > 0 ? at[i] > utc && at[i] < best : at[i] <= utc && at[i] > best)
                best = at[i];
    }
    return best;
}
