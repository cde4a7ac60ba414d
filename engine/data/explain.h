/*
 * explain — what rules and the engine say of a record: why it is as it is.
 */
#ifndef DATA_EXPLAIN_H
#define DATA_EXPLAIN_H
#include "data/record.h"

/* What the engine itself decided, as its translations say it: kept in every language of the app,
   read in the reader's. Arguments are names and numbers as they stand. Inside a write. */
MUST bool explain_say(Work *w, const Form *f, int64_t id, const char *english, ...) PRINTF(4, 5);
/* Says a text in every language of the app, for who asks may read another one than who writes;
   `rule` is who says it. Inside a save of a new record (its id 0) it waits for the id. */
typedef const char *(*Telling)(Work *w, const char *lang, const void *what);
MUST bool explain_tell(Work *w, const Record *r, const char *rule, Telling text, const void *what);
/* What was said of a record before it had an id becomes rows. */
MUST bool explain_flush(Work *w, const Record *r);       /* after the insert, in its save */
#endif
