/*
 * approval_in — what the files of approvals share.
 */
#ifndef DATA_APPROVAL_IN_H
#define DATA_APPROVAL_IN_H
#include "data/approval.h"

#define TASK_COLUMNS "\"id\", \"approval\", \"user\", \"decided_by\", \"decided_at\", \"asked_at\", " \
    "\"due\", \"step\", \"seat\", \"place\", \"kind\", \"state\", \"comment\""
#define TASK_NCOLUMN 13
Task task_of_row(Work *w, const Val *v);
/* A blank text is NULL. */
const char *task_text(Work *w, Val v);
int64_t task_moment(Val v);

/* Many at once; one that is gone, or whose form is, has no form. */
MUST bool approval_many(Work *w, const int64_t *id, int n, Approval *out);

enum { APPROVAL_MOST = 1000 };              /* asked by one entry */
/* approval_people.c: what an entry is called; its label or its number. */
const char *approval_called(Work *w, const Approve *e);
/* Who an entry asks, in order, each once. `skipped`: how many had approved before. */
typedef struct Asked { int64_t *id; int n; int skipped; bool pass; } Asked;
MUST bool approval_people(Work *w, const Approve *e, const Approval *a, const Record *will,
    const int64_t *decided, int ndecided, Asked *out);
/* The record as it would be: its values with those that wait, in the new stage. */
MUST bool approval_will(Work *w, const Approval *a, Record **out);

/* approval_step.c: asks the next entries from `from` on, or makes the move. */
MUST bool approval_go_on(Work *w, Approval *a, int from);
/* After a decision: does the entry, and the request, go on, end or wait? */
MUST bool approval_weigh(Work *w, Approval *a, const char *comment);
/* The first entries that would be asked; *any false: none. */
MUST bool approval_any(Work *w, const Transition *t, const Record *will, const Record *old, int from,
    int *first);
/* A row of _task, asked now when state is open; and told. */
MUST bool task_put(Work *w, const Approval *a, Task *t);
MUST bool task_add(Work *w, const Approval *a, Task *t);
MUST bool task_set_state(Work *w, const Task *t, const char *state);
/* Tells the person (and who stands in for them), in their language. task_ask says what they are to do,
   by the channels of the entry, with links to decide by. */
MUST bool task_ask(Work *w, const Approval *a, const Task *t, const char *english);
MUST bool task_tell(Work *w, const Approval *a, int64_t user, const char *english);
/* A line of history, with what was said. */
MUST bool approval_trace(Work *w, const Approval *a, const char *what, const char *note);
/* Puts the record into a stage as the engine: no transition is asked. */
MUST bool approval_place(Work *w, const Approval *a, const Stage *to, const char *because);
#endif
