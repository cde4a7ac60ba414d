/*
 * A pool is a file, its writer, and the lock that keeps other processes' writers out; the
 * connections that are opened from it only read.
 */
#include "db/db_writer.h"
#include "base/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct SqlitePool {
    DbPool base;
    char *path;
    int lock;                 /* -1: read-only */
    Writer *writer;           /* NULL: read-only */
    Clocks *clocks;           /* NULL: read-only */
} SqlitePool;

/* Lives beside the database: locks on the file itself are SQLite's own business. */
static bool take_lock(Cx *cx, SqlitePool *p)
{
    const char *path = arena_printf(cx->a, "%s.lock", p->path);

    p->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (p->lock < 0)
        return cx_fail(cx, E_SYS, "cannot create %s: %s", path, strerror(errno));
    if (!flock(p->lock, LOCK_EX | LOCK_NB))
        return true;
    close(p->lock);
    p->lock = -1;
    return cx_fail(cx, E_BUSY, "another process uses the database %s", p->path);
}

/* Its owner alone may read what is created here; the log gets the same rights. */
static bool make_file(Cx *cx, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return cx_fail(cx, E_SYS, "cannot create %s: %s", path, strerror(errno));
    close(fd);
    return true;
}

static void pool_close(DbPool *base)
{
    SqlitePool *p = (SqlitePool *)base;

    if (p->writer)
        writer_close(p->writer);
    if (p->lock >= 0)
        close(p->lock);
    clocks_free(p->clocks);
    mem_free(p->path);
    mem_free(p);
}

static bool pool_open_writer(Cx *cx, SqlitePool *p)
{
    SqliteDb *db;

    p->clocks = clocks_new();
    if (!take_lock(cx, p) || !make_file(cx, p->path)
        || !sqlite_open(cx, &p->base, p->path, p->clocks, &db))
        return false;
    if (writer_open(cx, db, &p->writer))
        return true;
    sqlite_close(db);
    return false;
}

static bool pool_open(Cx *cx, const char *path, bool readonly, DbPool **out)
{
    SqlitePool *p;

    if (!*path || str_starts(path, ":"))
        return cx_fail(cx, E_INPUT, "not a database address: %s", path);
    if (readonly && !file_exists(path))
        return cx_fail(cx, E_MISSING, "there is no database %s", path);
    p = mem_alloc(sizeof *p);
    *p = (SqlitePool){ .base.backend = &sqlite_backend, .path = mem_dup(path), .lock = -1 };
    if (readonly || pool_open_writer(cx, p)) {
        *out = &p->base;
        return true;
    }
    pool_close(&p->base);
    return false;
}

const char *sqlite_path(const DbPool *pool)
{
    return ((const SqlitePool *)pool)->path;
}

static bool open_reader(Cx *cx, DbPool *pool, Db **out)
{
    SqliteDb *db;

    if (!sqlite_open(cx, pool, sqlite_path(pool), NULL, &db))
        return false;
    *out = &db->base;
    return true;
}

static void close_reader(Db *db)
{
    BUG_IF(db->writing);
    sqlite_close((SqliteDb *)db);
}

static bool write_unit(Cx *cx, Db *db, const DbGround *ground, DbUnit unit, void *arg,
    DbWrite how)
{
    (void)ground;                             /* nobody else writes */
    SqlitePool *p = (SqlitePool *)db->pool;

    if (db->writing)
        return writer_nest(cx, db, unit, arg);
    if (!p->writer)
        return cx_fail(cx, E_DENIED, "the database is open for reading only");
    return writer_run(p->writer, cx, db, unit, arg, how);
}

/* Nothing interrupts the writing connection. */
static void set_timeout(Db *db, int ms)
{
    if (!db->writing)
        ((SqliteDb *)db)->timeout_ms = ms;
}

static DbStats stats(const DbPool *pool)
{
    const SqlitePool *p = (const SqlitePool *)pool;

    return p->writer ? writer_stats(p->writer) : (DbStats){ 0 };
}

static const DbClock *table_clock(DbPool *pool, const char *table)
{
    SqlitePool *p = (SqlitePool *)pool;

    return p->clocks ? clock_of(p->clocks, table) : NULL;
}

/* Where nobody can write, no lock is needed. */
static bool hold(Cx *cx, Db *base)
{
    SqliteDb *db = (SqliteDb *)base;
    SqlitePool *p = (SqlitePool *)base->pool;
    const char *slash = strrchr(p->path, '/');
    const char *folder = slash ? arena_dup_n(cx->a, p->path, (size_t)(slash - p->path) + 1) : ".";

    if (p->lock < 0 && !access(folder, W_OK) && !take_lock(cx, p))
        return false;
    return sqlite_exec(db, "BEGIN; SELECT 1 FROM sqlite_schema") || sqlite_fail(cx, db, NULL);
}

const DbBackend sqlite_backend = {
    .scheme = "sqlite", .dialect = DIALECT_SQLITE,
    .pool_open = pool_open, .pool_close = pool_close,
    .open = open_reader, .close = close_reader,
    .query = sqlite_query, .next = sqlite_next, .rows_end = sqlite_rows_end,
    .rest = sqlite_rest, .script = sqlite_script, .write = write_unit, .timeout = set_timeout,
    .columns = sqlite_columns, .tables = sqlite_tables, .indexes = sqlite_indexes,
    .key = sqlite_key, .load = sqlite_load, .last_id = sqlite_last_id,
    .set_last_id = sqlite_set_last_id, .hold = hold,
    .backup = sqlite_backup, .stats = stats, .clock = table_clock,
};
