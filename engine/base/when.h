/*
 * when — dates, times, durations.
 *
 * Dates are days since 1970-01-01 (proleptic Gregorian), instants are seconds UTC. Reading
 * accepts ISO 8601 / RFC 3339; an instant without offset is read in the zone given.
 */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H
#include "base/calendar.h"
#include "base/day.h"
#include "base/val.h"
#include "base/zone.h"

bool date_parse(const char *text, int64_t *day);              /* 2026-03-02 */
bool time_parse(const char *text, int64_t *seconds);          /* 09:30, 09:30:15 */
bool datetime_parse(const char *text, const Zone *zone, int64_t *at);
/* 30m 4h 2d 3w 2bd 4bh, 90s; -2d too. */
bool duration_parse(const char *text, Val *out);
int date_show(char *out, size_t cap, int64_t day);
char *date_text(Arena *a, int64_t day);                       /* the same, in the arena */
int time_show(char *out, size_t cap, int64_t seconds);        /* 09:30, with seconds if any */
int datetime_show(char *out, size_t cap, int64_t at);         /* 2026-03-02T01:00:00Z */
/* 2026-03-02T09:00 */
int datetime_show_local(char *out, size_t cap, int64_t at, const Zone *zone);
int duration_show(char *out, size_t cap, Val d);              /* 2d */
/* Its length; bd counts as a day, bh as an hour. */
int64_t duration_seconds(Val d);
/* So many seconds in the largest unit of s m h d that holds them whole: 90m, 2d. The way a
   stored duration comes back. */
Val duration_of(int64_t seconds);

int64_t local_day(int64_t at, const Zone *zone);              /* the date there */
int64_t local_midnight(int64_t day, const Zone *zone);        /* that date's first instant */
int64_t local_at(int64_t day, int64_t seconds, const Zone *zone);

/* An instant plus a duration; working units by the calendar and in its zone, days keep the local
   time.
   WHEN_NEVER when the result is no date of the years 1 to 9999; so do the calendar_add_…. */
int64_t when_add(int64_t at, Val duration, const Calendar *c, const Zone *z);

/* Five-field cron and @hourly @daily @weekly @monthly. */
typedef struct Cron {
    uint64_t minute;
    uint32_t hour, day, month, weekday;
    bool any_day, any_weekday;
} Cron;
bool cron_parse(const char *text, Cron *out);
/* First instant > after, WHEN_NEVER if there is none in 41 years. A time that the clock skips
   comes when it has gone on; one that comes twice counts once, unless every hour is meant. */
int64_t cron_next(const Cron *c, int64_t after, const Zone *zone);
#endif
