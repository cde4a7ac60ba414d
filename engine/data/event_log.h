/*
 * event_log — what was written of late, by whichever node, in the order this process came to see
 * it: a ring over `_history`.
 *
 * A place in the ring is the number of the next change to be told; as a text for clients
 * (event_log_cursor) it also names the history's highest id of then, so that another node, or
 * this one started anew, finds about the same place: it may tell again what was told within the
 * last seconds, and never leaves out. Threads share it.
 */
#ifndef DATA_EVENT_LOG_H
#define DATA_EVENT_LOG_H
#include "db/db.h"

enum { EVENT_RING = 4096 };

/* form and what live as long as the log. */
typedef struct Logged { int64_t id, record, by; const char *form, *what; } Logged;
typedef struct EventLog EventLog;
EventLog *event_log_new(void);
void event_log_free(EventLog *l);

/* Reads what was committed since. Ids come in the order of the writes, not of their commits, so
   ids that were passed over are looked for again, for a minute. */
MUST bool event_log_read(EventLog *l, Cx *cx, Db *db);
uint64_t event_log_next(EventLog *l);                    /* the place after all that was read */
char *event_log_cursor(EventLog *l, Arena *a, uint64_t place);
/* False: it is no cursor, or the ring does not reach back so far. */
bool event_log_find(EventLog *l, const char *cursor, uint64_t *place);
/* At most so many changes from *place on, which moves behind them. *lost: the ring does not reach
   back to it any more; *place is then its end, and nothing is given. */
int event_log_take(EventLog *l, uint64_t *place, Logged *out, int most, bool *lost);
/* For tests: one that was read, with the highest id of then, at this moment. */
void event_log_add(EventLog *l, const Logged *c, int64_t at_us);
#endif
