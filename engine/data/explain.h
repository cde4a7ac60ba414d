/*
 * explain — what was said of a record before it had an id becomes rows.
 */
#ifndef DATA_EXPLAIN_H
#define DATA_EXPLAIN_H
#include "data/record.h"

/* What the engine itself decided, as its translations say it: kept in every language of the app,
   read in the reader's. Arguments are names and numbers as they stand. Inside a write. */
MUST bool explain_say(Work *w, const Form *f, int64_t id, const char *english, ...) PRINTF(4, 5);
MUST bool explain_flush(Work *w, const Record *r);       /* after the insert, in its save */
#endif
