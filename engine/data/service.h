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
#endif
