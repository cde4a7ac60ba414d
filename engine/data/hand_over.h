/*
 * hand_over — what a person answers for goes to somebody else, as when they leave.
 *
 * A place is a field that says who answers for a record: the owner of each form, the manager of
 * users, the head of departments. It is named FORM.FIELD. What is closed stays by default: who won
 * a deal goes on having won it.
 */
#ifndef DATA_HAND_OVER_H
#define DATA_HAND_OVER_H
#include "data/record.h"

typedef struct Held {
    const Form *form; const Field *field; const char *place;
    bool closes;              /* its records can be closed: it has a workflow */
    int64_t open, all;        /* how many this person holds */
} Held;
/* All places, those where the person holds nothing too. The last has no form: `tasks`, what they are
   asked to decide (data/task.h). */
MUST bool hand_over_held(Work *w, int64_t user, Held **out, int *n);
#define HELD_TASKS "tasks"

typedef struct HandOver {
    int64_t from, to;
    const char *const *place; int nplace;      /* none: all */
    bool closed;              /* what is closed goes too */
} HandOver;
typedef struct Kept { const Form *form; int64_t id; const char *why; } Kept;
typedef struct HandedOver {
    int64_t done, left;       /* left: call again */
    Kept *kept; int nkept;    /* refused by checks of their form: they stay; at most KEPT_SHOWN */
    int64_t refused;
} HandedOver;
#define KEPT_SHOWN 50
/* At most HAND_OVER_MOST records a call, through the one write path, as the app; each leaves a line
   of explanation. E_INPUT with an issue on `to` when that is nobody active or the same person, on
   `places` for a place that there is not. Locks of stages do not hold it up. */
#define HAND_OVER_MOST 2000
MUST bool hand_over(Work *w, const HandOver *ask, HandedOver *out);
#endif
