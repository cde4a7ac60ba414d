/*
 * stats — figures of this process for /metrics, and whether it is about to stop.
 *
 * Threads share them without a lock.
 */
#ifndef HTTP_STATS_H
#define HTTP_STATS_H
#include "base/hist.h"

enum { STATS_ROUTES = 256 };

typedef struct Stats {
    int64_t requests[6];      /* by first digit of the status */
    int64_t active, refused;  /* under way; refused before routing */
    int64_t streams;          /* event streams that are open */
} Stats;
void stats_begin(void);
/* route: 1 + its place in the table of routes; 0: there was none. */
void stats_end(int route, int status, int64_t us);
void stats_refused(void);
void stats_stream(int change);                /* +1: one was opened; -1: closed */
Stats stats_now(void);

typedef struct RouteStats { int64_t requests[6]; HistSeen time; } RouteStats;
RouteStats stats_route(int route);

void stats_drain(bool on);    /* /readyz says no, connections end with their answer */
bool stats_draining(void);
void stats_refuse(bool on);   /* new requests are answered with 503 */
bool stats_refusing(void);
#endif
