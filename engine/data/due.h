/*
 * due — what is due: a stage of a record, an approval, what it waits for. One row of _timer each, from due_begin to
 * due_end; it knows what happens next, and how long the time stood still.
 *
 * What happens, in order, each once: the warning, the due time (those it waits for are told), then
 * the steps of `then`. After a downtime what was missed follows at once, said to be late; a warning
 * that comes only after the due time is left out. When the due time moves on into the future (the
 * field of `due` changed, a new definition), it begins anew.
 *
 * A kind of thing (by the beginning of its rule: "within:", "approval:", "awaited:") is described by a DueKind.
 * Only inside a write, but for due_state.
 */
#ifndef DATA_DUE_H
#define DATA_DUE_H
#include "data/timer.h"
#include "def/due.h"

typedef struct DueThing {
    const char *rule;         /* "within:FLOW.STAGE" */
    const char *key;          /* what distinguishes several of the same rule and record */
    const Due *due;
    const Record *r;          /* NULL: gone, decided, left: nothing happens any more */
    int64_t since;            /* when it began, for a row that does not know it yet */
    const char *const *via; int nvia;          /* how those it waits for are told; none: the inbox */
    void *own;                /* the kind's */
} DueThing;

typedef struct DueKind {
    /* What the timer is about; out->rule and out->key are set already. */
    bool (*find)(Work *w, const Timer *t, DueThing *out);
    /* Whom it waits for: they are warned, told and reminded. */
    bool (*people)(Work *w, const DueThing *d, int64_t **user, int *n);
    /* What it is called, such as the stage. */
    const char *(*name)(Work *w, const DueThing *d, const char *lang);
    /* LATE_REASSIGN, LATE_APPROVE, LATE_REJECT, LATE_MOVE. */
    bool (*act)(Work *w, const DueThing *d, const LateStep *s);
    /* Whom LATE_ESCALATE tells; NULL: people_of(&s->to). */
    bool (*escalate)(Work *w, const DueThing *d, const LateStep *s, int64_t **user, int *n);
} DueKind;

typedef struct DueState {
    int64_t due;              /* 0: not known (its field is blank); moves on while it is paused */
    int64_t paused;           /* seconds the time stood still so far */
    int64_t since_pause;      /* it stands still since then; 0: it runs */
    bool late;                /* the due time is over */
} DueState;

/* What comes, in order: "warn", "due", then as LateStep.kind is called. `over`: it came, or was left
   out. */
typedef struct DueStep { const char *what; int64_t at; bool over; } DueStep;
typedef struct DuePlan { int64_t since; DueState state; DueStep *step; int nstep; } DuePlan;

/* Begins, or begins again with all that happened forgotten. Without a due time nothing. */
MUST bool due_begin(Work *w, const DueThing *d);
/* The record, the definition or the day is another one: asks `due` and `pause` again. */
MUST bool due_follow(Work *w, const DueThing *d);
/* Over: decided, left. */
MUST bool due_end(Work *w, const DueThing *d);
/* *found false: it has no due time. */
MUST bool due_state(Work *w, const DueThing *d, DueState *out, bool *found);
MUST bool due_plan(Work *w, const DueThing *d, DuePlan *out, bool *found);
/* By whose working time it is counted. */
const Calendar *due_calendar(const Work *w, const Due *due);
/* Fires its timer. */
MUST bool due_fire(Work *w, const DueKind *kind, const Timer *t, int64_t late_s);
#endif
