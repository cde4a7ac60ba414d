/*
 * jobs — work after commit, as rows of _job: e-mail, web calls, committed-rules. Retried with
 * back-off (1 m, 5 m, 30 m, 2 h, 12 h, 1 d, with jitter); what fails for good is a dead letter.
 */
#ifndef DATA_JOBS_H
#define DATA_JOBS_H
#include "data/work.h"

typedef struct Job { int64_t id; const char *kind, *body; int attempts; } Job;  /* body: JSON */
MUST bool jobs_add(Work *w, const char *kind, const char *body);     /* inside a write */
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
/* Mail and web calls by libcurl; no redirects; private addresses refused for webhooks unless
   the app lists them. */
MUST bool mail_send(Cx *cx, const char *smtp, const char *from, const char *to,
    const char *subject, const char *text);
#endif
