/*
 * jobs — work after commit, as rows of _job: e-mail, web calls, committed-rules. Retried with
 * back-off (1 m, 5 m, 30 m, 2 h, 12 h, 1 d, with jitter); what fails for good is a dead letter.
 */
#ifndef DATA_JOBS_H
#define DATA_JOBS_H
#include "data/work.h"

/* How a run ended, as the kind's own function may tell beside its answer. */
typedef struct JobEnd {
    bool done, moved;         /* moved: it could not be done with the app of yesterday */
    const char *error;
    int status;               /* of HTTP; 0: none */
    int64_t ms, wait_s;       /* wait_s: not before so many seconds; 0: as always */
    bool hopeless;            /* trying again is no use */
    bool down, gone;          /* the other side: is away; wants nothing any more */
    const char *said;         /* the other side, last: a line of a mail server, the words of a robot */
    const char *where;        /* how far a mail came that was not taken: channel_try.h */
    bool hurry;               /* given: somebody waits for it */
} JobEnd;
typedef struct Job {
    int64_t id; const char *kind, *body; int attempts;         /* body: JSON */
    const char *lane;
    JobEnd *end;              /* while it runs */
} Job;
MUST bool jobs_add(Work *w, const char *kind, const char *body);     /* inside a write */
/* The same in a lane (job_lane.h), and after all of the same key; both may be NULL. */
MUST bool jobs_add_in(Work *w, const char *kind, const char *body, const char *lane,
    const char *key);
/* Claims one due job, runs it, settles it. *found false when none is due. */
MUST bool jobs_run_one(Work *w, int64_t now, bool *found);
/* The steps of it, for who tells others which job runs. The lease ends JOBS_LEASE_S after the
   claim or the last jobs_renew; then whoever comes runs the job again. */
#define JOBS_LEASE_S 60
MUST bool jobs_claim(Work *w, int64_t now, Job *job, bool *found);
MUST bool jobs_run(Work *w, int64_t now, const Job *job);
MUST bool jobs_renew(Cx *cx, Db *db, int64_t id, int attempts, int64_t now);
typedef bool (*JobFn)(Work *w, const Job *job);
typedef struct JobKind { const char *kind; JobFn run; } JobKind;
int jobs_kinds(const JobKind **out);
/* As w->via: e-mail and web calls are settled without being sent (scenarios). */
#define JOBS_QUIET "test"
MUST bool jobs_counts(Work *w, int64_t *waiting, int64_t *dead);
#endif
