/*
 * health — can this process answer, and what waits in its database: for probes and scrapers.
 *
 * Asked over a connection of its own that is opened when first needed, one asker at a time and at
 * most 2 s: so it is answered when all Works are busy, and asking often costs little.
 */
#ifndef DATA_HEALTH_H
#define DATA_HEALTH_H
#include "data/engine.h"

/* NULL: the database answers, and what is served is what was published last. Else why not, in
   few English words (a literal). A version that another node has just published may be missing
   for HEALTH_GRACE_S. */
enum { HEALTH_GRACE_S = 10 };
const char *health_look(Engine *e);

/* Over all nodes; each job counts once. late_s: of the timer that is overdue the longest. */
typedef struct Backlog {
    int64_t jobs_waiting, jobs_running, jobs_retrying, jobs_dead, timers, timers_due, late_s;
} Backlog;
MUST bool health_backlog(Engine *e, Cx *cx, Backlog *out);

struct Health *health_new(DbPool *pool);      /* of the engine */
void health_free(struct Health *h);
#endif
