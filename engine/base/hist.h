/*
 * hist — how long things took, or how many there were: counted by size, by threads that share
 * the figures without a lock. Adding costs two relaxed additions.
 */
#ifndef BASE_HIST_H
#define BASE_HIST_H
#include "base/mem.h"

enum { HIST_BOUNDS = 14 };

/* Upper bounds, rising; what is shown is the value times `unit`. */
typedef struct HistScale { int n; double unit; int64_t bound[HIST_BOUNDS]; } HistScale;
extern const HistScale hist_time;             /* µs added, seconds shown: 0.5 ms to 10 s */
extern const HistScale hist_late;             /* seconds: 1 s to a day */
extern const HistScale hist_count;            /* how many: 1 to 128 */

/* All zero is empty. The last of `in` is what is above all bounds. */
typedef struct Hist { _Atomic int64_t in[HIST_BOUNDS + 1], sum; } Hist;
/* What it held at one moment. */
typedef struct HistSeen { int64_t in[HIST_BOUNDS + 1], sum, n; } HistSeen;

void hist_add(Hist *h, const HistScale *scale, int64_t value);
HistSeen hist_see(const Hist *h);
/* The same additions for a single figure. */
void count_add(_Atomic int64_t *figure, int64_t n);
int64_t count_see(const _Atomic int64_t *figure);
#endif
