/*
 * approval_due — when the decision of an entry is due, and what follows: told, others asked
 * instead, decided by the time. Only inside a write.
 *
 * The time runs for an entry as a whole, from when those who are asked now were asked: with
 * `in_order` it begins anew with each of them. The row of _timer has the rule
 * "approval:FLOW.TRANSITION" and the key "REQUEST.STEP"; `due` of the open tasks shows what it says.
 */
#ifndef DATA_APPROVAL_DUE_H
#define DATA_APPROVAL_DUE_H
#include "data/approval.h"
#include "data/due.h"

#define APPROVAL_DUE "approval:"

/* All who are asked now are asked since now. */
MUST bool approval_due_begin(Work *w, const Approval *a, int step);
/* Some of them are: the time goes on as it was, for them too. */
MUST bool approval_due_join(Work *w, const Approval *a, int step);
/* The entry is decided; step < 0: the request is over. */
MUST bool approval_due_end(Work *w, const Approval *a, int step);
/* The record was written: due times and pauses may be others. */
MUST bool approval_due_follow(Work *w, const Record *r);
/* Of the request that waits there the entries that are due. */
MUST bool approval_due_things(Work *w, const Record *r, DueThing **out, int *n);
MUST bool approval_due_fire(Work *w, const Timer *t, int64_t late_s);
#endif
