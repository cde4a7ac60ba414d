/*
 * task — what people are asked: lists of one's own, decisions, standing in for each other.
 */
#ifndef DATA_TASK_H
#define DATA_TASK_H
#include "data/approval.h"

/* ---- one's own lists, newest first (todo: oldest first) ---- */
typedef enum TaskList { TASKS_TODO, TASKS_STARTED, TASKS_DONE, TASKS_COPIED } TaskList;
typedef struct TaskRow {
    Task task;                /* started: id 0, only the request's data */
    Approval approval;
    const char *title;        /* of the record */
    bool mine;                /* asked oneself, not whom one stands in for */
} TaskRow;
/* `after`: the id of the last row of the page before, 0: from the start. */
MUST bool task_list(Work *w, TaskList list, int64_t after, int limit, TaskRow **out, int *n);
/* Open tasks, copies not read yet. */
MUST bool task_counts(Work *w, int64_t *todo, int64_t *copied);
/* The same of many users at once, of themselves and whom they stand in for. */
typedef struct TaskCount { int64_t user, todo, copied; } TaskCount;
MUST bool task_counts_of(Work *w, TaskCount *of, int n);
/* The task, if it is this person's, or theirs whom they stand in for; *found false otherwise. Admins
   see all. */
MUST bool task_find(Work *w, int64_t id, TaskRow *out, bool *found);

/* E_CONFLICT, saying why, when it is asked no longer. */
MUST bool task_is_open(Work *w, const TaskRow *r);

/* ---- decisions ---- */
typedef struct TaskAct {
    const char *what;         /* approve reject return transfer add nudge read */
    int64_t task;
    const char *comment;
    const Node *values;       /* fields of the entry's `edit` and `require`; NULL: none */
    int64_t to;               /* transfer, add: whom */
    const char *where;        /* add: before, after, beside (NULL: before) */
    const char *stage;        /* return: to which earlier stage; NULL: it stays */
    bool straight_back;       /* return: comes back to who returned it, not to all again */
} TaskAct;
/* E_MISSING: not one's task; E_CONFLICT: decided already, or the request ended; E_INPUT with issues on
   comment, to, stage, and fields. One write. */
MUST bool task_act(Work *w, const TaskAct *a);
/* By whoever asked for the move, or an admin: takes the request back. */
MUST bool task_withdraw(Work *w, const Form *f, int64_t record, const char *comment);
/* Reminds those who are asked; not again within 10 minutes (E_LIMIT). By whoever may withdraw. */
MUST bool task_nudge(Work *w, const Form *f, int64_t record);
/* Open tasks of somebody go to somebody else. Those stay that would let one person count twice: of
   requests in which the other is asked already, or that the other has made. */
MUST bool task_hand_over(Work *w, int64_t from, int64_t to, int64_t *moved);
MUST bool task_open_of(Work *w, int64_t user, int64_t *count);

/* Is this somebody active? */
MUST bool task_can_ask(Work *w, int64_t user, bool *out);

/* ---- standing in ---- */
typedef struct Delegation { int64_t id, user, delegate, begins, ends; const Form *form; } Delegation;
/* Of a person, those running or to come. */
MUST bool delegation_list(Work *w, int64_t user, Delegation **out, int *n);
/* E_INPUT with issues on delegate, from, until, form. One's own, or anybody's by an admin. */
MUST bool delegation_add(Work *w, const Delegation *d, int64_t *id);
MUST bool delegation_end(Work *w, int64_t id);
/* Who stands in for `user` now, for records of the form. */
MUST bool delegates_of(Work *w, int64_t user, const Form *f, int64_t **out, int *n);
/* For whom this person stands in now: form NULL in all their forms. */
MUST bool delegators_of_me(Work *w, Delegation **out, int *n);
#endif
