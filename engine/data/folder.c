/*
 * folder.c — notes, writes and forgets; each step may be done again.
 */
#include "data/folder.h"
#include "base/diff.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTE "/files"

static const char *note_name(Arena *a, Dialect dialect, const char *dir)
{
    char host[256] = "", *real = dialect == DIALECT_SQLITE ? NULL : realpath(dir, NULL);
    const char *name = NOTE;

    if (dialect != DIALECT_SQLITE) {
        gethostname(host, sizeof host - 1);
        name = arena_printf(a, NOTE " %s:%s", host, real ? real : dir);
    }
    free(real);
    return name;
}

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

PlanNote folder_note(Arena *a, Dialect dialect, const char *dir, const FolderFile *file, int n)
{
    Node *list = node_list(a);

    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "path", file[i].path);
        node_put_text(a, one, "found", file[i].found);
        node_put_text(a, one, "write", file[i].write);
    }
    return (PlanNote){ note_name(a, dialect, dir), node_json(a, list) };
}

/* NULL: it goes. */
MUST static bool put_file(Cx *cx, const char *dir, const char *path, const char *text)
{
    const char *full = path_join(cx->a, dir, path), *slash = strrchr(full, '/');

    if (!text) return file_remove(cx, full);
    return dir_make(cx, arena_dup_n(cx->a, full, (size_t)(slash - full)))
        && file_write(cx, full, text, strlen(text));
}

/* Edited since the note was made: both changes, or the hand's with a word in the log. */
MUST static bool write_one(Cx *cx, const char *dir, const Node *one)
{
    const char *path = node_text(node_find(one, "path"));
    const char *found = node_text(node_find(one, "found"));
    const char *text = node_text(node_find(one, "write"));
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
    return put_file(cx, dir, path, m.text);
}

static bool forget(Cx *cx, Db *db, void *name)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "DELETE FROM _schema WHERE name = ");
    sql_bind(&q, val_text(name));
    return db_run(cx, db, &q, NULL);
}

bool folder_finish(Cx *cx, Db *db, const char *dir)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    const char *name = note_name(cx->a, q.dialect, dir);
    bool found;
    Val v;

    sql_add(&q, "SELECT text FROM _schema WHERE name = ");
    sql_bind(&q, val_text(name));
    if (!db_one(cx, db, &q, &v, 1, &found)) return false;
    if (!found) return true;
    const Node *list = json_parse(cx, v.t, (size_t)v.n);
    if (!list) return false;
    for (int i = 0; i < list->n; i++)
        if (!write_one(cx, dir, list->item[i])) return false;
    return db_write(cx, db, forget, (void *)name);
}

MUST static bool is_copy(Cx *cx, const char *dir, const Source *from, int n)
{
    Source *now;
    int nnow;

    if (!app_read(cx, dir, &now, &nnow)) return false;
    bool same = nnow == n;
    for (int i = 0; i < n && same; i++) {
        const Source *s = app_source(now, nnow, from[i].path);
        same = s && str_eq(s->text, from[i].text);
    }
    return same || cx_fail(cx, E_CONFLICT, "it was edited");
}

bool folder_bring(Cx *cx, const char *dir, const Source *from, int nfrom, const Source *to, int nto)
{
    if (!is_copy(cx, dir, from, nfrom)) return false;
    for (int i = 0; i < nto; i++) {
        const Source *was = app_source(from, nfrom, to[i].path);
        if (was && str_eq(was->text, to[i].text)) continue;
        if (!put_file(cx, dir, to[i].path, to[i].text)) return false;
    }
    for (int i = 0; i < nfrom; i++)
        if (!app_source(to, nto, from[i].path) && !put_file(cx, dir, from[i].path, NULL))
            return false;
    return true;
}
