/*
 * midnight — stored formulas that read the date are computed again when the day begins.
 */
#ifndef DATA_MIDNIGHT_H
#define DATA_MIDNIGHT_H
#include "data/timer.h"

bool midnight_wanted(const Form *f);          /* has it such formulas, in rows too? */
int64_t midnight_next(const Work *w, int64_t after);
/* Some hundred records; the timer comes again at once until all are done. */
MUST bool midnight_fire(Work *w, const Timer *t);
#endif
