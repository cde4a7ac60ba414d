/*
 * pins — the versions of workflows that the database keeps (_flow): the current one of each, and
 * older ones on which records stand (def/pinned.h). Written with each publication; what nobody
 * needs any more drops out then.
 */
#ifndef DATA_PINS_H
#define DATA_PINS_H
#include "db/db.h"
#include "def/pinned.h"

/* So many records of a table stand there; those in the bin, too. */
typedef struct PinUse { const char *flow, *stage; int64_t version, n; } PinUse;

/* What an app is loaded over; none when nothing was published. `move`: answers, may be NULL. */
MUST bool pins_read(Cx *cx, Db *db, const FlowMove *move, int nmove, Pins **out);
/* `{FLOW: all}` or `{FLOW: {old: new}}` of a request, NULL for none; a text "old:new,…" is as good as
   the map. */
MUST bool pins_moves(Cx *cx, const Node *map, const FlowMove **out, int *n);
/* All records of a form's table by workflow, version and stage: one walk over it. */
MUST bool pins_use(Cx *cx, Db *db, const char *table, PinUse **out, int *n);
/* What is published now. Only inside a write; versions are set. */
MUST bool pins_put(Cx *cx, Db *db, const App *app);
#endif
