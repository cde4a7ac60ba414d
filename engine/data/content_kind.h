/*
 * content_kind — what a kind of store has to do. Called by content.c only, with checked keys:
 * "ab/cdef…" of a content, "ab/cdef….small" of what was made of it.
 */
#ifndef DATA_CONTENT_KIND_H
#define DATA_CONTENT_KIND_H
#include "data/content.h"

typedef struct ContentKind ContentKind;

struct ContentStore {
    const ContentKind *kind;
    char *where;              /* as it was given; a folder */
    char *home;               /* home/tmp: for what arrives */
    void *self;               /* the kind's */
};

struct Content {
    Arena *a;
    ContentStore *store;
    const char *key;
    int64_t at, left;         /* place of the next byte; bytes still to come */
    void *self;
};

/* A file of this machine, and what is in it. */
typedef struct ContentFile { const char *path, *hash; int64_t size; } ContentFile;

/* What a walk finds, in the order of its kind. `at`: when it was put there last. */
typedef bool (*ContentFound)(void *arg, const char *key, int64_t at);

struct ContentKind {
    MUST bool (*open)(Cx *cx, ContentStore *s);
    void (*close)(ContentStore *s);
    MUST bool (*ready)(Cx *cx, ContentStore *s);
    /* On disk or acknowledged before true. *moved: the file is no longer at its path. `once`:
       what is there under that key is the same. */
    MUST bool (*put)(Cx *cx, ContentStore *s, const char *key, const ContentFile *file, bool once,
        bool *moved);
    MUST bool (*there)(Cx *cx, ContentStore *s, const char *key, bool *there);
    /* Reads from c->at; c->left is -1: up to the end, and set here. */
    MUST bool (*begin)(Cx *cx, Content *c, bool *there);
    MUST bool (*read)(Cx *cx, Content *c, void *buf, size_t n, size_t *got);
    void (*end)(Content *c);
    MUST bool (*remove)(Cx *cx, ContentStore *s, const char *key);
    MUST bool (*walk)(Cx *cx, ContentStore *s, ContentFound fn, void *arg);
    char *(*path)(Arena *a, const ContentStore *s, const char *key);   /* NULL: not of this machine */
};

extern const ContentKind content_folder, content_s3;

/* What the files of content share. */
bool content_is_hash(const char *hash);
char *content_key(Arena *a, const char *hash, const char *made);   /* of a hash that is one */
MUST bool content_make_dir(Cx *cx, const char *path);   /* for us alone, in what is made for all */
#endif
