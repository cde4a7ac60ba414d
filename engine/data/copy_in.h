/*
 * copy_in — what the files of copying share.
 *
 *     what there is (copy_shape.c) → tables made, what is done noted (copy_state.c)
 *     → rows, a portion each time (copy_rows.c) → compared (copy_check.c)
 */
#ifndef DATA_COPY_IN_H
#define DATA_COPY_IN_H
#include "data/copy.h"
#include "data/spec.h"

typedef struct CopyColumn { const char *name; ValKind kind; int scale; } CopyColumn;
typedef struct CopyTable {
    const char *name;
    CopyColumn *column; const char **names; int n;
    int *key; int nkey;       /* places of the columns that tell one row from another */
    bool system;
    bool rewritten;           /* what beside the key stands there is the database's own: _schema */
    int64_t total, last_id;   /* in the source */
} CopyTable;

typedef struct Copy {
    const CopyAsk *ask;
    Db *from, *to;
    App *app;                 /* as stored; given back by copy_run */
    Spec spec;                /* the target's, with what only the source has */
    CopyTable *table; int n, cap;
    const char *mark;         /* tells this source in this state from any other */
} Copy;

/* copy_shape.c: c->app, spec, table. */
MUST bool copy_shape(Cx *cx, Copy *c);
MUST bool copy_count(Cx *cx, Copy *c);         /* totals, last ids, mark */

/* copy_state.c: the target's table of what is done. */
typedef struct CopyState { const char *last; int64_t rows; bool done; } CopyState;
MUST bool copy_begin(Cx *cx, Copy *c);         /* makes the target's tables, or finds them */
MUST bool copy_state(Cx *cx, Db *db, const char *table, CopyState *out);
MUST bool copy_note(Cx *cx, Db *db, const char *table, const CopyState *s);  /* inside a unit */
MUST bool copy_end(Cx *cx, Db *db);            /* it is whole; inside a unit */

/* copy_rows.c */
typedef struct CopyReader {
    Db *db; const CopyTable *t;
    int page;                 /* rows asked for at a time */
    bool once;                /* one page only */
    Val *row;                 /* this one, typed; lives until the next */
    Val *key; bool begun;     /* the last row's */
    int64_t n, bytes;         /* read so far, about */
    Arena *keys, *a;          /* of the last key; of a page */
    Val *raw; Rows rows; bool open, end; int got;
} CopyReader;
/* page 0: all rows; else one page of so many, behind the key given. */
void reader_open(CopyReader *r, Db *db, const CopyTable *t, int page);
void reader_close(CopyReader *r);
bool reader_next(Cx *cx, CopyReader *r);       /* false: no more, or cx says why */
const char *copy_key_text(Arena *a, const CopyTable *t, const Val *key);
MUST bool copy_rows(Cx *cx, Copy *c, Copied *out);

/* copy_check.c */
MUST bool copy_check(Cx *cx, Copy *c, Copied *out);
#endif
