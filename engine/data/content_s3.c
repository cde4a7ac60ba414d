/*
 * content_s3.c — contents in an S3-compatible store, under the names they would have in a folder.
 *
 * What arrives lies on this machine until it is whole and its hash is known; the store compares
 * that hash with what it gets. What is there already is not sent again.
 */
#include "data/content_kind.h"
#include "data/s3.h"

MUST static bool open_store(Cx *cx, ContentStore *s)
{
    return s3_open(cx, s->where, (S3 **)&s->self);
}

static void close_store(ContentStore *s)
{
    s3_close(s->self);
}

MUST static bool ready(Cx *cx, ContentStore *s)
{
    return s3_ready(cx, s->self);
}

MUST static bool put(Cx *cx, ContentStore *s, const char *key, const ContentFile *file, bool once,
    bool *moved)
{
    int64_t size = -1;

    *moved = false;
    if (once && !s3_head(cx, s->self, key, &size)) return false;
    return size == file->size || s3_put(cx, s->self, key, file->path, file->hash, file->size);
}

MUST static bool there(Cx *cx, ContentStore *s, const char *key, bool *is)
{
    int64_t size;

    if (!s3_head(cx, s->self, key, &size)) return false;
    *is = size >= 0;
    return true;
}

MUST static bool begin(Cx *cx, Content *c, bool *is)
{
    S3Stream *t;

    if (!s3_get(cx, c->store->self, c->key, c->at, c->left, &t)) return false;
    *is = t != NULL;
    c->self = t;
    if (t) c->left = s3_length(t);
    return true;
}

MUST static bool read_some(Cx *cx, Content *c, void *buf, size_t n, size_t *got)
{
    return s3_read(cx, c->self, buf, n, got);
}

static void end(Content *c)
{
    s3_end(c->self);
}

MUST static bool remove_key(Cx *cx, ContentStore *s, const char *key)
{
    return s3_delete(cx, s->self, key);
}

MUST static bool walk(Cx *cx, ContentStore *s, ContentFound fn, void *arg)
{
    Arena *a = arena_new();
    const char *after = NULL;
    S3Page page = { .more = true };
    bool ok = true;

    while (ok && page.more) {
        Cx inner = cx_begin(a, cx->lang);
        ok = s3_list(&inner, s->self, after, &page);
        if (!ok) cx_copy(cx, &inner);
        for (int i = 0; ok && i < page.n; i++) ok = fn(arg, page.name[i].key, page.name[i].at);
        if (!page.last) break;
        char *last = mem_dup(page.last);
        arena_reset(a);
        after = arena_dup(a, last);
        mem_free(last);
    }
    arena_free(a);
    return ok;
}

const ContentKind content_s3 = {
    .open = open_store, .close = close_store, .ready = ready, .put = put, .there = there,
    .begin = begin, .read = read_some, .end = end, .remove = remove_key, .walk = walk,
};
