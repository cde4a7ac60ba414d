/*
 * readable — may this person read the record a link points to? Remembered for the request.
 */
#ifndef DATA_READABLE_H
#define DATA_READABLE_H
#include "data/perm.h"

/* Asks for those not yet known, in one query. */
MUST bool readable_load(Work *w, const Form *f, const int64_t *id, int n);
/* False too when it is gone, or on failure (cx). */
bool readable(Work *w, const Form *f, int64_t id);
/* What people may be shown of a link: the title, or NULL where they may not read the record. */
const char *readable_title(Work *w, const Form *f, int64_t id);
/* The same without what is remembered, gone ones never: for the acting person, and for another
   user, who must be active. */
MUST bool readable_now(Work *w, const Form *f, int64_t id, bool *yes);
MUST bool readable_by(Work *w, int64_t user, const Form *f, int64_t id, bool *yes);
void readable_put(Work *w, const Form *f, int64_t id, bool yes);
#endif
