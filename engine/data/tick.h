/*
 * tick — fires what is due: reminders, moves by time, schedules, formulas at midnight.
 *
 * Each timer is one write, fired exactly once. What fails is logged and comes again later; it
 * never holds up the others.
 */
#ifndef DATA_TICK_H
#define DATA_TICK_H
#include "data/timer.h"

/* Fires the timers due at `now` in order of time. Returns how many; a broken database ends it
   early (w->cx.err). The Work acts as the app meanwhile. Jobs are jobs_run_one's. */
int64_t tick_run(Work *w, int64_t now);
/* For tests and `tick --now`: walks timers and jobs up to `until` in due order, with the
   process clock and w->now at each one's time, and leaves both at `until`. E-mail and web
   calls are settled without being sent. */
MUST bool tick_until(Work *w, int64_t until);
#endif
