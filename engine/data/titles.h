/*
 * titles — how records are called, cached for a request.
 *
 * A title that the person may not read is known as denied: pages and the API show the link
 * without a text.
 */
#ifndef DATA_TITLES_H
#define DATA_TITLES_H
#include "data/work.h"

typedef struct Title { const char *text; bool denied; } Title;   /* text "": gone */

/* Fetches those not yet known, in one query. */
MUST bool titles_load(Work *w, const Form *f, const int64_t *id, int n);
/* NULL when it was not loaded. */
const Title *titles_find(Work *w, const Form *f, int64_t id);
/* Loads it if need be; never NULL (on failure cx is set and the text is ""). */
const Title *titles_get(Work *w, const Form *f, int64_t id);
/* Forgets a title after a write. */
void titles_forget(Work *w, const Form *f, int64_t id);
#endif
