/*
 * How a connection is set up: nothing a file or a statement says can load code, reach another
 * file or weaken the database.
 */
#include "db/sqlite.h"
#include "base/sys.h"

#define BUSY_MS 5000
#define READ_STEPS 2000       /* instructions of SQLite between two looks at the clock */

static int past_deadline(void *arg)
{
    const SqliteDb *db = arg;

    return db->deadline && sys_mono_us() > db->deadline;
}

static void set_limits(sqlite3 *handle)
{
    static const int limit[][2] = {
        { SQLITE_LIMIT_LENGTH, 64 << 20 }, { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
        { SQLITE_LIMIT_ATTACHED, 0 }, { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
        { SQLITE_LIMIT_VARIABLE_NUMBER, 32766 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 20 },
        { SQLITE_LIMIT_WORKER_THREADS, 0 },
    };

    for (int i = 0; i < LEN(limit); i++)
        sqlite3_limit(handle, limit[i][0], limit[i][1]);
}

static bool harden(sqlite3 *handle)
{
    static const int option[][2] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 }, { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 }, { SQLITE_DBCONFIG_DQS_DML, 0 },
        { SQLITE_DBCONFIG_DQS_DDL, 0 }, { SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
    };

    for (int i = 0; i < LEN(option); i++)
        if (sqlite3_db_config(handle, option[i][0], option[i][1], NULL) != SQLITE_OK)
            return false;
    set_limits(handle);
    return true;
}

bool sqlite_exec(SqliteDb *db, const char *sql)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool sqlite_control(SqliteDb *db, Control what)
{
    static const char *const sql[] = { "SAVEPOINT unit", "RELEASE unit", "ROLLBACK TO unit" };
    sqlite3_stmt **s = &db->control[what];

    if (!*s && sqlite3_prepare_v3(db->handle, sql[what], -1, SQLITE_PREPARE_PERSISTENT, s, NULL)
               != SQLITE_OK)
        return false;
    sqlite3_step(*s);
    return sqlite3_reset(*s) == SQLITE_OK;
}

/* WAL does not work on every file system; then there is no safe way to go on. */
static bool set_wal(SqliteDb *db)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode=WAL", -1, &s, NULL) == SQLITE_OK
        && sqlite3_step(s) == SQLITE_ROW
        && str_eq((const char *)sqlite3_column_text(s, 0), "wal");

    sqlite3_finalize(s);
    return ok;
}

static bool set_up(SqliteDb *db, bool writer)
{
    sqlite3_busy_timeout(db->handle, BUSY_MS);        /* before the mode: that needs a lock */
    if (!harden(db->handle) || !sqlite_add_functions(db->handle))
        return false;
    /* Readers are many and the system keeps the file's pages in memory once for all. */
    if (!writer) {
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sqlite3_progress_handler(db->handle, READ_STEPS, past_deadline, db);
        return sqlite_exec(db, "PRAGMA query_only=1; PRAGMA mmap_size=0;"
                               "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-500;");
    }
    sqlite_note_tables(db);
    return set_wal(db)
        && sqlite_exec(db, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                           "PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
                           "PRAGMA cache_size=-4000; PRAGMA journal_size_limit=67108864;");
}

bool sqlite_open(Cx *cx, DbPool *pool, const char *path, Clocks *clocks, SqliteDb **out)
{
    SqliteDb *db = mem_alloc(sizeof *db);
    bool writer = clocks != NULL;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW
        | (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);

    db->base = (Db){ .backend = &sqlite_backend, .pool = pool, .writing = writer };
    db->clocks = clocks;
    if (sqlite3_open_v2(path, &db->handle, flags, NULL) == SQLITE_OK && set_up(db, writer)) {
        *out = db;
        return true;
    }
    cx_fail(cx, E_DB, "cannot open the database %s", path);
    cx_detail(cx, "%s", db->handle ? sqlite3_errmsg(db->handle) : "out of memory");
    sqlite_close(db);
    return false;
}

void sqlite_close(SqliteDb *db)
{
    sqlite_forget(db);
    for (int i = 0; i < LEN(db->control); i++)
        sqlite3_finalize(db->control[i]);
    sqlite3_close_v2(db->handle);
    mem_free(db);
}
