/*
 * service — how a workflow's stages were kept to their due times.
 */
#ifndef DATA_SERVICE_H
#define DATA_SERVICE_H
#include "data/record.h"

typedef struct ServiceRow {
    const Stage *stage;
    int64_t entered, left;     /* moves into it, out of it */
    int64_t in_time, late;     /* of those that left, with a due time */
    int64_t open_late;         /* stand there now, over their time */
    Val median, p90;           /* seconds of working time of those that left; blank: none did */
} ServiceRow;

/* For each stage of the workflow: moves from `from` until before `to` (instants), of records the
   person may read. E_DENIED: of none. */
MUST bool service_levels(Work *w, const Workflow *flow, int64_t from, int64_t to,
    ServiceRow **out, int *n);

/* The same by a value of the record, or by the month (of the app's zone) in which it left, or came. */
typedef struct ServiceGroup {
    const Stage *stage; Val key;
    int64_t left, in_time, late, open, open_late;
    int64_t working;           /* seconds of working time of those that left, in all */
} ServiceGroup;
typedef struct ServiceGroups { const Expr *by; ServiceGroup *group; int n; } ServiceGroups;
/* `by`: month, or an expression over the record. At most 1,000 groups, 36 months. */
MUST bool service_groups(Work *w, const Workflow *flow, int64_t from, int64_t to, const char *by,
    ServiceGroups *out);

/* Of each entry of a transition's `approve` that says a due time: decisions made in that time that had a due time, and those
   that are asked for now. */
typedef struct ServiceApproval {
    const Transition *transition; int step;
    int64_t in_time, late, open, open_late;
} ServiceApproval;
MUST bool service_approvals(Work *w, const Workflow *flow, int64_t from, int64_t to,
    ServiceApproval **out, int *n);
/* service.c: FROM stage_history AS h JOIN the form AS r WHERE … moves out of this workflow's stages, or
   into them. */
MUST bool service_moves(Work *w, const Workflow *flow, bool out, int64_t from, int64_t to, Sql *q);
#endif
