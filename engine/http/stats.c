/*
 * stats.c — counters that threads share without a lock.
 */
#include "http/stats.h"

#include <stdatomic.h>

typedef struct Cell { _Atomic int64_t requests[6]; Hist time; } Cell;
static Cell cells[STATS_ROUTES];
static _Atomic int64_t active, refused, streams;
static _Atomic bool draining, refusing;

void stats_begin(void)
{
    count_add(&active, 1);
}

void stats_end(int route, int status, int64_t us)
{
    int digit = status / 100;

    BUG_IF(route < 0 || route >= STATS_ROUTES);
    count_add(&cells[route].requests[digit > 0 && digit < 6 ? digit : 0], 1);
    count_add(&active, -1);
    hist_add(&cells[route].time, &hist_time, us);
}

void stats_refused(void)
{
    count_add(&refused, 1);
}

void stats_stream(int change)
{
    count_add(&streams, change);
}

RouteStats stats_route(int route)
{
    RouteStats s = { .time = hist_see(&cells[route].time) };

    for (int i = 0; i < LEN(s.requests); i++) s.requests[i] = count_see(&cells[route].requests[i]);
    return s;
}

Stats stats_now(void)
{
    Stats s = { .active = count_see(&active), .refused = count_see(&refused),
        .streams = count_see(&streams) };

    for (int k = 0; k < STATS_ROUTES; k++)
        for (int i = 0; i < LEN(s.requests); i++)
            s.requests[i] += count_see(&cells[k].requests[i]);
    return s;
}

void stats_drain(bool on) { draining = on; }
bool stats_draining(void) { return draining; }
void stats_refuse(bool on) { refusing = on; }
bool stats_refusing(void) { return refusing; }
