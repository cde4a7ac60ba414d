/*
 * folder.c — notes, writes and forgets; each step may be done again.
 */
#include "data/folder.h"
#include "base/diff.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <string.h>

#define NOTE "/files"

static bool may_write(Cx *cx, const char *dir, const char *path)
{
    const char *slash = strchr(path, '/');
    const char *sub = slash ? arena_dup_n(cx->a, path, (size_t)(slash - path)) : ".";
    const char *at = path_join(cx->a, dir, sub);

    if (file_is_dir(at) ? file_writable(at) : !file_exists(at) && file_writable(dir)) return true;
    return cx_fail(cx, E_CONFLICT, "%s cannot be written: %s is no folder that one may write to",
        path, at);
}

bool folder_fit(Cx *cx, const char *dir, FolderFile *file, int n, Merge *out)
{
    *out = (Merge){ 0 };
    for (int i = 0; i < n; i++) {
        FolderFile *f = &file[i];
        char *found;
        size_t size;
        if (!app_read_file(cx, dir, f->path, &found, &size)) return false;
        f->found = found;
        MergeAsk ask = { .file = f->path, .base = f->was, .theirs = found, .mine = f->text };
        if (!merge_texts(cx, &ask, out)) return false;
        f->write = out->text;
        if (!str_eq(f->write, found) && !may_write(cx, dir, f->path)) return false;
    }
    return true;
}

PlanNote folder_note(Arena *a, const FolderFile *file, int n)
{
    Node *list = node_list(a);

    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "path", file[i].path);
        node_put_text(a, one, "found", file[i].found);
        node_put_text(a, one, "write", file[i].write);
    }
    return (PlanNote){ NOTE, node_json(a, list) };
}

/* Edited since the note was made: both changes, or the hand's with a word in the log. */
MUST static bool write_one(Cx *cx, const char *dir, const Node *one)
{
    const char *path = node_text(node_find(one, "path"));
    const char *found = node_text(node_find(one, "found"));
    const char *text = node_text(node_find(one, "write"));
    const char *full = path_join(cx->a, dir, path), *slash = strrchr(full, '/');
    char *now;
    size_t n;

    if (!app_read_file(cx, dir, path, &now, &n)) return false;
    if (str_eq(now, text)) return true;
    MergeAsk ask = { .file = path, .base = found, .theirs = now, .mine = text };
    Merge m;
    if (!merge_texts(cx, &ask, &m)) {
        cx_clear(cx);
        sys_log(LOG_WARN, "a file edited meanwhile keeps the edit", "file", path, NULL);
        return true;
    }
    if (!m.text) return file_remove(cx, full);
    if (!dir_make(cx, arena_dup_n(cx->a, full, (size_t)(slash - full)))) return false;
    return file_write(cx, full, m.text, strlen(m.text));
}

static bool forget(Cx *cx, Db *db, void *arg)
{
    (void)arg;
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "DELETE FROM _schema WHERE name = '" NOTE "'");
    return db_run(cx, db, &q, NULL);
}

bool folder_finish(Cx *cx, Db *db, const char *dir)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val v;

    sql_add(&q, "SELECT text FROM _schema WHERE name = '" NOTE "'");
    if (!db_one(cx, db, &q, &v, 1, &found)) return false;
    if (!found) return true;
    const Node *list = json_parse(cx, v.t, (size_t)v.n);
    if (!list) return false;
    for (int i = 0; i < list->n; i++)
        if (!write_one(cx, dir, list->item[i])) return false;
    return db_write(cx, db, forget, NULL);
}
