/*
 * migrate — runs a plan as one write, with the new definition version in the same transaction.
 */
#ifndef DATA_MIGRATE_H
#define DATA_MIGRATE_H
#include "data/schema.h"

/* Refused plans fail with E_CONFLICT and the refusals as issues; E_MOVED when somebody else
   published since the plan was made. It waits for the writes under way of all nodes, and they for
   it. Sets app->version and the
   workflows' versions. Recomputes new computed fields of existing rows. */
MUST bool migrate_apply(Cx *cx, Db *db, App *app, const Plan *plan, const char *author, const char *note);
/* The version published last, in a database without tables, too; 0 and NULL when none was. */
MUST bool migrate_newest(Cx *cx, Db *db, int64_t *version, const char **hash);
/* Is this app what was published last? Then its version and its workflows' are set. */
MUST bool migrate_known(Cx *cx, Db *db, App *app, bool *stored);
/* The app was loaded from what is stored as this version: so are its workflows that are new in it. */
void migrate_is(App *app, int64_t version);
/* migrate_name.c: rows of the engine's tables that name forms and fields follow, and _field
   remembers. Only inside a write. */
MUST bool migrate_names(Cx *cx, Db *db, const Plan *plan, int64_t version);
/* migrate_view.c: saved views say the new names of fields. Only inside a write. */
MUST bool migrate_views(Cx *cx, Db *db, const Plan *plan);
/* migrate_stage.c: records enter or change stages as the plan says. Only inside a write. */
MUST bool migrate_stages(Cx *cx, Db *db, const App *app, const Plan *plan);
/* migrate_fill.c: computes plan->fill for all rows. Only inside a write. */
MUST bool migrate_fill(Cx *cx, Db *db, const App *app, const Plan *plan);
/* What the plan wants remembered (_schema). Only inside a write. */
MUST bool migrate_notes(Cx *cx, Db *db, const Plan *plan);
/* The stored version: sources, number, hash. *n = 0 when nothing was published yet. */
MUST bool migrate_stored(Cx *cx, Db *db, Source **out, int *n, int64_t *version, const char **hash);
#endif
