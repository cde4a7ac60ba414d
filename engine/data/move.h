/*
 * move — transitions: who may, gates, what they require, what they do.
 */
#ifndef DATA_MOVE_H
#define DATA_MOVE_H
#include "data/record.h"

/* The first workflow whose `when` holds, and its first stage. E_INPUT when none does. */
MUST bool move_enter(Work *w, Record *r);
/* Finds the transition by name, or the first to `to` this person may make. E_INPUT with an
   issue on `stage` when there is none from here; E_DENIED when `by` refuses. */
MUST bool move_find(Work *w, const Record *r, const char *name, const char *to,
    const Transition **out);
/* `if` and `require` on the record as it will be: issues (the guard's message on `stage`). */
bool move_gates(Work *w, const Transition *t, const Record *r, const Record *old);
/* May this field be changed by values sent with the move? */
bool move_lets(const Transition *t, const Stage *from, const Field *f);

typedef struct MoveOffer {
    const Transition *transition; bool allowed; const char *why;   /* why not, for people */
    Field **missing; int nmissing;             /* required and blank now */
} MoveOffer;
MUST bool move_offers(Work *w, const Record *r, MoveOffer **out, int *n);
/* Row of stage_history, stage timers (`after`, `within`). old NULL: entered first. */
MUST bool move_record(Work *w, const Record *old, Record *now, const Transition *t,
    const char *comment);
/* People of a `by`/`to` clause for this record: user ids, each once. */
MUST bool people_of(Work *w, const People *p, const Record *r, int64_t **out, int *n);
/* Is the acting person among them? Admin always. */
bool people_has_me(Work *w, const People *p, const Record *r);
/* The department of the first of them; 0: none. What names a department is that one. */
MUST bool people_department(Work *w, const People *p, const Record *r, int64_t *out);
#endif
