/*
 * restored.c — the mark of a copy, and the file beside the database.
 *
 * A file that says less than the truth (a crash between commit and file) makes nobody ask; one
 * that cannot be written is told in the log and no reason to refuse what is committed.
 */
#include "data/restored.h"
#include "data/migrate.h"
#include "base/i18n.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MARK = 200 };

/* The version and hash that the file names; 0 when it names none. */
static int64_t read_mark(Engine *e, Arena *a, const char **hash)
{
    Cx cx = cx_begin(a, NULL);
    char *text, *end;
    size_t n;

    *hash = "";
    if (!e->mark || !file_read(&cx, e->mark, MAX_MARK, &text, &n)) return 0;
    int64_t version = strtoll(text, &end, 10);
    if (*end == ' ') *hash = str_trim(a, end);
    return version;
}

bool restored_look(Engine *e, Cx *cx, char **why)
{
    const char *hash, *marked;
    int64_t version;
    bool copy;

    *why = NULL;
    if (!db_is_copy(cx, e->db, &copy) || !migrate_newest(cx, e->db, &version, &hash)) return false;
    int64_t last = read_mark(e, cx->a, &marked);
    bool older = last > version || (last == version && *marked && !str_eq(marked, hash));
    if (!version) return true;
    if (older && last > version)
        *why = arena_printf(cx->a, i18n_text(cx->lang, "version %lld was published here, the "
            "database is at version %lld"), (long long)last, (long long)version);
    else if (older || copy)
        *why = arena_printf(cx->a, i18n_text(cx->lang, "the database is at version %lld"),
            (long long)version);
    return true;
}

bool restored_ours(Engine *e, Cx *cx, int64_t version, const char *hash, bool *ours)
{
    const char *marked;

    *ours = false;
    if (!version && !migrate_newest(cx, e->db, &version, &hash)) return false;
    *ours = read_mark(e, cx->a, &marked) == version && str_eq(marked, hash);
    return true;
}

static bool settle(Cx *cx, Db *db, void *arg)
{
    (void)arg;
    return db_settle_copy(cx, db);
}

bool restored_settle(Engine *e, Cx *cx, int64_t version, const char *hash)
{
    const char *marked;
    bool copy;

    if (e->o.readonly) return true;
    if (!db_is_copy(cx, e->db, &copy) || (copy && !db_write(cx, e->db, settle, NULL)))
        return false;
    int64_t last = read_mark(e, cx->a, &marked);
    if (!e->mark || (last == version && str_eq(marked, hash))) return true;
    Cx in = cx_begin(cx->a, NULL);
    char *text = arena_printf(cx->a, "%lld %s\n", (long long)version, hash);
    const char *slash = strrchr(e->mark, '/');
    if ((slash && !dir_make(&in, arena_dup_n(cx->a, e->mark, (size_t)(slash - e->mark))))
        || !file_write(&in, e->mark, text, strlen(text)))
        sys_log(LOG_WARN, "the version was not noted beside the database", "text", in.text,
            NULL);
    return true;
}
