/*
 * wait_due — when what a record waits for (data/wait.h) should have come, and what follows when it has
 * not. Only inside a write, but for wait_due_thing.
 *
 * The row of _timer has the rule "awaited:FLOW.TRANSITION" and the key when the record came into the
 * stage. It ends with the wait (wait_end).
 */
#ifndef DATA_WAIT_DUE_H
#define DATA_WAIT_DUE_H
#include "data/due.h"

#define WAIT_DUE "awaited:"

const char *wait_due_rule(Work *w, const Workflow *flow, const Transition *t);
/* The record begins to wait by this transition, or is there again: from the bin, in another version. */
MUST bool wait_due_begin(Work *w, const Record *r, const Transition *t);
/* The record was written: its due time or pause may be another one. */
MUST bool wait_due_follow(Work *w, const Record *r);
/* *found false: it does not wait, or that is not due. */
MUST bool wait_due_thing(Work *w, const Record *r, DueThing *out, bool *found);
MUST bool wait_due_fire(Work *w, const Timer *t, int64_t late_s);
#endif
