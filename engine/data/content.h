/*
 * content — the bytes of files, kept once each under their SHA-256.
 *
 * Today a folder beside the database: NAME.db has NAME.files/, with contents as ab/cdef… and
 * arrivals in tmp/. Another kind of store (S3) fits behind the same functions: nothing here says
 * where a content is, and a content never changes.
 *
 *     arrival_begin → arrival_add … → arrival_end (hash, size, type; on disk) → arrival_keep | arrival_drop
 *
 * A process that dies leaves a arrival at most, never half a content under its hash.
 */
#ifndef DATA_CONTENT_H
#define DATA_CONTENT_H
#include "base/cx.h"

#include <stdio.h>

typedef struct ContentStore ContentStore;
typedef struct Arrival Arrival;

/* Nothing is made before the first arrival. `folder` is copied. */
ContentStore *contents_open(const char *folder);
void contents_close(ContentStore *s);
/* The folder of a database given as sqlite:FILE. */
char *contents_folder(Arena *a, const char *db_url);

MUST bool arrival_begin(Cx *cx, ContentStore *s, Arrival **out);
MUST bool arrival_add(Cx *cx, Arrival *d, const void *data, size_t n);
int64_t arrival_size(const Arrival *d);
/* All has come: it is told what it is and synced to disk. */
MUST bool arrival_end(Cx *cx, Arrival *d);
const char *arrival_hash(const Arrival *d);       /* 64 hex digits; after arrival_end */
const char *arrival_type(const Arrival *d);
/* Gives it its final name; a content of the same hash is replaced by itself, made new again. */
MUST bool arrival_keep(Cx *cx, Arrival *d);
/* Forgets it, kept or not. NULL is fine. */
void arrival_drop(Arrival *d);

/* NULL in *out and true: it is not there. */
MUST bool content_open(Cx *cx, ContentStore *s, const char *hash, FILE **out);
bool content_there(ContentStore *s, const char *hash);
/* Where a process that makes something of it finds it; what is made of it lies beside it as
   `what`. In the arena. */
char *content_path(Arena *a, ContentStore *s, const char *hash, const char *what);
void content_remove(ContentStore *s, const char *hash);
/* Contents made new last before that moment, and arrivals: those are removed here. */
typedef bool (*ContentFn)(void *arg, const char *hash);
MUST bool contents_old(Cx *cx, ContentStore *s, int64_t before, ContentFn fn, void *arg);
/* Copies a content into another store, by a link where both share a disk. */
MUST bool content_copy(Cx *cx, ContentStore *from, ContentStore *to, const char *hash);
#endif
