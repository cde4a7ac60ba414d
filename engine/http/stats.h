/*
 * stats — figures of this process for /metrics, and whether it is about to stop.
 */
#ifndef HTTP_STATS_H
#define HTTP_STATS_H
#include "base/mem.h"

typedef struct Stats {
    int64_t requests[6];      /* by first digit of the status */
    int64_t us;               /* spent answering them */
    int64_t active, refused;  /* under way; refused before routing */
} Stats;
void stats_begin(void);
void stats_end(int status, int64_t us);
void stats_refused(void);
Stats stats_now(void);
void stats_drain(bool on);    /* new requests are answered with 503 */
bool stats_draining(void);
#endif
