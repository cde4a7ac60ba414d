/*
 * scratch — an empty database for a while, for tests: a file in a folder of its own, or a database
 * of a random name on a PostgreSQL server. Both are gone after scratch_drop.
 */
#ifndef DB_SCRATCH_H
#define DB_SCRATCH_H
#include "db/db.h"

typedef struct Scratch {
    char dir[32];             /* a folder of its own, for either: what stands beside a database */
    const char *url;
    const char *server, *name;  /* PostgreSQL: where it was made */
} Scratch;

/* server: the address of any database of a PostgreSQL server whose user may create others;
   anything else, NULL too: SQLite. Its texts live in the arena of cx. */
MUST bool scratch_make(Cx *cx, const char *server, Scratch *out);
/* Empty again. Before this and scratch_drop everything must be closed. */
MUST bool scratch_clear(Cx *cx, const Scratch *s);
void scratch_drop(const Scratch *s);
#endif
