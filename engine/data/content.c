/*
 * content.c — which kind of store it is, and what holds for all kinds: keys are made here of
 * hashes that were looked at, so none ever names something else.
 */
#include "data/content_kind.h"
#include "base/str.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct { const char *scheme; const ContentKind *kind; } kinds[] = {
    { "s3://", &content_s3 },
};

bool contents_open(Cx *cx, const char *where, const char *home, ContentStore **out)
{
    ContentStore *s = mem_alloc(sizeof *s);

    *out = NULL;
    s->kind = &content_folder;
    for (int i = 0; i < LEN(kinds); i++)
        if (str_starts(where, kinds[i].scheme)) s->kind = kinds[i].kind;
    s->where = mem_dup(where);
    s->home = mem_dup(s->kind->path ? where : home);
    if (s->kind == &content_folder && strstr(where, "://"))
        (void)!cx_fail(cx, E_INPUT, "--files wants a folder or s3://BUCKET/PREFIX");
    else if (s->kind->open(cx, s)) *out = s;
    if (!*out) contents_close(s);
    return *out != NULL;
}

void contents_close(ContentStore *s)
{
    if (!s) return;
    s->kind->close(s);
    mem_free(s->where);
    mem_free(s->home);
    mem_free(s);
}

bool contents_ready(Cx *cx, ContentStore *s)
{
    return s->kind->ready(cx, s);
}

/* postgresql://…/NAME?… has its files where sqlite's are by default. */
char *contents_folder(Arena *a, const char *dir, const char *db_url)
{
    const char *server = strstr(db_url, "://");
    const char *path = str_starts(db_url, "sqlite:") ? db_url + 7 : db_url;

    if (!server) {
        size_t n = strlen(path) - (str_ends(path, ".db") ? 3 : 0);
        return arena_printf(a, "%.*s.files", (int)n, path);
    }
    const char *name = strchr(server + 3, '/');
    size_t n = name ? strcspn(name + 1, "?/") : 0;
    return arena_printf(a, "%s/%.*s.files", path_join(a, dir, "data"), n ? (int)n : 5,
        n ? name + 1 : "tenon");
}

/* ---- keys ---- */

bool content_is_hash(const char *hash)
{
    return strlen(hash) == 64 && strspn(hash, "0123456789abcdef") == 64;
}

char *content_key(Arena *a, const char *hash, const char *made)
{
    return arena_printf(a, "%.2s/%s%s%s", hash, hash + 2, made ? "." : "", made ? made : "");
}

bool content_make_dir(Cx *cx, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!mkdir(path, 0700) || errno == EEXIST) return true;
    if (errno == ENOENT && slash && slash > path) {
        if (!dir_make(cx, arena_dup_n(cx->a, path, (size_t)(slash - path)))) return false;
        if (!mkdir(path, 0700) || errno == EEXIST) return true;
    }
    return cx_fail(cx, E_SYS, "cannot create %s: %s", path, strerror(errno));
}

/* ---- reading ---- */

bool content_open(Cx *cx, ContentStore *s, const char *hash, const char *made, int64_t from,
    int64_t n, Content **out)
{
    bool there = false;

    *out = NULL;
    if (!content_is_hash(hash)) return true;
    Arena *a = arena_new();
    Content *c = ARENA_NEW(a, Content);
    *c = (Content){ .a = a, .store = s, .key = content_key(a, hash, made), .at = from,
        .left = n ? n : -1 };
    bool ok = s->kind->begin(cx, c, &there);
    if (ok && there) *out = c;
    else content_close(c);
    return ok;
}

int64_t content_left(const Content *c) { return c->left; }

bool content_read(Cx *cx, Content *c, void *buf, size_t n, size_t *got)
{
    *got = 0;
    if ((int64_t)n > c->left) n = (size_t)c->left;
    if (!n) return true;
    if (!c->store->kind->read(cx, c, buf, n, got)) return false;
    c->at += (int64_t)*got;
    c->left -= (int64_t)*got;
    return true;
}

void content_close(Content *c)
{
    if (!c) return;
    c->store->kind->end(c);
    arena_free(c->a);
}

bool content_there(Cx *cx, ContentStore *s, const char *hash, bool *there)
{
    *there = false;
    return !content_is_hash(hash) || s->kind->there(cx, s, content_key(cx->a, hash, NULL), there);
}

/* The whole content, to wherever `add` puts it. */
MUST static bool each_piece(Cx *cx, Content *c, bool (*add)(Cx *, void *, const void *, size_t),
    void *arg)
{
    enum { PIECE = 65536 };
    char *buf = mem_alloc(PIECE);
    size_t got = 1;
    bool ok = true;

    while (ok && got) ok = content_read(cx, c, buf, PIECE, &got) && add(cx, arg, buf, got);
    mem_free(buf);
    return ok;
}

static bool to_file(Cx *cx, void *arg, const void *data, size_t n)
{
    return fwrite(data, 1, n, arg) == n
        || cx_fail(cx, E_SYS, "cannot write the file: %s", strerror(errno));
}

bool content_local(Cx *cx, ContentStore *s, const char *hash, char **path, bool *copied)
{
    Content *c;
    bool there;

    *path = NULL;
    *copied = false;
    if (s->kind->path) {
        if (!content_there(cx, s, hash, &there)) return false;
        if (there) *path = s->kind->path(cx->a, s, content_key(cx->a, hash, NULL));
        return true;
    }
    if (!content_open(cx, s, hash, NULL, 0, 0, &c) || !c) return !cx->err;
    *copied = content_scratch(cx, s, "", path);
    FILE *file = *copied ? fopen(*path, "wbe") : NULL;
    bool ok = file && each_piece(cx, c, to_file, file);
    if (file && fclose(file)) ok = false;
    content_close(c);
    if (ok) return true;
    if (*copied) unlink(*path);
    return cx->err ? false : cx_fail(cx, E_SYS, "cannot write the file: %s", strerror(errno));
}

/* ---- sweeping and copying ---- */

bool content_remove(Cx *cx, ContentStore *s, const char *hash)
{
    return !content_is_hash(hash) || (s->kind->remove(cx, s, content_key(cx->a, hash, CONTENT_SMALL))
        && s->kind->remove(cx, s, content_key(cx->a, hash, NULL)));
}

/* Unless somebody is at it: see content_arrive.c. */
static void drop_arrival(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB)) unlink(path);
    if (fd >= 0) close(fd);
}

static void drop_arrivals(const ContentStore *s, int64_t before)
{
    Arena *a = arena_new();
    const char *tmp = path_join(a, s->home, "tmp");
    DIR *dir = opendir(tmp);
    struct stat st;

    for (struct dirent *e; dir && (e = readdir(dir)); ) {
        const char *path = path_join(a, tmp, e->d_name);
        if (e->d_name[0] != '.' && !lstat(path, &st) && S_ISREG(st.st_mode)
            && st.st_mtime < before) drop_arrival(path);
    }
    if (dir) closedir(dir);
    arena_free(a);
}

typedef struct Old {
    Cx *cx; ContentStore *s;
    int64_t before;
    ContentFn fn; void *arg;
    bool any;
    char last[65];            /* the content seen last: where names are sorted, of what follows */
} Old;

/* A small picture whose content is there goes with it. */
static bool one_old(void *arg, const char *key, int64_t at)
{
    Old *o = arg;
    char hash[65] = "";
    const char *made = strchr(key, '.');
    size_t n = made ? (size_t)(made - key) : strlen(key);
    bool there = false;

    if (n != 65 || key[2] != '/' || (made && strcmp(made + 1, CONTENT_SMALL))) return true;
    memcpy(hash, key, 2);
    memcpy(hash + 2, key + 3, 62);
    if (!content_is_hash(hash)) return true;
    o->any = true;
    if (!made) memcpy(o->last, hash, sizeof hash);
    if (at >= o->before || (made && str_eq(hash, o->last))) return true;
    if (made && !content_there(o->cx, o->s, hash, &there)) return false;
    return there || o->fn(o->arg, hash);
}

bool contents_old(Cx *cx, ContentStore *s, int64_t before, ContentFn fn, void *arg,
    bool *any)
{
    Old old = { .cx = cx, .s = s, .before = before, .fn = fn, .arg = arg };

    drop_arrivals(s, before);
    bool ok = s->kind->walk(cx, s, one_old, &old);
    *any = old.any;
    return ok;
}

static bool to_arrival(Cx *cx, void *arg, const void *data, size_t n)
{
    return arrival_add(cx, arg, data, n);
}

MUST static bool copy_bytes(Cx *cx, Content *from, ContentStore *to, const char *hash)
{
    Arrival *d;
    bool ok = arrival_begin(cx, to, &d) && each_piece(cx, from, to_arrival, d)
        && arrival_end(cx, d);

    if (ok && !str_eq(arrival_hash(d), hash))
        ok = cx_fail(cx, E_SYS, "the content %s is damaged", hash);
    ok = ok && arrival_keep(cx, d);
    arrival_drop(d);
    return ok;
}

/* By a link, where that is possible; false in *done: it is not. */
MUST static bool link_over(Cx *cx, ContentStore *from, ContentStore *to, const char *key,
    bool *done)
{
    *done = false;
    if (!from->kind->path || !to->kind->path) return true;
    const char *path = to->kind->path(cx->a, to, key);
    if (!content_make_dir(cx, to->where)
        || !content_make_dir(cx, arena_dup_n(cx->a, path, strlen(path) - 63))) return false;
    *done = !link(from->kind->path(cx->a, from, key), path) || errno == EEXIST;
    return true;
}

bool content_copy(Cx *cx, ContentStore *from, ContentStore *to, const char *hash)
{
    bool done;
    Content *c;

    if (!content_is_hash(hash)) return cx_fail(cx, E_SYS, "the content %s is damaged", hash);
    if (!link_over(cx, from, to, content_key(cx->a, hash, NULL), &done)) return false;
    if (!done && !content_there(cx, to, hash, &done)) return false;
    if (done) return true;
    if (!content_open(cx, from, hash, NULL, 0, 0, &c)) return false;
    if (!c) return cx_fail(cx, E_MISSING, "the content %s is not there", hash);
    bool ok = copy_bytes(cx, c, to, hash);
    content_close(c);
    return ok;
}
