/*
 * sqlite — one SQLite connection, for the files of this backend.
 *
 * A connection is used by one thread at a time. Statements are cached by their text. The one
 * connection of the writer may change the database; all others are opened read-only.
 */
#ifndef DB_SQLITE_H
#define DB_SQLITE_H
#include "db/backend.h"
#include "db/clock.h"
#include <sqlite3.h>

#define CACHE_SETS 64
#define CACHE_WAYS 4

typedef struct Stmt {
    sqlite3_stmt *handle;     /* NULL: the place is free */
    uint64_t hash;
    char *text;
    int *number;              /* parameter i + 1 of SQLite is $number */
    int nparam;
    bool open;                /* rows are being read */
    bool changes;             /* not read-only */
    DbClock **table; int ntable;     /* what it changes */
    uint64_t used;            /* when last, by db->clock */
    struct Stmt *next;        /* the next one outside of the cache */
} Stmt;

typedef enum Control { CONTROL_SAVEPOINT, CONTROL_RELEASE, CONTROL_ROLLBACK_TO } Control;

typedef struct SqliteDb {
    Db base;
    sqlite3 *handle;
    Clocks *clocks;           /* the writer's; NULL: a reader */
    Stmt *preparing;          /* whose tables are being told */
    uint64_t clock;
    int timeout_ms;
    int64_t deadline;         /* of the running read, 0 = none */
    sqlite3_stmt *control[3];
    Stmt *loose;              /* a text whose cached statement is open already */
    Stmt cache[CACHE_SETS][CACHE_WAYS];
} SqliteDb;

/* sqlite_open.c */
/* `clocks`: for the connection that writes; NULL for one that reads. */
MUST bool sqlite_open(Cx *cx, DbPool *pool, const char *path, Clocks *clocks, SqliteDb **out);
void sqlite_close(SqliteDb *db);
bool sqlite_exec(SqliteDb *db, const char *sql);       /* false: see sqlite_fail */
bool sqlite_control(SqliteDb *db, Control what);       /* of the innermost savepoint */
/* Own SQL functions, sqlite_functions.c:
       tn_sum(x)       0 of none, exact for integers, NULL on overflow (also over a window)
       tn_round(x, n)  half away from zero after 15 digits
       tn_scaled(x, n) the integer that stores x with n digits, NULL when too large
       tn_fold(text)   the key that search and uniqueness compare
   and what db_on_sqlite_open brought. */
bool sqlite_add_functions(sqlite3 *handle);

/* Statements prepared from here on know the tables they change. */
void sqlite_note_tables(SqliteDb *db);
/* sqlite_stmt.c: the backend's slots of these names. */
bool sqlite_query(Cx *cx, Db *db, const Sql *q, Rows *rows);
bool sqlite_next(Cx *cx, Rows *rows, Val *row);
void sqlite_rows_end(Rows *rows);
void sqlite_rest(Db *db);
bool sqlite_script(Cx *cx, Db *db, const char *sql);
void sqlite_forget(SqliteDb *db);                      /* finalizes all statements */
/* The failure for SQLite's last error on this connection; returns false. `sql` may be NULL. */
bool sqlite_fail(Cx *cx, SqliteDb *db, const char *sql);

/* sqlite_schema.c */
bool sqlite_columns(Cx *cx, Db *db, const char *table, Column **out, int *n);
bool sqlite_tables(Cx *cx, Db *db, const char ***out, int *n);
bool sqlite_indexes(Cx *cx, Db *db, Index **out, int *n);
/* The unique index over "table.a, table.b", as SQLite's message names its columns. */
bool sqlite_index_of(sqlite3 *handle, const char *columns, char *out, size_t cap);

/* sqlite_load.c: the backend's slots of these names. */
bool sqlite_key(Cx *cx, Db *db, const char *table, const char ***out, int *n);
bool sqlite_load(Cx *cx, Db *db, const char *table, const char *const *column, int n,
    DbNextRow next, void *arg, int64_t *rows);
bool sqlite_last_id(Cx *cx, Db *db, const char *table, int64_t *id);
bool sqlite_set_last_id(Cx *cx, Db *db, const char *table, int64_t id);

/* sqlite_backup.c */
bool sqlite_backup(Cx *cx, DbPool *pool, const char *path, void (*progress)(int percent));
const char *sqlite_path(const DbPool *pool);
#endif
