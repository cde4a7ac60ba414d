/*
 * task_link — the links of an e-mail that tells of a task: each leads one person to one decision on
 * one task for a while. It lets nobody in and decides nothing by itself: who follows it signs in, sees
 * what is decided, and decides.
 */
#ifndef DATA_TASK_LINK_H
#define DATA_TASK_LINK_H
#include "data/task.h"

enum { TASK_LINK_S = 30 * 86400 };

typedef struct TaskLink { int64_t task, user, until; const char *act; } TaskLink;   /* approve reject */
/* What an e-mail to that person says besides; NULL: the app does not say its `url`. */
const char *task_link_text(Work *w, const Approval *a, const Task *t, int64_t user, const char *lang);
/* E_MISSING: none of ours; E_DENIED: of somebody else; E_CONFLICT: too old, or asked no longer. */
MUST bool task_link_open(Work *w, const char *key, TaskLink *out, TaskRow *row);
#endif
