/*
 * process_log — the same cases as process_report, event by event: for tools that mine processes.
 *
 * Moves and approvals are events; what is of an approval names the transition it is for, and an act
 * when it is of one person. `lifecycle` is the
 * standard transactional model: schedule (a move that waits), assign, reassign, complete, withdraw,
 * ate_abort (it came to nothing).
 */
#ifndef DATA_PROCESS_LOG_H
#define DATA_PROCESS_LOG_H
#include "data/process.h"

typedef struct LogEvent {
    int64_t at, user;                          /* user 0: the app itself */
    const char *transition, *act;              /* act: asked, approved …; NULL */
    const char *lifecycle, *flow, *from, *to;  /* from, to: stages; to NULL: it stays there */
    int64_t seconds, working;                  /* in the stage that was left; -1: not known */
    int in_time;                               /* -1: it had no due time */
} LogEvent;
/* By record, its events in order. Whose titles were fetched: all of `user`. */
typedef bool (*LogFn)(Work *w, const Record *r, const LogEvent *e, int n, void *arg);
/* E_DENIED without the right to export; records outside its scope are left out. `field`: which
   lists and rows to load. */
MUST bool process_log(Work *w, const ProcessAsk *ask, Field *const *field, int nfield, LogFn fn,
    void *arg);
#endif
