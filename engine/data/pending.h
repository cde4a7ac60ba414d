/*
 * pending — computed fields that are not final: a change that many records read is still being
 * followed (data/ripple.h), so some of them, and what sums them, may be of before.
 *
 * Whoever shows such a value says so. Asking is cheap while nothing is under way.
 */
#ifndef DATA_PENDING_H
#define DATA_PENDING_H
#include "data/work.h"

/* What is under way, known for the rest of the request. false: nothing, or the database failed. */
bool pending_any(Work *w);
/* May this field's values not be final? */
bool pending_field(Work *w, const Field *f);
/* Of the fields of this form and its rows (NULL: of all): how many records are done. False:
   nothing is under way. */
bool pending_progress(Work *w, const Form *f, int64_t *done, int64_t *total);
/* Under the key `computing`, if something is under way there: {"fields": ["total"], "done": 300,
   "total": 5000}. Fields that this person may not see are not named. */
void pending_json(Work *w, const Form *f, Json *out);
/* The same as one line, "total,sum; done=300; total=5000"; NULL: nothing. */
const char *pending_text(Work *w, const Form *f);
#endif
