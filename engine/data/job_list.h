/*
 * job_list — what waits, what fails and is tried again, and what failed for good; and an admin's word
 * on it. Bodies are not shown: they hold records and addresses.
 */
#ifndef DATA_JOB_LIST_H
#define DATA_JOB_LIST_H
#include "data/job_lane.h"

typedef enum JobState { JOBS_WAITING, JOBS_FAILING, JOBS_DEAD, JOBS_STATES } JobState;
extern const char *const job_state_name[JOBS_STATES];    /* "waiting" "failing" "dead" */

typedef struct JobRow {
    int64_t id, due, created, tried, ms;       /* moments; 0: never; ms of the last run */
    const char *kind, *lane, *error;           /* lane: the receiver; both may be NULL */
    JobState state;
    int attempts, status;
    bool running;
} JobRow;
/* Newest first. kind NULL: any; before 0: from the newest. */
MUST bool job_list(Work *w, JobState state, const char *kind, int64_t before, int limit,
    JobRow **out, int *n);
/* Due now, with all its tries before it, and its lane goes on. E_MISSING; E_CONFLICT while it runs. */
MUST bool job_retry(Work *w, int64_t id);
/* All dead ones of a kind (NULL: all). */
MUST bool job_retry_dead(Work *w, const char *kind, int64_t *n);
MUST bool job_drop(Work *w, int64_t id);
#endif
