/*
 * content — the bytes of files, kept once each under their SHA-256.
 *
 * Where they are kept is a kind of store behind a table of functions (content_kind.h): a folder,
 * also one that several machines share, or a bucket of an S3-compatible store. Both hold the same
 * names, ab/cdef…, and beside them ab/cdef….small, what was made of a content. A content never
 * changes. A store of our own machine is asked by anybody; one that is across a network is slow
 * at times, so it is asked outside of writes and, where much is moved, without a Work.
 *
 *     arrival_begin → arrival_add … → arrival_end (hash, size, type; on disk) → arrival_keep | arrival_drop
 *
 * A process that dies leaves an arrival at most, never half a content under its hash.
 *
 * Failures: E_BUSY while a store across the network is away, E_SYS when it refuses; what it said
 * is the detail, without any secret.
 */
#ifndef DATA_CONTENT_H
#define DATA_CONTENT_H
#include "base/cx.h"

typedef struct ContentStore ContentStore;
typedef struct Arrival Arrival;
typedef struct Content Content;                   /* one that is being read */

#define CONTENT_SMALL "small"                     /* a picture made small */

/* where: a folder, or s3://BUCKET/PREFIX?… (s3.h). home: the folder of this machine where that
   lies until it is whole which a store elsewhere gets. Nothing is made or asked before it is
   needed. Both are copied. */
MUST bool contents_open(Cx *cx, const char *where, const char *home, ContentStore **out);
void contents_close(ContentStore *s);
/* Is the store there, and does it let us in? The failure's text says which of it is wrong. */
MUST bool contents_ready(Cx *cx, ContentStore *s);
/* The folder that belongs to a database: NAME.files beside NAME.db; DIR/data/NAME.files for the
   database NAME of a server. */
char *contents_folder(Arena *a, const char *dir, const char *db_url);

MUST bool arrival_begin(Cx *cx, ContentStore *s, Arrival **out);
MUST bool arrival_add(Cx *cx, Arrival *d, const void *data, size_t n);
int64_t arrival_size(const Arrival *d);
/* All has come: it is told what it is and synced to disk. */
MUST bool arrival_end(Cx *cx, Arrival *d);
const char *arrival_hash(const Arrival *d);       /* 64 hex digits; after arrival_end */
const char *arrival_type(const Arrival *d);
/* It is in the store under its hash, also if it has been before, and was swept away since (E_BUSY
   where it cannot be brought again). */
MUST bool arrival_keep(Cx *cx, Arrival *d);
bool arrival_kept(const Arrival *d);
/* Forgets it, kept or not. NULL is fine. */
void arrival_drop(Arrival *d);

/* Of the n bytes from `from` (n 0: all that follows) of a content, or of what was made of it
   (`made`, or NULL). NULL in *out and true: it is not there. Holds nothing of cx; any thread may
   read it, one at a time. */
MUST bool content_open(Cx *cx, ContentStore *s, const char *hash, const char *made, int64_t from,
    int64_t n, Content **out);
int64_t content_left(const Content *c);           /* bytes still to come */
/* *got 0: the end. What breaks off halfway is taken up again where it broke. */
MUST bool content_read(Cx *cx, Content *c, void *buf, size_t n, size_t *got);
void content_close(Content *c);                   /* NULL is fine */

MUST bool content_there(Cx *cx, ContentStore *s, const char *hash, bool *there);
/* A file of this machine with the content, for a process that makes something of it; `copied`:
   it is ours to delete. NULL and true: it is not there. In the arena. */
MUST bool content_local(Cx *cx, ContentStore *s, const char *hash, char **path, bool *copied);
/* A new name in the folder for what arrives; what stays there is removed after a day. */
MUST bool content_scratch(Cx *cx, ContentStore *s, const char *ending, char **path);
/* Keeps the file `path` as what was made of the content; it is gone from there. */
MUST bool content_put_made(Cx *cx, ContentStore *s, const char *hash, const char *made,
    const char *path);
/* With what was made of it. */
MUST bool content_remove(Cx *cx, ContentStore *s, const char *hash);
/* Contents that came last before that moment, and small pictures that have none; arrivals of
   then are removed here. fn false: it ends with a failure. *any: there are contents, old or not. */
typedef bool (*ContentFn)(void *arg, const char *hash);
MUST bool contents_old(Cx *cx, ContentStore *s, int64_t before, ContentFn fn, void *arg,
    bool *any);
/* Copies a content into another store, by a link where both are folders of one disk. What is
   there already is left. */
MUST bool content_copy(Cx *cx, ContentStore *from, ContentStore *to, const char *hash);
#endif
