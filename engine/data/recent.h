/*
 * recent — what a person worked on last, and what waits for them: for the workbench.
 */
#ifndef DATA_RECENT_H
#define DATA_RECENT_H
#include "data/record.h"

typedef struct Recent { const Form *form; int64_t id, at; } Recent;
/* Records this person changed, newest first, each once; some may be gone or not readable. */
MUST bool recent_list(Work *w, int limit, Recent **out, int *n);

/* A stage a record went through. */
typedef struct Passage {
    int64_t at, by, seconds, working;          /* the last two: in the stage before; -1 unknown */
    int in_time;                       /* the stage before was left in time; -1: it had no due time */
    const char *before, *workflow;     /* before: another workflow it was in, or NULL */
    const char *from, *to, *transition, *comment;
} Passage;
/* Newest first. No right is asked: of a record that was read. */
MUST bool recent_passages(Work *w, const Form *f, int64_t id, Passage **out, int *n);

/* Jobs that failed for good, newest first. */
typedef struct DeadJob { int64_t id; const char *kind, *since, *error; } DeadJob;
MUST bool recent_dead(Work *w, int limit, DeadJob **out, int *n);
#endif
