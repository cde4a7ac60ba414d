/*
 * hist.c — relaxed additions: each figure is right, and two of them may be of two moments.
 */
#include "base/hist.h"

#include <stdatomic.h>

const HistScale hist_time = { 13, 1e-6, { 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000,
    250000, 500000, 1000000, 2500000, 10000000 } };
const HistScale hist_late = { 7, 1, { 1, 5, 15, 60, 300, 3600, 86400 } };
const HistScale hist_count = { 8, 1, { 1, 2, 4, 8, 16, 32, 64, 128 } };

void count_add(_Atomic int64_t *figure, int64_t n)
{
    atomic_fetch_add_explicit(figure, n, memory_order_relaxed);
}

int64_t count_see(const _Atomic int64_t *figure)
{
    return atomic_load_explicit(figure, memory_order_relaxed);
}

void hist_add(Hist *h, const HistScale *scale, int64_t value)
{
    int i = 0;

    while (i < scale->n && value > scale->bound[i]) i++;
    count_add(&h->in[i < scale->n ? i : HIST_BOUNDS], 1);
    count_add(&h->sum, value);
}

HistSeen hist_see(const Hist *h)
{
    HistSeen seen = { .sum = count_see(&h->sum) };

    for (int i = 0; i <= HIST_BOUNDS; i++) seen.n += seen.in[i] = count_see(&h->in[i]);
    return seen;
}
