/*
 * wait — records that wait for others (def/wait.h): a row of _wait for each awaited one.
 *
 * A row is open, done, failed or gone (in the bin). It is looked at when the awaited record is
 * saved, in the same write, so nothing asks again and again; when enough are done the waiting record
 * moves on at once, as the app. A move that is refused then is tried again daily, as `after` is.
 * Who leaves the stage by another way waits no more.
 */
#ifndef DATA_WAIT_H
#define DATA_WAIT_H
#include "data/timer.h"

/* After the move: makes the records, and moves on when there is nothing to wait for. */
MUST bool wait_begin(Work *w, const Record *r, const Transition *t);
/* The record was saved, or went to the bin or came back: who waits for it? */
MUST bool wait_follow(Work *w, const Record *child);
/* The record that may wait itself came back. */
MUST bool wait_again(Work *w, const Record *r);
/* It leaves the stage. */
MUST bool wait_end(Work *w, const Record *old);
/* It goes on in another version of its workflow (r is as it stands now), in the same stage or not:
   what this one does not wait for is forgotten, and it is looked at with the next tick. */
MUST bool wait_migrate(Work *w, const Record *r, bool stays);
/* Why it cannot: it waits by a transition that `on` has not; NULL: it can. */
MUST bool wait_holds(Work *w, const Record *r, const Workflow *on, const char **why);
/* "wait:FLOW.TRANSITION" */
MUST bool wait_fire(Work *w, const Timer *t);

typedef struct Waited { const Form *form; int64_t record; const char *state; } Waited;
typedef struct Waits {
    const Transition *by;      /* NULL: it does not wait */
    WaitCount count;
    Waited *item; int n;       /* the first ones */
} Waits;
MUST bool wait_look(Work *w, const Record *r, int most, Waits *out);
/* "2 of 5, all are needed" */
const char *wait_text(Work *w, const Waits *x);
#endif
