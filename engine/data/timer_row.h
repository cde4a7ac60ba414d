/*
 * timer_row — what the parts of time share about rows of _timer.
 */
#ifndef DATA_TIMER_ROW_H
#define DATA_TIMER_ROW_H
#include "data/timer.h"

/* As `due`: has fired, is kept to fire only once; and a note for later, never due. */
#define TIMER_FIRED INT64_MAX
#define TIMER_NOTE (INT64_MAX - 1)

Val timer_text(const char *text);             /* "" instead of NULL */
/* Drops the occurrences of a rule that are not in the list and have not fired. */
MUST bool timer_keep(Work *w, const char *rule, const char *form, int64_t record,
    const char *const *occurrence, int n);
/* One occurrence, fired or not. */
MUST bool timer_drop(Work *w, const char *rule, const char *form, int64_t record,
    const char *occurrence);
/* All of a rule, of any record. */
MUST bool timer_drop_rule(Work *w, const char *rule);
MUST bool timer_drop_record(Work *w, const char *form, int64_t record);
MUST bool timer_later(Work *w, const Timer *t, int64_t due);  /* what failed comes again */
MUST bool timer_app_all(Work *w, Timer **out, int *n);               /* those of no record */
#endif
