/*
 * pool — records change hands: out of a pool by a claim, back into one by hand or by time.
 */
#ifndef DATA_POOL_H
#define DATA_POOL_H
#include "data/save.h"
#include "data/timer.h"

#define RECYCLE_RULE "recycle:"
#define POOLS_RULE "pools:"

/* The first pool that takes the record; NULL: none does. */
const Pool *pool_for(Work *w, const Record *r);
/* The same, but the one it is in as long as that takes it. */
const Pool *pool_kept(Work *w, const Record *r);
/* Has the acting person to do with it: may they claim from it (admins of it too), are they an
   admin of it? */
bool pool_claims(Work *w, const Pool *p, const Record *r);
bool pool_admin(Work *w, const Pool *p, const Record *r);
/* Could they see records in it? */
bool pool_sees(Work *w, const Pool *p);
/* May the user have one more that belongs to p? An issue on the owner field when not. */
MUST bool pool_room(Work *w, const Pool *p, const Record *r, int64_t user);

/* The acting person takes the record out of its pool. E_CONFLICT when another one was quicker,
   E_DENIED when it is not for them, E_INPUT with the cause on the owner field for caps and the time
   after having had it. One write. */
MUST bool pool_claim(Work *w, const Form *f, int64_t id, Saved *out);
/* Puts it back, into that pool or (NULL) the one that fits; admins of a pool move what is in it. */
MUST bool pool_release(Work *w, const Form *f, int64_t id, const char *pool, const char *reason,
    Saved *out);
/* What the acting person could do with the record here. */
typedef struct PoolOffer { bool claim, release; const Pool *pool; } PoolOffer;
PoolOffer pool_offer(Work *w, const Record *r);

/* Times of the record's return, in step with its values; part of timer_follow. */
MUST bool recycle_follow(Work *w, const Record *r);
MUST bool recycle_fire(Work *w, const Timer *t);
/* After a publication: records that were there before get their pool, or the time since when they
   are their owner's. What the timer of a form carries: another text walks them anew. */
const char *pools_mark(Work *w, const Form *f);
MUST bool pools_fire(Work *w, const Timer *t);
#endif
