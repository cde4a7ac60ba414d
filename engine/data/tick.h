/*
 * tick — fires what is due: timers, midnight formulas, jobs.
 *
 * Each timer is one write, fired exactly once. What fails is logged and comes again later; it
 * never holds up the others.
 */
#ifndef DATA_TICK_H
#define DATA_TICK_H
#include "data/timer.h"

/* Fires everything due at `now` in order of time, then the due jobs. Returns how many; a broken
   database ends it early (w->cx.err). The Work acts as the app meanwhile. */
int64_t tick_run(Work *w, int64_t now);
/* For tests and `tick --now`: walks timers and jobs up to `until` in due order, with the
   process clock and w->now at each one's time, and leaves both at `until`. */
MUST bool tick_until(Work *w, int64_t until);
#endif
