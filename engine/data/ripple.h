/*
 * ripple — computed fields of other records that read a changed one.
 *
 * save_ripple (data/save.h) brings them in step inside the write. Where more than a thousand
 * records read the changed one, they are put off as a row of _ripple and follow in portions
 * that let other writes pass; until the last is done, data/pending.h tells which fields are not
 * final.
 */
#ifndef DATA_RIPPLE_H
#define DATA_RIPPLE_H
#include "data/timer.h"

#define RIPPLE_RULE "ripple:"                 /* of the timer that drives what was put off */

/* Computed fields of one record again, rollups too if asked; its change spreads. */
MUST bool ripple_again(Work *w, const Form *f, int64_t id, bool rollups);
/* The next portion; the timer comes again at once until nothing is left. */
MUST bool ripple_fire(Work *w, const Timer *t);
/* The row of _ripple's `depend`: along which one its records follow; NULL when the definition
   no longer has it. */
const Depend *ripple_depend(Work *w, const char *form, const char *depend);
#endif
