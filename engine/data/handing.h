/*
 * handing — whose a record became, when and why: rows of _assigned, never changed.
 *
 * What caps count is counted there, inside the write.
 */
#ifndef DATA_HANDING_H
#define DATA_HANDING_H
#include "data/record.h"

/* How a user field of a record got its value. */
typedef struct Handing {
    const char *kind;         /* assigned claimed transferred released recycled pooled */
    const Field *field;
    const char *rule, *reason;                 /* or NULL */
    const char *pool;                          /* into which it is to go, or NULL: which fits */
    Label text; Expr *const *texts; int ntext; /* what who got it is told; 0: nothing */
} Handing;

/* Inside a write, after `now` was stored: the row, and the message. old NULL: a new record. */
MUST bool handing_keep(Work *w, const Handing *h, const Record *old, const Record *now);

typedef struct Tally { int64_t user, n; } Tally;
/* How often each of them got a record of the form in such a way today, as the app counts days; from
   that pool only, or NULL. */
MUST bool handing_today(Work *w, const Field *field, const char *kind, const char *pool, Tally *of,
    int n);
/* How many records each of them has that count as `open` (NULL: all), but for `without`. */
MUST bool handing_held(Work *w, const Field *field, const Expr *open, int64_t without, Tally *of,
    int n);
#endif
