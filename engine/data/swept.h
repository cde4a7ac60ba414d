/*
 * swept — which contents a sweep takes out of the store, or took lately: rows of `_swept`.
 *
 * Taking a content out of a store and naming it in a row cannot be one transaction, and several
 * nodes do either at the same time. So a sweep first marks the hash, in a write that looks that
 * no file names it; then it removes the content; then the mark says that this is over. Who adds a
 * file looks for a mark in the write of its row: without one the content stands, since a mark
 * stays for a day, longer than anybody takes from putting a content there to its row. With one
 * that is over it is put there again, and the row is written in place of that very mark. The
 * database sees to it that of a mark and a row the later knows the earlier.
 */
#ifndef DATA_SWEPT_H
#define DATA_SWEPT_H
#include "data/work.h"

enum { SWEPT_STALE_S = 600 };  /* a sweep that has not ended by then will not remove it any more */

typedef struct Swept {
    const char *mark;         /* NULL: none; another one for each sweep of a content */
    bool over;                /* what was to be removed is removed, or never will be */
} Swept;

/* All inside a write, but swept_over. */
MUST bool swept_find(Work *w, const char *hash, Swept *out);
MUST bool swept_forget(Work *w, const char *hash);
/* A mark for this sweep; NULL in *mark: a file names the content, or another sweep is about to
   remove it. */
MUST bool swept_begin(Work *w, const char *hash, const char **mark);
MUST bool swept_over(Work *w, const char *hash, const char *mark);
MUST bool swept_trim(Work *w, int64_t before);           /* marks of a day ago */
#endif
