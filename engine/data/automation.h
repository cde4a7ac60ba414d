/*
 * automation — runs automations: in the write that sets them off, or as jobs behind it.
 *
 * What computed fields elsewhere set off (rollups, lookups) runs at the end of the write. A chain
 * of more than AUTOMATION_DEPTH is refused by name. Each run is a row of _run (data/run_log).
 */
#ifndef DATA_AUTOMATION_H
#define DATA_AUTOMATION_H
#include "data/timer.h"
#include "data/jobs.h"
#include "data/action_steps.h"
#include "def/automation.h"

enum { AUTOMATION_DEPTH = 8, AUTOMATION_RATE = 60 };     /* runs a minute on one record, behind writes */

/* What a write did, as bits of OnKind, on the record: those of its form that wait for it run.
   *changed: reload it. old NULL: created; deleted: both are the record. */
MUST bool automations_fire(Work *w, int what, const Record *old, const Record *now, bool *changed);
/* Computed fields moved: `updated` runs at the end of the write. */
void automations_later(Work *w, const Record *old, const Record *now);
/* Its button, in a write; given: a map by name, of what it asks for. */
MUST bool automation_press(Work *w, const struct Automation *a, const Record *r, const Node *given);
/* A web call, in a write. */
typedef struct Ran {
    int64_t run; const char *state, *message;
    bool later, left;         /* it is a job; `if` did not hold */
} Ran;
MUST bool automation_called(Work *w, const struct Automation *a, const Node *given, Ran *out);
/* Runs it now on a record (0: none) in a write, as `event`: jobs, "run again". `by`: who set it off;
   given: what it was given then, or NULL. */
MUST bool automation_run(Work *w, const struct Automation *a, int64_t record, const char *event,
    int64_t by, const Node *given);
/* The same, undone afterwards. E_MISSING without the record. */
typedef struct Tried {
    const char *state, *message;               /* as in run_log.h */
    bool holds;                                /* its `if`, which a trial does not mind */
    Node *steps;                               /* a list of what each was given and did */
} Tried;
MUST bool automation_try(Work *w, const struct Automation *a, int64_t record, const Node *given,
    Tried *out);

/* data/automation_rate.c: E_RULE when it ran on the record AUTOMATION_RATE times in this minute, and
   *often; then, outside of the write, the log and the admins are told, once an hour. Leaves the failure
   in cx, and is false. */
MUST bool automation_rate(Work *w, const struct Automation *a, int64_t record, bool *often);
MUST bool automation_held(Work *w, const struct Automation *a, int64_t record);

/* data/automation_time.c: timers of a record in step with it; their firing; schedules. */
#define AUTOMATION_AT "at:"                   /* rules "at:FORM.KEY", "cron:FORM.KEY" */
#define AUTOMATION_CRON "cron:"
MUST bool automation_follow(Work *w, const Record *now, bool fresh);
MUST bool automation_fire_at(Work *w, const Timer *t);
MUST bool automation_fire_cron(Work *w, const Timer *t);
bool automation_job(Work *w, const Job *job);
#endif
