/*
 * process — how records went through a workflow, from stage_history: of those one may read.
 *
 * A case is a record that entered the workflow within the period; all its moves until now count.
 * Times are seconds; the median of an even number is the mean of the middle two, p90 the smallest
 * value that 90 % do not exceed. A case that is still in a stage has no time there yet. What stands
 * where and who is waited for is of now, whenever the records came.
 */
#ifndef DATA_PROCESS_H
#define DATA_PROCESS_H
#include "data/query.h"

typedef struct Spread { int64_t *item; int n, cap; int64_t median, p90, mean; } Spread;
typedef struct Counted { const char *key; int64_t n; } Counted;
typedef struct StageUse {
    const char *stage; const Stage *now;       /* NULL: only an older version had it */
    int64_t entered, left, current, lost;      /* passages; lost: left for a stage that is lost */
    int64_t late;                              /* of those with `within`: took longer */
    int64_t came, went, gone;                  /* records: that entered it at least once, left it for
                                                  a stage that is not lost, for one that is */
    int64_t reached;                           /* that entered it or a later one: see passed.h */
    int64_t standing, overdue;                 /* process_now: stand there, over their time */
    int64_t seen[4];                           /* the last record in came, went, gone, reached */
    Spread seconds, working;
    Counted *reason; int nreason, reason_cap;    /* records of `gone`; "" none given */
} StageUse;
typedef struct MoveUse {
    const char *from, *to, *transition;        /* from NULL: entered; transition NULL: by hand */
    Spread seconds; int64_t n;
} MoveUse;
/* Records that wait for somebody's consent; late: beyond the time given for it. */
typedef struct Awaited { int64_t user, n, late; } Awaited;
typedef struct Process {
    int64_t cases;
    StageUse *stage; int nstage, stage_cap;    /* in the order of the definition */
    MoveUse *move; int nmove, move_cap;
    Counted *path; int npath, path_cap;          /* "a > b > c", most frequent first */
    const Field *reason;                       /* the choice that a losing transition requires */
    Awaited *awaited; int nawaited, awaited_cap;           /* process_now: most first */
} Process;

typedef struct ProcessAsk {
    const Workflow *flow;
    int64_t from, to;                          /* entered from (inclusive) to (exclusive) */
    const char *filter;                        /* over the records as they are now, or NULL */
} ProcessAsk;
/* E_DENIED when the form may not be read at all. */
MUST bool process_report(Work *w, const ProcessAsk *ask, Process *out);
/* Adds what is the case now; names of the people were fetched. */
MUST bool process_now(Work *w, const ProcessAsk *ask, Process *out);
/* The row of a stage, made when it is missing. */
StageUse *process_stage(Work *w, const Workflow *flow, Process *p, const char *key);
#endif
