/*
 * zone_rule — the POSIX TZ text at the end of a zone file: which offset holds after the last
 * change that the file lists. "EST5EDT,M3.2.0,M11.1.0", "<+08>-8".
 */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H
#include "base/mem.h"

/* A day of every year and a time on it: form 'M' month.week.weekday, 'J' day 1 … 365 that
   never counts 29 February, 'N' day 0 … 365. */
typedef struct RuleDay { char form; int month, week, weekday, day, time; } RuleDay;
typedef struct ZoneRule {
    int standard, summer;     /* seconds east of UTC */
    bool changes;             /* has a summer time */
    RuleDay start, end;       /* of summer time, in local time before the change */
} ZoneRule;

bool zone_rule_parse(const char *text, ZoneRule *out);
int zone_rule_offset(const ZoneRule *r, int64_t utc);
/* As zone_change. */
int64_t zone_rule_change(const ZoneRule *r, int64_t utc, int way);
#endif
