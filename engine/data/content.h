/*
 * content — the bytes of files, kept once each under their SHA-256.
 *
 * Today a folder beside the database: NAME.db has NAME.files/, with contents as ab/cdef… and
 * drafts in tmp/. Another kind of store (S3) fits behind the same functions: nothing here says
 * where a content is, and a content never changes.
 *
 *     draft_begin → draft_add … → draft_end (hash, size, type; on disk) → draft_keep | draft_drop
 *
 * A process that dies leaves a draft at most, never half a content under its hash.
 */
#ifndef DATA_CONTENT_H
#define DATA_CONTENT_H
#include "base/cx.h"

#include <stdio.h>

typedef struct ContentStore ContentStore;
typedef struct Draft Draft;

/* Nothing is made before the first draft. `folder` is copied. */
ContentStore *contents_open(const char *folder);
void contents_close(ContentStore *s);
/* The folder of a database given as sqlite:FILE. */
char *contents_folder(Arena *a, const char *db_url);

MUST bool draft_begin(Cx *cx, ContentStore *s, Draft **out);
MUST bool draft_add(Cx *cx, Draft *d, const void *data, size_t n);
int64_t draft_size(const Draft *d);
/* All has come: it is told what it is and synced to disk. */
MUST bool draft_end(Cx *cx, Draft *d);
const char *draft_hash(const Draft *d);       /* 64 hex digits; after draft_end */
const char *draft_type(const Draft *d);
/* Gives it its final name; a content of the same hash is replaced by itself, made new again. */
MUST bool draft_keep(Cx *cx, Draft *d);
/* Forgets it, kept or not. NULL is fine. */
void draft_drop(Draft *d);

/* NULL in *out and true: it is not there. */
MUST bool content_open(Cx *cx, ContentStore *s, const char *hash, FILE **out);
bool content_there(ContentStore *s, const char *hash);
/* Where a process that makes something of it finds it; what is made of it lies beside it as
   `what`. In the arena. */
char *content_path(Arena *a, ContentStore *s, const char *hash, const char *what);
void content_remove(ContentStore *s, const char *hash);
/* Contents made new last before that moment, and drafts: those are removed here. */
typedef bool (*ContentFn)(void *arg, const char *hash);
MUST bool contents_old(Cx *cx, ContentStore *s, int64_t before, ContentFn fn, void *arg);
/* Copies a content into another store, by a link where both share a disk. */
MUST bool content_copy(Cx *cx, ContentStore *from, ContentStore *to, const char *hash);
#endif
