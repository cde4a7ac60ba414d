/*
 * record_pick — may these values be chosen here: `pick`, `among`, options that hang on another
 * field or come from records.
 *
 * Asked of what is new. What stands stays, until a field that the condition asks of the record
 * gets another value: then all of it is asked again.
 */
#ifndef DATA_RECORD_PICK_H
#define DATA_RECORD_PICK_H
#include "data/record.h"

/* The items of a list that `old` does not hold; a single value that differs from it; else
   blank. */
Val record_new_part(Work *w, const Record *r, const Record *old, const Field *f);
/* Issues on the field; false on a failure only. */
MUST bool record_pick(Work *w, const Record *r, const Record *old, const Field *f);
#endif
