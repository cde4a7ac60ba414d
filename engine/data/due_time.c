/*
 * due_time.c — a due time in bd or bh is kept in working time, any other by the clock; so what a
 * pause moves it by is measured in the same.
 */
#include "data/due_time.h"

static bool working(const DueClock *c)
{
    Unit unit = (Unit)c->due->within.unit;

    return !val_is_blank(c->due->within) && (unit == UNIT_BD || unit == UNIT_BH);
}

static int64_t between(const DueClock *c, int64_t from, int64_t to)
{
    return working(c) ? calendar_work_seconds(c->calendar, c->zone, from, to) : to - from;
}

static int64_t plus(const DueClock *c, int64_t at, int64_t seconds)
{
    if (at == WHEN_NEVER || !seconds) return at;
    return working(c) ? calendar_add_work_seconds(c->calendar, c->zone, at, seconds)
        : at + seconds;
}

int64_t due_base(const DueClock *c, int64_t since)
{
    return when_add(since, c->due->within, c->calendar, c->zone);
}

int64_t due_at(const DueClock *c, const DueRun *run, int64_t now)
{
    int64_t shift = run->shift;

    if (run->base == WHEN_NEVER) return WHEN_NEVER;
    if (run->halted && now > run->halted) shift += between(c, run->halted, now);
    return plus(c, run->base, shift);
}

int64_t due_warning(const DueClock *c, int64_t since, int64_t base, int64_t due)
{
    int64_t all = between(c, since, base);

    if (!c->due->warn || all <= 0) return WHEN_NEVER;
    return plus(c, due, -(all / 100 * (100 - c->due->warn) + all % 100 * (100 - c->due->warn) / 100));
}

/* The nth of `then`, which follow each other; one that repeats as often as it did. */
static int64_t then_at(const DueClock *c, const DueRun *run, int64_t due, int64_t n)
{
    int64_t at = due, again = run->step - 2 == n ? run->again : 0;

    for (int64_t i = 0; at != WHEN_NEVER && i <= n; i++)
        if (!val_is_blank(c->due->then[i].after))
            at = when_add(at, c->due->then[i].after, c->calendar, c->zone);
    for (int64_t i = 0; at != WHEN_NEVER && i < again; i++)
        at = when_add(at, c->due->then[n].every, c->calendar, c->zone);
    return at;
}

int64_t due_step_at(const DueClock *c, const DueRun *run, int64_t now, int64_t step)
{
    int64_t due = due_at(c, run, now);

    if (due == WHEN_NEVER) return WHEN_NEVER;
    if (step == 0) return due_warning(c, run->since, run->base, due);
    return step == 1 ? due : then_at(c, run, due, step - 2);
}

int64_t due_next(const DueClock *c, const DueRun *run, int64_t now)
{
    int64_t due = due_at(c, run, now);

    if (due == WHEN_NEVER || run->step - 2 >= c->due->nthen) return WHEN_NEVER;
    if (run->step == 0) {
        int64_t warn = due_warning(c, run->since, run->base, due);
        return warn == WHEN_NEVER || now >= due ? due : warn;
    }
    return due_step_at(c, run, now, run->step);
}

void due_halt(const DueClock *c, DueRun *run, bool halt, int64_t now)
{
    if (halt && !run->halted) run->halted = now;
    if (halt || !run->halted) return;
    if (now > run->halted) {
        run->shift += between(c, run->halted, now);
        run->paused += now - run->halted;
    }
    run->halted = 0;
}
