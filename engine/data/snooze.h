/*
 * snooze — a reminder that comes again later, once.
 */
#ifndef DATA_SNOOZE_H
#define DATA_SNOOZE_H
#include "data/timer.h"

/* An own message that is a reminder: read now, and again at `until`; snoozed twice it comes at
   the later word. E_MISSING, or an issue on `until`. */
MUST bool snooze_message(Work *w, int64_t message, int64_t until);
/* An issue on the field unless the moment is to come, within so many years. */
void snooze_judge(Work *w, const char *field, int64_t at, int years);
/* The moments people choose by a word: `hour` from now; at nine in this zone `tomorrow`, the next
   `workday` of the app's calendar, or next Monday (`week`). False: no such word. */
bool snooze_time(const Work *w, const char *to, const Zone *zone, int64_t *at);
/* Is this timer a snoozed message, and whose? 0: no. */
int64_t snooze_of(const Timer *t);
#endif
