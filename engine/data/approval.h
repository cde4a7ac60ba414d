/*
 * approval — a move that waits for consent: a request, and the people asked, as rows of _approval
 * and _task.
 *
 * A move whose `approve` has entries that hold is judged wholly and then kept as a request; the
 * record stays in its stage and is locked meanwhile. Entries are asked one after another
 * (`beside`: together). An entry has seats: each is one of the people of its `by`, with those
 * added before or after them, one after another; who was transferred to sits on the same seat.
 * With the last consent the move is made as whoever asked for it, judged again.
 */
#ifndef DATA_APPROVAL_H
#define DATA_APPROVAL_H
#include "data/save.h"

typedef struct Approval {
    int64_t id, record, by, at, ended_at;
    const Form *form;
    const Workflow *flow; const Transition *move;      /* NULL: no longer defined */
    const char *transition, *stage, *body, *comment, *state, *note;
    int step, resume;          /* resume < 0: all again */
} Approval;
/* state: waiting approved rejected returned withdrawn failed ended */

/* The rows of one request that concern people: in order of step, seat, place. */
typedef struct Task {
    int64_t id, approval, user, decided_by, decided_at, asked_at, due;
    int step, seat, place;
    const char *kind;          /* approve cc revise */
    const char *state;         /* waiting open approved rejected returned transferred closed read */
    const char *comment;
} Task;

/* Inside save, when a move is judged and before it is stored. *id 0: nobody is to be asked, the move
   goes on. E_CONFLICT when nobody can be asked and the definition says to refuse. */
MUST bool approval_begin(Work *w, const Transition *t, const Record *old, const Record *will,
    const SaveAsk *ask, int64_t *id);
/* The request a record waits for. *found false: none; forms without `approve` are not looked up. */
MUST bool approval_waiting(Work *w, const Form *f, int64_t record, Approval *out, bool *found);
MUST bool approval_get(Work *w, int64_t id, Approval *out, bool *found);
/* E_CONFLICT, saying who is asked, while the record waits. Moves are refused to everybody, other
   changes to people. */
MUST bool approval_lets(Work *w, const Record *r, bool moves);
/* What it waits for, in words: "Quote waits for Wang, Li". */
const char *approval_words(Work *w, const Approval *a);
/* Ends a request without a decision; open tasks close. */
MUST bool approval_end(Work *w, const Approval *a, const char *state, const char *note);
/* All requests of a record, newest first, at most `limit`; tasks of one. */
MUST bool approval_list(Work *w, const Form *f, int64_t record, int limit, Approval **out, int *n);
MUST bool approval_tasks(Work *w, int64_t id, Task **out, int *n);
/* Those of all its requests, by request. */
MUST bool approval_tasks_of(Work *w, const Form *f, int64_t record, Task **out, int *n);
/* After a move, or when a record goes to the bin: requests to revise are done with, those that wait end. */
MUST bool approval_left(Work *w, const Form *f, int64_t record, const char *note);
#endif
