/*
 * asset.c — a sorted table made by the build, and, while developing, a folder in front.
 *
 * A file of the folder is read each time: times of files are too coarse to tell a change. What
 * was handed out before stays in memory: it is a developer's process.
 */
#include "base/asset.h"
#include "base/sys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct Fresh Fresh;
struct Fresh { Fresh *next; Asset asset; };

static const char *folder;
static Fresh *fresh;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int by_path(const void *key, const void *item)
{
    return strcmp(key, ((const Asset *)item)->path);
}

/* Under the lock. NULL when the folder has no such file. */
static const Asset *from_folder(const char *path)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    char *file = path_join(a, folder, path), *data = NULL;
    const Asset *found = NULL;
    size_t n = 0;

    bool read = file_exists(file) && file_read(&cx, file, 16 << 20, &data, &n);
    for (Fresh *f = fresh; read && f && !found; f = f->next)
        if (str_eq(f->asset.path, path) && f->asset.n == n && !memcmp(f->asset.data, data, n))
            found = &f->asset;
    if (read && !found) {
        Fresh *f = mem_alloc(sizeof *f);
        unsigned char *kept = mem_alloc(n + 1);
        memcpy(kept, data, n);
        *f = (Fresh){ .next = fresh };
        f->asset = (Asset){ .path = mem_dup(path), .data = kept, .n = n };
        f->asset.hash = mem_dup(arena_dup_n(a, sys_sha256_hex(a, data, n), 16));
        fresh = f;
        found = &f->asset;
    }
    arena_free(a);
    return found;
}

const Asset *asset_find(const char *path)
{
    const Asset *found = NULL;
    if (folder && !strstr(path, "..") && !str_starts(path, "js/lib/")) {
        pthread_mutex_lock(&lock);
        found = from_folder(path);
        pthread_mutex_unlock(&lock);
    }
    if (found) return found;
    return bsearch(path, asset_table, (size_t)asset_table_n, sizeof *asset_table, by_path);
}

const Asset *asset_list(int *n)
{
    *n = asset_table_n;
    return asset_table;
}

void asset_dir(const char *dir)
{
    folder = dir;
}
