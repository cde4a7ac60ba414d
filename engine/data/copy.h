/*
 * copy — a whole database into another one, of the same or of the other kind: definitions with
 * all their versions, records, what is retired, history, timers, jobs, sessions, secrets, and the
 * contents of files.
 *
 * The source stands still meanwhile (db_hold). The target is empty, or holds the beginning of a
 * copy of the same source, which goes on where it stopped; until it is whole nothing else opens it.
 * Its tables are those of the stored definition as this program makes them, with what only the
 * source has beside them.
 */
#ifndef DATA_COPY_H
#define DATA_COPY_H
#include "data/content.h"
#include "db/db.h"

typedef struct CopyAsk {
    DbPool *from, *to;        /* for reading; for writing */
    ContentStore *from_files, *to_files;       /* NULL: both have the same */
    const char *dir;          /* the app's folder */
    /* From time to time; table NULL: files. NULL: nobody wants to know. */
    void (*progress)(void *ctx, const char *table, int64_t done, int64_t total);
    void *ctx;
} CopyAsk;

/* [0] of the source, [1] of the copy. The sum does not depend on the order of rows. */
typedef struct CopiedTable { const char *name; int64_t rows[2]; char sum[2][33]; } CopiedTable;
typedef enum CopySide { COPY_LACKS, COPY_ADDS, COPY_DIFFERS } CopySide;
typedef struct CopyDiff {
    CopySide what;
    const char *table, *key;  /* of the row, as text */
    const char *column, *was, *now;            /* COPY_DIFFERS: the first one that does */
} CopyDiff;
#define COPY_DIFFS 20
typedef struct Copied {
    CopiedTable *table; int n;
    CopyDiff diff[COPY_DIFFS]; int ndiff;      /* the first ones */
    int64_t differences;      /* 0: the target is whole and can be served */
    int64_t rows, resumed;    /* of all tables; of those, by a run before this one */
    int64_t files;            /* contents that both have now */
    const char **missing; int nmissing;        /* names of files that the source had lost already */
} Copied;

/* False: it did not come to an end; a later run goes on. */
MUST bool copy_run(Cx *cx, const CopyAsk *ask, Copied *out);
/* False, E_CONFLICT: this database is a copy that is not whole yet. */
MUST bool copy_is_whole(Cx *cx, Db *db);
#endif
