/*
 * clock.c — a short list that only grows; what is touched is known to the writing thread alone
 * until the commit, only the counters are seen by all.
 */
#include "db/clock.h"
#include <pthread.h>
#include <stdatomic.h>

struct DbClock {
    Clocks *all;
    char *table;
    _Atomic uint64_t count;
    bool touched;
    DbClock *next;
};

struct Clocks {
    pthread_mutex_t lock;
    DbClock *first;
    _Atomic uint64_t any;
    bool touched, touched_any;
};

Clocks *clocks_new(void)
{
    Clocks *all = mem_alloc(sizeof *all);

    pthread_mutex_init(&all->lock, NULL);
    return all;
}

void clocks_free(Clocks *all)
{
    if (!all)
        return;
    while (all->first) {
        DbClock *c = all->first;
        all->first = c->next;
        mem_free(c->table);
        mem_free(c);
    }
    pthread_mutex_destroy(&all->lock);
    mem_free(all);
}

DbClock *clock_of(Clocks *all, const char *table)
{
    DbClock *c;

    pthread_mutex_lock(&all->lock);
    for (c = all->first; c && !str_eq(c->table, table); c = c->next)
        ;
    if (!c) {
        c = mem_alloc(sizeof *c);
        c->all = all;
        c->table = mem_dup(table);
        c->next = all->first;
        all->first = c;
    }
    pthread_mutex_unlock(&all->lock);
    return c;
}

void clock_touch(Clocks *all, DbClock *table)
{
    all->touched = true;
    if (table)
        table->touched = true;
    else
        all->touched_any = true;
}

void clock_strike(Clocks *all)
{
    if (!all->touched)
        return;
    pthread_mutex_lock(&all->lock);
    for (DbClock *c = all->first; c; c = c->next) {
        if (c->touched)
            atomic_fetch_add(&c->count, 1);
        c->touched = false;
    }
    pthread_mutex_unlock(&all->lock);
    if (all->touched_any)
        atomic_fetch_add(&all->any, 1);
    all->touched = all->touched_any = false;
}

void clock_bump(DbClock *table)
{
    atomic_fetch_add(&table->count, 1);
}

uint64_t db_clock_read(const DbClock *c)
{
    return atomic_load(&c->count) + atomic_load(&c->all->any);
}
