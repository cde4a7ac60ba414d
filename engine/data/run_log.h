/*
 * run_log — what automations did, and mistakes of rules: rows of _run, for admins. Kept RUN_KEPT_S.
 *
 * A run is logged in its write; one that failed beside it, since its write is undone.
 */
#ifndef DATA_RUN_LOG_H
#define DATA_RUN_LOG_H
#include "data/work.h"

enum { RUN_KEPT_S = 30 * 86400, RUN_PAGE = 50 };

typedef struct Run {
    int64_t id; const char *form, *automation; int64_t record; const char *event;
    int64_t at, by, us; const char *state;     /* done, stopped, failed, held (back, by its rate) */
    const char *steps, *error;                 /* steps: JSON, what each was given and did */
    const char *given;         /* JSON: what it was given by name; NULL: nothing */
} Run;

/* Inside a write; what is too long of `steps` is cut off. A failed one is kept aside (work.h). *id: of
   the row; may be NULL. */
MUST bool run_log_add(Work *w, const Run *run, int64_t *id);
/* A mistake in a rule, as a failed run of `automation` "plugins/NAME.lua" (form "": of none): kept
   aside in a write, else at once. No more than RUN_RULE_MOST of a plugin and form in an hour. */
enum { RUN_RULE_MOST = 50 };
MUST bool run_log_rule(Work *w, const Run *run);

typedef struct RunAsk {
    const char *form, *automation, *state; int64_t record, before;   /* before: an id; 0: newest */
    bool formless;             /* of no form: `form` says nothing */
} RunAsk;
/* Newest first, RUN_PAGE at most, without `steps` and `given`. */
MUST bool run_log_list(Work *w, const RunAsk *ask, Run **out, int *n, bool *more);
MUST bool run_log_find(Work *w, int64_t id, Run *out, bool *found);
/* How often it ran on the record since `at`. */
MUST bool run_log_since(Work *w, const char *form, const char *automation, int64_t record,
    int64_t at, int *n);
/* Those that are old enough go, a portion each time its timer fires. *more is set when it was full. */
#define RUN_SWEEP "runs:sweep"
enum { RUN_SWEEP_S = 86400 };
MUST bool run_log_sweep(Work *w, bool *more);
#endif
