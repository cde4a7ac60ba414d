/*
 * zone — time zones from the system's TZif files (RFC 9636).
 *
 * Loaded once per name and kept for the process; safe to use from any thread.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H
#include "base/mem.h"

typedef struct Zone Zone;
const Zone *zone_find(const char *name);                 /* "Asia/Shanghai"; NULL if unknown */
const Zone *zone_utc(void);
const char *zone_name(const Zone *z);
int zone_offset(const Zone *z, int64_t utc);             /* seconds east of UTC */
/* The instant of a local time given as seconds since 1970 of the wall clock. In a gap the
   time after it, in an overlap the first. */
int64_t zone_to_utc(const Zone *z, int64_t local);
/* The first instant at which the wall clock shows that or later. */
int64_t zone_reach(const Zone *z, int64_t local);
/* The first instant after `utc` at which the clock may change; way < 0: the last until then.
   INT64_MAX, INT64_MIN: never. */
int64_t zone_change(const Zone *z, int64_t utc, int way);
#endif
