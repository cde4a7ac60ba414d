/*
 * own_reminder — what a person wants to be reminded of on a record, for nobody else to see.
 *
 * Each is a row of _reminder and a timer "own:" of its id. It is told once, to its owner, as a
 * message of the kind "reminder"; when the record is gone then, or its owner may not read it any
 * more or is not active, it is dropped without a word.
 */
#ifndef DATA_OWN_REMINDER_H
#define DATA_OWN_REMINDER_H
#include "data/timer.h"

#define OWN_RULE "own:"
#define OWN_MOST 200          /* that one person may have at once */

typedef struct OwnReminder {
    int64_t id, at; const Form *form; int64_t record;
    const char *text;         /* NULL: the record says enough */
} OwnReminder;

/* The acting person's own, the next first; of one record only when `f` is given. */
MUST bool own_reminders(Work *w, const Form *f, int64_t record, OwnReminder **out, int *n);
/* Of a record that the person may read: E_MISSING otherwise; issues on `at` and `text`. */
MUST bool own_reminder_add(Work *w, const OwnReminder *r, int64_t *id);
/* At another time; with other words unless text is NULL ("": none). E_MISSING: not one's own. */
MUST bool own_reminder_move(Work *w, int64_t id, int64_t at, const char *text);
MUST bool own_reminder_drop(Work *w, int64_t id);
MUST bool own_reminder_fire(Work *w, const Timer *t, int64_t late_s);
#endif
