/*
 * history — every change of a record: who, when, by which path, old → new; chained by hash.
 */
#ifndef DATA_HISTORY_H
#define DATA_HISTORY_H
#include "data/record.h"

/* what: created updated deleted restored moved action password, and
   those of approvals: requested approved rejected returned transferred added withdrawn failed nudged. Writes nothing when nothing changed. */
MUST bool history_add(Work *w, const char *what, const Record *old, const Record *now,
    const char *note);
typedef struct Change { const Field *field; const char *old, *now; } Change;
typedef struct Entry {
    int64_t id, at, by; const char *what, *via, *rule, *note;
    Change *change; int n;
} Entry;
/* Newest first; fields this person may not read are left out, masked ones masked. */
MUST bool history_list(Work *w, const Record *r, int64_t before, int limit, Entry **out,
    int *n);
/* Does the chain hold? *broken: id of the first bad entry, 0 if none. */
MUST bool history_verify(Work *w, const Form *f, int64_t id, int64_t *broken);
/* explain() */
MUST bool history_explain(Work *w, const Form *f, int64_t id, const char *text);
typedef struct Explained { int64_t at; const char *rule, *text; } Explained;
MUST bool history_explained(Work *w, const Form *f, int64_t id, Explained **out, int *n);
/* A comment on the timeline. */
MUST bool history_comment(Work *w, const Record *r, const char *text);
#endif
