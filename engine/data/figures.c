/*
 * figures.c — see figures.h.
 */
#include "data/figures.h"

static Hist timers, jobs[FIGURES_JOBS];
static _Atomic int64_t timers_failed, jobs_failed[FIGURES_JOBS], answers[FIGURES_ANSWERS];

void figures_timer(int64_t late_s)
{
    hist_add(&timers, &hist_late, late_s > 0 ? late_s : 0);
}

void figures_timer_failed(void)
{
    count_add(&timers_failed, 1);
}

void figures_job(int kind, bool ok, int64_t us)
{
    BUG_IF(kind < 0 || kind >= FIGURES_JOBS);
    hist_add(&jobs[kind], &hist_time, us);
    count_add(&jobs_failed[kind], !ok);
}

void figures_answer(int status)
{
    int first = status / 100;

    count_add(&answers[first > 0 && first < FIGURES_ANSWERS ? first : 0], 1);
}

Figures figures_now(void)
{
    Figures f = { .timers = hist_see(&timers), .timers_failed = count_see(&timers_failed) };

    for (int i = 0; i < FIGURES_JOBS; i++)
        f.job[i] = (JobFigures){ hist_see(&jobs[i]), count_see(&jobs_failed[i]) };
    for (int i = 0; i < FIGURES_ANSWERS; i++) f.answer[i] = count_see(&answers[i]);
    return f;
}
