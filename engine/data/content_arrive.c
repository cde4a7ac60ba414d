/*
 * content_arrive.c — what arrives: written to a file of this machine and hashed on the way, then
 * put into the store under its hash.
 */
#include "data/content_kind.h"
#include "base/media.h"
#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct Arrival {
    Arena *a;
    ContentStore *store;
    char *path;               /* NULL: it has moved into the store */
    int fd;
    bool kept;
    int64_t size;
    crypto_hash_sha256_state sum;
    char hash[65];
    const char *type;
};

/* A sweep came between its making and its lock. */
static bool is_gone(int fd)
{
    struct stat st;
    return !fstat(fd, &st) && !st.st_nlink;
}

/* The name of a new file. As long as it is open, a sweep sees that somebody is at it. */
MUST static bool new_file(Cx *cx, Arena *a, ContentStore *s, const char *ending, char **path,
    int *fd)
{
    const char *tmp = path_join(cx->a, s->home, "tmp");

    *fd = -1;
    if (!content_make_dir(cx, s->home) || !content_make_dir(cx, tmp)) return false;
    do {
        if (*fd >= 0) close(*fd);
        *path = arena_printf(a, "%s/XXXXXX%s", tmp, ending);
        *fd = mkostemps(*path, (int)strlen(ending), O_CLOEXEC);
        if (*fd >= 0) flock(*fd, LOCK_SH);
    } while (*fd >= 0 && is_gone(*fd));
    return *fd >= 0 || cx_fail(cx, E_SYS, "cannot create %s: %s", *path, strerror(errno));
}

bool arrival_begin(Cx *cx, ContentStore *s, Arrival **out)
{
    Arena *a = arena_new();
    Arrival *d = ARENA_NEW(a, Arrival);

    *out = NULL;
    d->a = a;
    d->store = s;
    if (!new_file(cx, a, s, "", &d->path, &d->fd)) {
        arena_free(a);
        return false;
    }
    crypto_hash_sha256_init(&d->sum);
    *out = d;
    return true;
}

bool arrival_add(Cx *cx, Arrival *d, const void *data, size_t n)
{
    const char *p = data;

    crypto_hash_sha256_update(&d->sum, data, n);
    d->size += (int64_t)n;
    while (n) {
        ssize_t k = write(d->fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return cx_fail(cx, E_SYS, "cannot write the file: %s", strerror(errno));
        p += k;
        n -= (size_t)k;
    }
    return true;
}

int64_t arrival_size(const Arrival *d) { return d->size; }
const char *arrival_hash(const Arrival *d) { return d->hash; }
const char *arrival_type(const Arrival *d) { return d->type; }
bool arrival_kept(const Arrival *d) { return d->kept; }

bool arrival_end(Cx *cx, Arrival *d)
{
    unsigned char sum[crypto_hash_sha256_BYTES];
    char *head = mem_alloc(MEDIA_HEAD);
    ssize_t n = pread(d->fd, head, MEDIA_HEAD, 0);

    crypto_hash_sha256_final(&d->sum, sum);
    sodium_bin2hex(d->hash, sizeof d->hash, sum, sizeof sum);
    d->type = media_type(d->a, head, n > 0 ? (size_t)n : 0);
    mem_free(head);
    if (n < 0 || fsync(d->fd))
        return cx_fail(cx, E_SYS, "cannot write the file: %s", strerror(errno));
    return true;
}

/* Once moved it is kept, and a second time only looked for. */
bool arrival_keep(Cx *cx, Arrival *d)
{
    ContentFile file = { d->path, d->hash, d->size };
    const char *key = content_key(d->a, d->hash, NULL);
    bool moved = false, there;

    if (!d->path) {
        if (!d->store->kind->there(cx, d->store, key, &there)) return false;
        return there || cx_fail(cx, E_BUSY, "the server is busy; try again in a moment");
    }
    d->kept = d->store->kind->put(cx, d->store, key, &file, true, &moved);
    if (moved) d->path = NULL;
    return d->kept;
}

void arrival_drop(Arrival *d)
{
    if (!d) return;
    if (d->fd >= 0) close(d->fd);
    if (d->path) unlink(d->path);
    arena_free(d->a);
}

bool content_scratch(Cx *cx, ContentStore *s, const char *ending, char **path)
{
    int fd;

    if (!new_file(cx, cx->a, s, ending, path, &fd)) return false;
    close(fd);
    return true;
}

bool content_put_made(Cx *cx, ContentStore *s, const char *hash, const char *made,
    const char *path)
{
    enum { MOST = 16 << 20 };
    ArenaMark mark = arena_mark(cx->a);
    bool moved = false;
    char *data;
    size_t n;

    BUG_IF(!content_is_hash(hash));
    if (!file_read(cx, path, MOST, &data, &n)) return false;
    char *sum = mem_dup(sys_sha256_hex(cx->a, data, n));
    arena_rewind(cx->a, mark);
    ContentFile file = { path, sum, (int64_t)n };
    bool ok = s->kind->put(cx, s, content_key(cx->a, hash, made), &file, false, &moved);
    mem_free(sum);
    if (!moved) unlink(path);
    return ok;
}
