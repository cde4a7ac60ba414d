/*
 * assign — who gets a record, by the rules of def/assign.h; each decision is explained.
 */
#ifndef DATA_ASSIGN_H
#define DATA_ASSIGN_H
#include "data/handing.h"

/* Inside a write: the person, 0 when nobody is found. Says why, of the record (its id 0 while it
   is new). */
MUST bool assign_choose(Work *w, const Assign *a, const Record *r, int64_t *user,
    Handing *handing);
/* The rules of a form on a new record whose field is blank: sets it. *handing is the decision,
   its kind NULL when there was none. */
MUST bool assign_new(Work *w, Record *r, Handing *handing);
/* The step: chooses anew and saves. */
MUST bool assign_step(Work *w, const Assign *a, const Record *r);
#endif
