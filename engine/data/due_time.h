/*
 * due_time — the arithmetic of due times, without a database.
 */
#ifndef DATA_DUE_TIME_H
#define DATA_DUE_TIME_H
#include "base/when.h"
#include "def/due.h"

/* How far it is, as its row of _timer keeps it. */
typedef struct DueRun {
    int64_t since;
    int64_t base;             /* due without any pause; WHEN_NEVER: none */
    int64_t shift;            /* that the pauses that are over moved it, in its own seconds */
    int64_t paused;           /* the same by the clock */
    int64_t halted;           /* paused since then; 0: it runs */
    int64_t step;             /* the next one: 0 the warning, 1 the due time, 2 … `then` */
    int64_t again;            /* so often a step that repeats has come */
} DueRun;

typedef struct DueClock { const Due *due; const Calendar *calendar; const Zone *zone; } DueClock;

/* Since then with `within` alone. */
int64_t due_base(const DueClock *c, int64_t since);
/* When it is due, as of now; WHEN_NEVER: never. */
int64_t due_at(const DueClock *c, const DueRun *run, int64_t now);
/* When a step comes, or came: 0 the warning, 1 the due time, 2 … `then`. */
int64_t due_step_at(const DueClock *c, const DueRun *run, int64_t now, int64_t step);
/* When people are warned of a time that is due then; base: what it would be without any pause.
   WHEN_NEVER: they are not. */
int64_t due_warning(const DueClock *c, int64_t since, int64_t base, int64_t due);
/* When the next step comes; WHEN_NEVER: none is left. */
int64_t due_next(const DueClock *c, const DueRun *run, int64_t now);
/* Time begins to stand still, or goes on. */
void due_halt(const DueClock *c, DueRun *run, bool halt, int64_t now);
#endif
