/*
 * forget — rows that have run out go away: sessions, and answers kept for requests that come again.
 *
 * Whoever uses such a row looks at its time himself, so it does not matter when this is done. What
 * ran out is looked up outside of any write and deleted by its key: a write that looked through the
 * whole table would be in the way of all who add to it.
 */
#ifndef DATA_FORGET_H
#define DATA_FORGET_H
#include "data/work.h"

MUST bool forget_old(Work *w);
#endif
