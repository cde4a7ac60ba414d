/*
 * A copy of one moment: the source connection holds a read transaction, so what is written
 * meanwhile does not make SQLite begin again. The copy is checked before it gets its name.
 */
#include "db/sqlite.h"
#include "base/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SLICE 100             /* pages at a time */

static bool open_copy(Cx *cx, const char *path, sqlite3 **out)
{
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0)
        return cx_fail(cx, E_SYS, "cannot create %s: %s", path, strerror(errno));
    close(fd);
    if (sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
        return true;
    return cx_fail(cx, E_DB, "cannot open the database %s", path);
}

static bool copy_pages(Cx *cx, SqliteDb *from, sqlite3 *to, void (*progress)(int percent))
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from->handle, "main");
    int code = SQLITE_OK, total;

    while (b && (code = sqlite3_backup_step(b, SLICE)) == SQLITE_OK) {
        total = sqlite3_backup_pagecount(b);
        if (progress && total)
            progress((int)(100 - 100LL * sqlite3_backup_remaining(b) / total));
    }
    if (b)
        sqlite3_backup_finish(b);
    if (b && code == SQLITE_DONE) {
        if (progress)
            progress(100);
        return true;
    }
    cx_fail(cx, E_DB, "the backup failed");
    cx_detail(cx, "%s", sqlite3_errmsg(to));
    return false;
}

static bool is_sound(Cx *cx, sqlite3 *copy)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(copy, "PRAGMA quick_check(1)", -1, &s, NULL) == SQLITE_OK
        && sqlite3_step(s) == SQLITE_ROW
        && str_eq((const char *)sqlite3_column_text(s, 0), "ok");

    sqlite3_finalize(s);
    return ok || cx_fail(cx, E_DB, "the backup is damaged");
}

/* One file, without a log of its own, readable for who has only this file; and it says that it
   is a copy. */
static bool settle(Cx *cx, sqlite3 *copy)
{
    if (sqlite3_exec(copy, "PRAGMA journal_mode=DELETE; PRAGMA user_version=1", NULL, NULL, NULL) == SQLITE_OK)
        return true;
    cx_detail(cx, "%s", sqlite3_errmsg(copy));
    return cx_fail(cx, E_DB, "the backup failed");
}

static bool sync_and_name(Cx *cx, const char *part, const char *path)
{
    int fd = open(part, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && !fsync(fd) && !link(part, path);

    if (!ok)
        cx_fail(cx, E_SYS, "cannot save %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

bool sqlite_backup(Cx *cx, DbPool *pool, const char *path, void (*progress)(int percent))
{
    const char *part = arena_printf(cx->a, "%s.part", path);
    SqliteDb *from = NULL;
    sqlite3 *to = NULL;
    bool ok;

    if (file_exists(path))
        return cx_fail(cx, E_CONFLICT, "%s exists already", path);
    unlink(part);
    ok = sqlite_open(cx, pool, sqlite_path(pool), false, &from) && open_copy(cx, part, &to);
    if (ok && !sqlite_exec(from, "BEGIN; SELECT 1 FROM sqlite_schema"))
        ok = sqlite_fail(cx, from, NULL);
    ok = ok && copy_pages(cx, from, to, progress) && settle(cx, to) && is_sound(cx, to);
    sqlite3_close_v2(to);
    if (from)
        sqlite_close(from);
    ok = ok && sync_and_name(cx, part, path);
    unlink(part);
    return ok;
}
