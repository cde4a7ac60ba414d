/*
 * snooze — a reminder that comes again later, once.
 */
#ifndef DATA_SNOOZE_H
#define DATA_SNOOZE_H
#include "data/timer.h"

/* An own message that is a reminder: read now, and again at `until`; snoozed twice it comes at
   the later word. E_MISSING, or an issue on `until`. */
MUST bool snooze_message(Work *w, int64_t message, int64_t until);
/* The moments people choose: in an hour; tomorrow or next Monday at nine, in this zone. */
typedef enum SnoozeTo { SNOOZE_HOUR, SNOOZE_TOMORROW, SNOOZE_WEEK } SnoozeTo;
int64_t snooze_time(SnoozeTo to, int64_t now, const Zone *zone);
/* Is this timer a snoozed message, and whose? 0: no. */
int64_t snooze_of(const Timer *t);
#endif
