/*
 * flow_migrate — open records of older versions of a workflow go on in the one that is served:
 * looked at first, then done in portions. What publishing with `migrate` does at once (migrate.h),
 * at any later time.
 */
#ifndef DATA_FLOW_MIGRATE_H
#define DATA_FLOW_MIGRATE_H
#include "data/record.h"
#include "def/pinned.h"

typedef struct MigrateAsk {
    const Workflow *flow;      /* today's */
    int64_t from;              /* of this version only; 0: of all older ones */
    const StageMap *map; int nmap;
    int64_t after; int limit;  /* records with a greater id, so many */
} MigrateAsk;
/* Where those of a stage would go; to NULL: it went, and the map has no word on it. */
typedef struct MigrateRow { int64_t version, n; const char *stage; const Stage *to; } MigrateRow;
typedef struct MigrateRefusal { int64_t record; const char *why; } MigrateRefusal;
typedef struct MigrateDone {
    int64_t moved, last;       /* last: the greatest id looked at */
    bool more;
    MigrateRefusal *refused; int nrefused;
} MigrateDone;

/* Counts them all. */
MUST bool flow_migrate_look(Work *w, const MigrateAsk *ask, MigrateRow **out, int *n);
MUST bool flow_migrate(Work *w, const MigrateAsk *ask, MigrateDone *out);
#endif
