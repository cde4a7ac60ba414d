/*
 * Five fields become five sets of bits. The next time is sought day by day in local time; only
 * on a day on which the clock changes are all its minutes looked at one by one.
 */
#include "base/when.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

#define EVERY_HOUR 0xffffffu
#define SEARCH_DAYS (41 * 366)    /* 29 February on a given weekday comes in 40 years at most */

static const char *const month_name[] = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
};
static const char *const day_name[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

typedef struct Range { int low, high; const char *const *name; int nname; } Range;

static bool read_value(const char **p, const Range *r, int *out)
{
    if (isdigit((unsigned char)**p)) {
        for (*out = 0; isdigit((unsigned char)**p) && *out < 1000; (*p)++)
            *out = *out * 10 + (**p - '0');
        return *out >= r->low && *out <= r->high;
    }
    for (int i = 0; i < r->nname; i++) {
        if (strncasecmp(*p, r->name[i], 3))
            continue;
        *p += 3;
        *out = r->low + i;
        return true;
    }
    return false;
}

/* *, 5, 1-5, each with /step */
static bool read_item(const char **p, const Range *r, uint64_t *bits)
{
    int from = r->low, to = r->high, step = 1;
    Range steps = { 1, r->high ? r->high : 1, NULL, 0 };

    if (**p == '*') {
        (*p)++;
    } else {
        if (!read_value(p, r, &from))
            return false;
        to = from;
        if (**p == '-') {
            (*p)++;
            if (!read_value(p, r, &to) || to < from)
                return false;
        } else if (**p == '/') {
            to = r->high;                     /* 5/15 is 5-59/15 */
        }
    }
    if (**p == '/') {
        (*p)++;
        if (!read_value(p, &steps, &step))
            return false;
    }
    for (int i = from; i <= to; i += step)
        *bits |= 1ull << i;
    return true;
}

static bool read_field(const char **p, const Range *r, uint64_t *bits, bool *any)
{
    *p += strspn(*p, " \t");
    *any = **p == '*';
    *bits = 0;
    for (;;) {
        if (!read_item(p, r, bits))
            return false;
        if (**p != ',')
            break;
        (*p)++;
    }
    return !**p || **p == ' ' || **p == '\t';
}

static const char *spelled_out(const char *text)
{
    static const char *const word[][2] = {
        { "@hourly", "0 * * * *" }, { "@daily", "0 0 * * *" }, { "@midnight", "0 0 * * *" },
        { "@weekly", "0 0 * * 0" }, { "@monthly", "0 0 1 * *" }, { "@yearly", "0 0 1 1 *" },
    };

    for (int i = 0; i < LEN(word); i++)
        if (!strcasecmp(text, word[i][0]))
            return word[i][1];
    return text;
}

bool cron_parse(const char *text, Cron *out)
{
    static const Range range[] = {
        { 0, 59, NULL, 0 }, { 0, 23, NULL, 0 }, { 1, 31, NULL, 0 },
        { 1, 12, month_name, 12 }, { 0, 7, day_name, 7 },
    };
    uint64_t bits[5];
    bool any[5];

    text = spelled_out(text);
    for (int i = 0; i < 5; i++)
        if (!read_field(&text, &range[i], &bits[i], &any[i]))
            return false;
    if (text[strspn(text, " \t")])
        return false;
    bits[4] |= bits[4] >> 7 & 1;              /* 7 is Sunday too */
    *out = (Cron){ bits[0], (uint32_t)bits[1], (uint32_t)bits[2], (uint32_t)bits[3],
                   (uint32_t)bits[4] & 0x7f, any[2], any[4] };
    return true;
}

/* With both kinds of day given, either is enough; that is cron's old rule. */
static bool day_matches(const Cron *c, int64_t day)
{
    Ymd d = day_split(day);
    bool in_month = c->day >> d.day & 1, in_week = c->weekday >> day_weekday(day) % 7 & 1;

    if (!(c->month >> d.month & 1))
        return false;
    return c->any_day || c->any_weekday ? in_month && in_week : in_month || in_week;
}

static bool minute_matches(const Cron *c, int minute)
{
    return (c->hour >> minute / 60 & 1) && (c->minute >> minute % 60 & 1);
}

/* The clock changes that day: what is meant every hour goes by the instants, the rest by the
   wall clock, whose times need not come in order. */
static int64_t next_on_odd_day(const Cron *c, int64_t day, int64_t after, const Zone *z)
{
    int64_t best = WHEN_NEVER;

    if (c->hour == EVERY_HOUR) {
        int64_t end = local_midnight(day + 1, z);
        for (int64_t t = local_midnight(day, z); t < end; t += 60)
            if (t > after && (c->minute >> (t + zone_offset(z, t)) / 60 % 60 & 1))
                return t;
        return best;
    }
    for (int m = 0; m < 1440; m++) {
        int64_t t;
        if (minute_matches(c, m) && (t = local_at(day, m * 60, z)) > after && t < best)
            best = t;
    }
    return best;
}

static int64_t next_on_day(const Cron *c, int64_t day, int64_t after, const Zone *z)
{
    int64_t start = local_midnight(day, z);

    if (local_midnight(day + 1, z) - start != 86400
        || zone_offset(z, start) != zone_offset(z, start + 86400))
        return next_on_odd_day(c, day, after, z);
    for (int m = after >= start ? (int)((after - start) / 60) : 0; m < 1440; m++)
        if (start + m * 60 > after && minute_matches(c, m))
            return start + m * 60;
    return WHEN_NEVER;
}

int64_t cron_next(const Cron *c, int64_t after, const Zone *zone)
{
    int64_t first = local_day(after, zone) - 1;   /* a skipped time may fall on the next day */

    for (int64_t day = first; day <= first + SEARCH_DAYS && day < DAY_MAX; day++) {
        int64_t t = day_matches(c, day) ? next_on_day(c, day, after, zone) : WHEN_NEVER;
        if (t != WHEN_NEVER)
            return t;
    }
    return WHEN_NEVER;
}
