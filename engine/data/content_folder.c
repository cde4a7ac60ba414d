/*
 * content_folder.c — contents in a folder. What is written is synced, renamed, and its folder
 * synced, before anybody hears of it. A content that comes again takes the place of itself.
 */
#include "data/content_kind.h"
#include "base/str.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

MUST static bool open_folder(Cx *cx, ContentStore *s)
{
    return *s->where || cx_fail(cx, E_INPUT, "the folder of the files has no name");
}

static void close_folder(ContentStore *s)
{
    (void)s;
}

MUST static bool ready(Cx *cx, ContentStore *s)
{
    return content_make_dir(cx, s->where) && ((file_is_dir(s->where) && file_writable(s->where))
        || cx_fail(cx, E_SYS, "cannot write into %s", s->where));
}

static bool sync_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool ok = !fsync(fd);
    close(fd);
    return ok;
}

static char *path_of(Arena *a, const ContentStore *s, const char *key)
{
    return path_join(a, s->where, key);
}

MUST static bool put(Cx *cx, ContentStore *s, const char *key, const ContentFile *file, bool once,
    bool *moved)
{
    const char *folder = arena_printf(cx->a, "%s/%.2s", s->where, key);
    const char *path = path_of(cx->a, s, key);

    (void)once;
    if (!content_make_dir(cx, folder)) return false;
    if (rename(file->path, path))
        return cx_fail(cx, E_SYS, "cannot save %s: %s", path, strerror(errno));
    *moved = true;
    return (sync_dir(folder) && sync_dir(s->where))
        || cx_fail(cx, E_SYS, "cannot save %s: %s", path, strerror(errno));
}

MUST static bool there(Cx *cx, ContentStore *s, const char *key, bool *is)
{
    *is = file_exists(path_of(cx->a, s, key));
    return true;
}

MUST static bool begin(Cx *cx, Content *c, bool *is)
{
    const char *path = path_of(c->a, c->store, c->key);
    FILE *file = fopen(path, "rbe");
    struct stat st;

    *is = file != NULL;
    if (!file && errno != ENOENT)
        return cx_fail(cx, E_SYS, "cannot open %s: %s", path, strerror(errno));
    if (!file) return true;
    c->self = file;
    if (fstat(fileno(file), &st) || fseeko(file, c->at, SEEK_SET))
        return cx_fail(cx, E_SYS, "cannot open %s: %s", path, strerror(errno));
    int64_t rest = st.st_size > c->at ? st.st_size - c->at : 0;
    if (c->left < 0 || c->left > rest) c->left = rest;
    return true;
}

MUST static bool read_some(Cx *cx, Content *c, void *buf, size_t n, size_t *got)
{
    *got = fread(buf, 1, n, c->self);
    if (*got) return true;
    return cx_fail(cx, E_SYS, "cannot read %s: %s", path_of(c->a, c->store, c->key),
        ferror(c->self) ? strerror(errno) : "too short");
}

static void end(Content *c)
{
    if (c->self) fclose(c->self);
}

MUST static bool remove_key(Cx *cx, ContentStore *s, const char *key)
{
    return file_remove(cx, path_of(cx->a, s, key));
}

typedef struct Names { const char **name; int n, cap; } Names;

static Names names_in(Arena *a, const char *folder)
{
    Names out = { 0 };
    DIR *dir = opendir(folder);

    for (struct dirent *e; dir && (e = readdir(dir)); )
        if (e->d_name[0] != '.') ARENA_PUSH(a, out.name, out.n, out.cap, arena_dup(a, e->d_name));
    if (dir) closedir(dir);
    return out;
}

MUST static bool walk(Cx *cx, ContentStore *s, ContentFound fn, void *arg)
{
    Arena *a = arena_new();
    Names folders = names_in(a, s->where);
    ArenaMark mark = arena_mark(a);
    bool ok = true;

    (void)cx;
    for (int i = 0; ok && i < folders.n; i++) {
        const char *folder = path_join(a, s->where, folders.name[i]);
        Names names = strlen(folders.name[i]) == 2 ? names_in(a, folder) : (Names){ 0 };
        struct stat st;
        for (int k = 0; ok && k < names.n; k++)
            if (!lstat(path_join(a, folder, names.name[k]), &st) && S_ISREG(st.st_mode))
                ok = fn(arg, path_join(a, folders.name[i], names.name[k]), st.st_mtime);
        arena_rewind(a, mark);
    }
    arena_free(a);
    return ok;
}

const ContentKind content_folder = {
    .open = open_folder, .close = close_folder, .ready = ready, .put = put, .there = there,
    .begin = begin, .read = read_some, .end = end, .remove = remove_key, .walk = walk,
    .path = path_of,
};
