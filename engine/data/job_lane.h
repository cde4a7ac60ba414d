/*
 * job_lane — jobs for one receiver share a lane: when the receiver is away the whole lane rests and
 * one job at a time looks whether it is back; one that wants nothing any more (410) stops it until
 * an admin resumes it. What waits in a lane is kept.
 */
#ifndef DATA_JOB_LANE_H
#define DATA_JOB_LANE_H
#include "data/jobs.h"

/* " AND …": jobs (called j) whose lane does not rest. */
void lane_where_open(Sql *q, int64_t now);
/* After a run: deleted, tried again, or a dead letter; and the lane. */
MUST bool job_settle(Work *w, const Job *job, int64_t now);

typedef struct Lane { const char *key, *error; int64_t until, at; bool stopped; } Lane;
MUST bool lane_list(Work *w, Lane **out, int *n);        /* those that rest, by name */
MUST bool lane_resume(Work *w, const char *key);         /* E_MISSING when it does not rest */
#endif
