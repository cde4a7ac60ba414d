/*
 * figures — what timers and jobs of this process did, for /metrics. Any thread, without a lock.
 */
#ifndef DATA_FIGURES_H
#define DATA_FIGURES_H
#include "base/hist.h"

/* A timer fired so many seconds after its moment; or its write failed and it was put off. */
void figures_timer(int64_t late_s);
void figures_timer_failed(void);
/* A job ran once. `kind` is a number below FIGURES_JOBS: its place in jobs_kinds. */
enum { FIGURES_JOBS = 16 };
void figures_job(int kind, bool ok, int64_t us);

/* A web call was answered with that status of HTTP; 0: not at all. */
enum { FIGURES_ANSWERS = 6 };
void figures_answer(int status);

typedef struct JobFigures { HistSeen time; int64_t failed; } JobFigures;
typedef struct Figures {
    HistSeen timers;          /* by seconds late */
    int64_t timers_failed;
    JobFigures job[FIGURES_JOBS];
    int64_t answer[FIGURES_ANSWERS];           /* by the first digit; 0: none */
} Figures;
Figures figures_now(void);
#endif
