/*
 * stats.c — counters that threads share without a lock.
 */
#include "http/stats.h"

#include <stdatomic.h>

static _Atomic int64_t requests[6], spent, active, refused;
static _Atomic bool draining;

void stats_begin(void)
{
    active++;
}

void stats_end(int status, int64_t us)
{
    int digit = status / 100;
    requests[digit > 0 && digit < 6 ? digit : 0]++;
    spent += us;
    active--;
}

void stats_refused(void)
{
    refused++;
}

Stats stats_now(void)
{
    Stats s = { .us = spent, .active = active, .refused = refused };
    for (int i = 0; i < LEN(s.requests); i++) s.requests[i] = requests[i];
    return s;
}

void stats_drain(bool on)
{
    draining = on;
}

bool stats_draining(void)
{
    return draining;
}
