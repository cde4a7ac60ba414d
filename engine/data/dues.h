/*
 * dues — all that is due of a record: its stage, the records it waits for, the approvals it asks for.
 */
#ifndef DATA_DUES_H
#define DATA_DUES_H
#include "data/due.h"

MUST bool dues_of(Work *w, const Record *r, DueThing **out, int *n);
/* The record was written: their times and pauses may be others. Only inside a write. */
MUST bool dues_follow(Work *w, Record *r);
#endif
