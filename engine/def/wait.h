/*
 * wait — `wait_for` of a transition: it makes records of another form, and the record waits in the
 * new stage until enough of them have come so far.
 */
#ifndef DEF_WAIT_H
#define DEF_WAIT_H
#include "def/due.h"

typedef enum WaitVerdict { WAIT_ON, WAIT_MET, WAIT_LOST } WaitVerdict;
/* How the awaited records stand. Those in the bin count nowhere. */
typedef struct WaitCount { int64_t open, done, failed; } WaitCount;

typedef struct Wait {
    Step *create;              /* what is made: form and values */
    Field *each;               /* a subform field: one record for each of its rows; NULL: one */
    Expr *until, *failed;      /* over a record that is awaited; failed may be NULL */
    int64_t need;              /* so many; 0: all */
    struct Transition *then, *otherwise;       /* made when enough came so far, or no longer can */
    Due due;                   /* when they should have, counted from when the record began to wait */
    const Node *at;
} Wait;

bool wait_load(Cx *cx, App *app, Form *form, const Node *transition, Wait **out);
/* all: no one is open or failed, so of none at all, too. N: so many are done; lost when so many
   cannot be any more. */
WaitVerdict wait_verdict(const Wait *x, WaitCount c);
#endif
