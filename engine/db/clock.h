/*
 * clock — how often each table has changed, for those who keep what they have read.
 *
 * The backend says which tables a statement of a unit changes (clock_touch) and when a commit
 * made that seen (clock_strike); then their counters grow, before the write is answered.
 */
#ifndef DB_CLOCK_H
#define DB_CLOCK_H
#include "db/db.h"

typedef struct Clocks Clocks;
Clocks *clocks_new(void);
void clocks_free(Clocks *all);
DbClock *clock_of(Clocks *all, const char *table);     /* made when first asked for */
/* By the writing thread only. NULL: any table, or tables themselves. */
void clock_touch(Clocks *all, DbClock *table);
void clock_strike(Clocks *all);
void clock_bump(DbClock *table);             /* by any thread */
#endif
