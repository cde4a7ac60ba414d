/*
 * timer — due moments as rows of _timer, unique per (rule, record, occurrence).
 *
 * rule: "reminder:FORM.KEY", "after:FLOW.TRANSITION", "within:FLOW.STAGE", "every:PLUGIN.NAME",
 * "approval:FLOW.TRANSITION", "awaited:FLOW.TRANSITION", "due:FLOW.STAGE" (walks the records there), "remind:" (from Lua, and
 * snoozed), "own:" (a person's, by id), "digest:" (by user), "recycle:FORM.POOL.N", "pools:FORM", "midnight:FORM",
 * "ripple:". Written in the transaction that
 * changes the record; each fires exactly once, after downtime once with "late by".
 */
#ifndef DATA_TIMER_H
#define DATA_TIMER_H
#include "data/record.h"

typedef struct Timer {
    int64_t id; const char *rule, *form; int64_t record;
    const char *occurrence; int64_t due; const char *payload;
} Timer;

/* Sets or moves; due in the past fires at the next tick. payload is JSON or NULL. */
MUST bool timer_set(Work *w, const char *rule, const char *form, int64_t record,
    const char *occurrence, int64_t due, const char *payload);
/* All occurrences. */
MUST bool timer_clear(Work *w, const char *rule, const char *form, int64_t record);
/* Brings the reminders' timers of a record in step with its values; now NULL: deleted. `fresh`: it
   has none yet. */
MUST bool timer_follow(Work *w, const Record *now, bool fresh);
/* Timers of the app itself (schedules, `every` reminders), after publish. */
MUST bool timer_app(Work *w);
/* The same if it was not done yet for this version of the app; each tick does it first. */
MUST bool timer_app_follow(Work *w);
/* The last row made; 0 if none. */
MUST bool timer_last(Work *w, int64_t *id);
typedef struct Moment { int64_t id, due; } Moment;
/* Those due at `now`, in order of time: of the rows up to `last`, and those due after `after`.
   Somebody else may fire them first. */
MUST bool timer_due(Work *w, int64_t now, int64_t last, int64_t after, Moment *out, int most, int *n);
/* Takes this one away, to be fired in the same write, or *found false: it is not due (any more), or
   another node is at it. Only inside a write. */
MUST bool timer_claim(Work *w, int64_t id, int64_t now, Timer *out, bool *found);
/* Earliest due of all, 0 if none. */
MUST bool timer_next(Work *w, int64_t *due);
/* What comes next for a record: for the page. */
MUST bool timer_of(Work *w, const Form *f, int64_t id, Timer **out, int *n);
#endif
