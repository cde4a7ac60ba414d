/*
 * calendar — working time.
 *
 * A span of a day is from the first instant at which the clock shows its beginning, or has jumped
 * past it, to the first that shows its end so: an hour that the clock skips is not worked, one that
 * it repeats within a span is worked twice. Counting skips whole weeks that are like any other.
 */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H
#include "base/day.h"
#include "base/zone.h"

/* Further away than any date: a result that lies after the year 9999 or never comes. */
#define WHEN_NEVER INT64_MAX
#define SPANS 8               /* that a day can have */

typedef struct Span { int from, to; } Span;                   /* seconds of the wall clock */
typedef struct DayHours { Span span[SPANS]; int n; } DayHours;
/* Days (both included) with other hours than their weekday's: none on a holiday. */
typedef struct OwnDays { int64_t from, to; DayHours hours; } OwnDays;
typedef struct Calendar {
    const char *name;
    const Zone *zone;         /* of its clock; NULL: the zone given */
    DayHours week[7];         /* from Monday */
    OwnDays *own; int nown;   /* rising, none in two; only by calendar_put */
} Calendar;
/* Days with other hours, instead of what was put for them before. */
void calendar_put(Arena *a, Calendar *c, OwnDays days);
/* The hours of a worked day off: its weekday's, or the first weekday's that has any. */
DayHours calendar_worked(const Calendar *c, int64_t day);

/* A calendar may be NULL everywhere: this one. */
const Calendar *calendar_default(void);                       /* Monday to Friday, 09:00–18:00 */
const Zone *calendar_zone(const Calendar *c, const Zone *z);  /* its own, or z */
const DayHours *calendar_hours(const Calendar *c, int64_t day);
bool calendar_is_workday(const Calendar *c, int64_t day);
/* How many days from this one on, or back from it (step < 0), all have their weekday's hours. */
int64_t calendar_usual_days(const Calendar *c, int64_t day, int step);
/* 0 working days later is the day itself. WHEN_NEVER beyond the years 1 to 9999, as below. */
int64_t calendar_add_workdays(const Calendar *c, int64_t day, int n);
int64_t calendar_workdays(const Calendar *c, int64_t from, int64_t to);   /* both included */
int64_t calendar_work_seconds(const Calendar *c, const Zone *z, int64_t from, int64_t to);
/* The first instant with so much working time since; s < 0: the last with so much until then. */
int64_t calendar_add_work_seconds(const Calendar *c, const Zone *z, int64_t at, int64_t s);
/* at, or the next opening */
int64_t calendar_next_work(const Calendar *c, const Zone *z, int64_t at);
#endif
