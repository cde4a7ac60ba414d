/*
 * option — the texts a choice may take from records (options_from), and tags in use already.
 *
 * Offered is what the person may read: a record they may not see offers nothing.
 */
#ifndef DATA_OPTION_H
#define DATA_OPTION_H
#include "data/record.h"

/* Does the field look for its options among records? */
bool option_from_records(const Field *f);
/* At most `limit` texts, in order; *more: there are others. `r` is what `this.` means, a new
   record or NULL too. q: text in them (NULL: any). */
MUST bool option_list(Work *w, const Field *f, const Record *r, const char *q, int limit,
    const char ***out, int *n, bool *more);
/* Is the text one of them? Not asked of tags. */
MUST bool option_offered(Work *w, const Field *f, const Record *r, const char *value, bool *yes);
#endif
