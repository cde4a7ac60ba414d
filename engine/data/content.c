/*
 * content.c — a folder of contents. What is written is synced, renamed, and its folder synced,
 * before anybody hears of it.
 */
#include "data/content.h"
#include "base/media.h"
#include "base/str.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ContentStore { char *folder; };

struct Draft {
    Arena *a;
    ContentStore *store;
    char *path;
    int fd;
    int64_t size;
    crypto_hash_sha256_state sum;
    char hash[65];
    const char *type;
};

ContentStore *contents_open(const char *folder)
{
    ContentStore *s = mem_alloc(sizeof *s);
    s->folder = mem_dup(folder);
    return s;
}

void contents_close(ContentStore *s)
{
    if (!s) return;
    mem_free(s->folder);
    mem_free(s);
}

char *contents_folder(Arena *a, const char *db_url)
{
    const char *path = str_starts(db_url, "sqlite:") ? db_url + 7 : db_url;
    size_t n = strlen(path) - (str_ends(path, ".db") ? 3 : 0);
    return arena_printf(a, "%.*s.files", (int)n, path);
}

MUST static bool make_dir(Cx *cx, const char *path)
{
    if (!mkdir(path, 0700) || errno == EEXIST) return true;
    return cx_fail(cx, E_SYS, "cannot create %s: %s", path, strerror(errno));
}

static bool sync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool ok = !fsync(fd);
    close(fd);
    return ok;
}

bool draft_begin(Cx *cx, ContentStore *s, Draft **out)
{
    Arena *a = arena_new();
    Draft *d = ARENA_NEW(a, Draft);
    char *tmp = arena_printf(a, "%s/tmp", s->folder);

    *out = NULL;
    d->a = a;
    d->store = s;
    d->fd = -1;
    if (make_dir(cx, s->folder) && make_dir(cx, tmp)) {
        d->path = arena_printf(a, "%s/XXXXXX", tmp);
        d->fd = mkostemp(d->path, O_CLOEXEC);
        if (d->fd < 0)
            (void)!cx_fail(cx, E_SYS, "cannot create %s: %s", d->path, strerror(errno));
    }
    if (d->fd < 0) {
        arena_free(a);
        return false;
    }
    crypto_hash_sha256_init(&d->sum);
    *out = d;
    return true;
}

bool draft_add(Cx *cx, Draft *d, const void *data, size_t n)
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

int64_t draft_size(const Draft *d) { return d->size; }
const char *draft_hash(const Draft *d) { return d->hash; }
const char *draft_type(const Draft *d) { return d->type; }

bool draft_end(Cx *cx, Draft *d)
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
    close(d->fd);
    d->fd = -1;
    return true;
}

static char *folder_of(Arena *a, const ContentStore *s, const char *hash)
{
    return arena_printf(a, "%s/%.2s", s->folder, hash);
}

char *content_path(Arena *a, ContentStore *s, const char *hash, const char *what)
{
    return arena_printf(a, "%s/%.2s/%s%s%s", s->folder, hash, hash + 2, what ? "." : "",
        what ? what : "");
}

bool draft_keep(Cx *cx, Draft *d)
{
    char *folder = folder_of(d->a, d->store, d->hash);
    char *path = content_path(d->a, d->store, d->hash, NULL);

    if (!make_dir(cx, folder)) return false;
    if (rename(d->path, path) || !sync_dir(folder) || !sync_dir(d->store->folder))
        return cx_fail(cx, E_SYS, "cannot save %s: %s", path, strerror(errno));
    d->path = NULL;
    return true;
}

void draft_drop(Draft *d)
{
    if (!d) return;
    if (d->fd >= 0) close(d->fd);
    if (d->path) unlink(d->path);
    arena_free(d->a);
}

/* A hash is a name in a folder: never anything else than hex digits. */
static bool is_hash(const char *hash)
{
    return strlen(hash) == 64 && strspn(hash, "0123456789abcdef") == 64;
}

bool content_open(Cx *cx, ContentStore *s, const char *hash, FILE **out)
{
    *out = NULL;
    if (!is_hash(hash)) return true;
    const char *path = content_path(cx->a, s, hash, NULL);
    *out = fopen(path, "rbe");
    if (*out || errno == ENOENT) return true;
    return cx_fail(cx, E_SYS, "cannot open %s: %s", path, strerror(errno));
}

bool content_there(ContentStore *s, const char *hash)
{
    Arena *a = arena_new();
    bool there = is_hash(hash) && file_exists(content_path(a, s, hash, NULL));
    arena_free(a);
    return there;
}

/* With what was made of it. */
void content_remove(ContentStore *s, const char *hash)
{
    if (!is_hash(hash)) return;
    Arena *a = arena_new();
    unlink(content_path(a, s, hash, "small"));
    unlink(content_path(a, s, hash, NULL));
    arena_free(a);
}

static bool older(const char *path, int64_t before)
{
    struct stat st;
    return !lstat(path, &st) && S_ISREG(st.st_mode) && st.st_mtime < before;
}

typedef struct Found { const char **name; int n, cap; } Found;

static void each_name(Arena *a, const char *folder, Found *out)
{
    DIR *dir = opendir(folder);

    for (struct dirent *e; dir && (e = readdir(dir)); )
        if (e->d_name[0] != '.')
            ARENA_PUSH(a, out->name, out->n, out->cap, arena_dup(a, e->d_name));
    if (dir) closedir(dir);
}

bool contents_old(Cx *cx, ContentStore *s, int64_t before, ContentFn fn, void *arg)
{
    Found folders = { 0 };

    each_name(cx->a, s->folder, &folders);
    for (int i = 0; i < folders.n; i++) {
        const char *folder = path_join(cx->a, s->folder, folders.name[i]);
        bool tmp = str_eq(folders.name[i], "tmp");
        Found names = { 0 };
        if (!tmp && strlen(folders.name[i]) != 2) continue;
        each_name(cx->a, folder, &names);
        for (int k = 0; k < names.n; k++) {
            const char *path = path_join(cx->a, folder, names.name[k]);
            const char *hash = arena_printf(cx->a, "%s%s", folders.name[i], names.name[k]);
            if (!older(path, before)) continue;
            if (tmp) unlink(path);
            else if (is_hash(hash) && !fn(arg, hash)) return false;
        }
    }
    return true;
}

MUST static bool copy_bytes(Cx *cx, FILE *from, ContentStore *to, const char *hash)
{
    static const size_t piece = 65536;
    char *buf = arena_alloc(cx->a, piece);
    Draft *d;
    bool ok = draft_begin(cx, to, &d);

    for (size_t k; ok && (k = fread(buf, 1, piece, from)); ) ok = draft_add(cx, d, buf, k);
    ok = ok && draft_end(cx, d);
    if (ok && !str_eq(d->hash, hash))
        ok = cx_fail(cx, E_SYS, "the content %s is damaged", hash);
    ok = ok && draft_keep(cx, d);
    draft_drop(d);
    return ok;
}

bool content_copy(Cx *cx, ContentStore *from, ContentStore *to, const char *hash)
{
    FILE *file;

    if (!is_hash(hash)) return cx_fail(cx, E_SYS, "the content %s is damaged", hash);
    if (!make_dir(cx, to->folder) || !make_dir(cx, folder_of(cx->a, to, hash))) return false;
    if (!link(content_path(cx->a, from, hash, NULL), content_path(cx->a, to, hash, NULL))
            || errno == EEXIST) return true;
    if (!content_open(cx, from, hash, &file)) return false;
    if (!file) return cx_fail(cx, E_MISSING, "the content %s is not there", hash);
    bool ok = copy_bytes(cx, file, to, hash);
    fclose(file);
    return ok;
}
