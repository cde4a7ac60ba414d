/*
 * db — SQL in, rows out: the seam between the engine and a database.
 *
 * A pool opens one database; each Work has a Db of its own for reading. A write is one
 * function run in one serializable transaction (db_write): on SQLite on the single writing
 * thread, behind a savepoint, many units to a commit; on PostgreSQL on the caller's thread (or
 * that of another of its turn, see DbGround), run again after a serialization failure. So a unit reads its argument and never changes it
 * before its last line, and sends nothing. db_write returns true only when the commit is on
 * disk. A statement that changes anything outside a unit is a bug (BUG_IF).
 *
 * Values: blank ↔ NULL, BOOL ↔ 0/1, DEC ↔ scaled integer, DATE/DATETIME/TIME ↔ ISO text,
 * REC ↔ id, DURATION ↔ seconds; on PostgreSQL columns have native types (boolean, numeric, date,
 * timestamptz, time) and moments are bound without a type, so that a column of text takes them as
 * ISO text. Rows come back raw (BLANK, INT, REAL, TEXT; from native types DEC, DATE, DATETIME,
 * TIME, and 0/1); who knows the column gives them their type (db_typed).
 *
 * Errors: E_BUSY when the database does not take the write in time; E_MOVED when a write has lost
 * its ground; E_CONFLICT for a foreign
 * key; E_INPUT for a unique index, with the index name in db_violated(); E_DB otherwise, the
 * statement in the detail only.
 */
#ifndef DB_DB_H
#define DB_DB_H
#include "base/cx.h"
#include "base/hist.h"
#include "db/sql.h"

typedef struct Db Db;
typedef struct DbPool DbPool;
typedef bool (*DbUnit)(Cx *cx, Db *db, void *arg);

typedef struct Rows {
    Db *db;
    void *stmt;               /* the backend's */
    int n;                    /* columns */
    int64_t changed;          /* rows changed, after the end */
    bool done;
} Rows;

/* url: "sqlite:FILE". Creates the database if it is missing. Takes the write lock: E_BUSY
   names the file when another process holds it. `readonly` opens without writer and lock. */
MUST bool db_pool_open(Cx *cx, const char *url, bool readonly, DbPool **out);
void db_pool_close(DbPool *pool);             /* ends the writer after what is queued */
MUST bool db_open(Cx *cx, DbPool *pool, Db **out);
void db_close(Db *db);
Dialect db_dialect(const Db *db);

/* Rows borrow from the statement until rows_end or the next db_next; texts too: copy what
   must live. Always pair with db_rows_end. */
MUST bool db_query(Cx *cx, Db *db, const Sql *q, Rows *rows);
bool db_next(Cx *cx, Rows *rows, Val *row);   /* false at the end or on error (cx->err) */
void db_rows_end(Rows *rows);
/* Ends whatever is still open on this connection: for the moment a Work is given back. */
void db_rest(Db *db);
bool db_reading(const Db *db);                /* rows are open: a read now sees no newer commit */
/* A statement without rows. `changed` may be NULL. */
MUST bool db_run(Cx *cx, Db *db, const Sql *q, int64_t *changed);
/* A statement of a write that nobody waits for: where the database is elsewhere, it goes there with
   the next one. Its failure then stands in cx of a later call, at the latest of the write itself,
   and always fails the whole write. So it is for what goes wrong by no fault of a person's. */
MUST bool db_send(Cx *cx, Db *db, const Sql *q);
/* First row, copied into the arena of cx; *found false when there is none. */
MUST bool db_one(Cx *cx, Db *db, const Sql *q, Val *row, int n, bool *found);
/* Several statements of ours (DDL), no values. Only inside a unit. */
MUST bool db_script(Cx *cx, Db *db, const char *sql);

/* A counter that grows with each commit that changed the table. What was read outside of a write
   and outside of open rows, after looking at the counter, holds as long as it stands: the commit's change is seen before
   the counter moves, and the counter moves before the write is answered. Lives as long as the
   pool. NULL when it cannot be told (now): a pool that is open for reading only; elsewhere, see
   below. */
typedef struct DbClock DbClock;
/* Where several programs write, only these tables have clocks: they change seldom, and nearly each
   request reads them. A write that changes one is answered when all programs know; a statement
   that is `minor` in its Sql moves only the own clock. `counts` is a table (name, count) for that.
   Once, before db_clock; SQLite has clocks for all tables. */
void db_seldom(DbPool *pool, const char *counts, const char *const *table, int n);
const DbClock *db_clock(DbPool *pool, const char *table);
uint64_t db_clock_read(const DbClock *clock);

/* Tables or columns are others from now on, whoever changed them: what was prepared on any connection
   before is not used again. */
void db_reshaped(DbPool *pool);

/* `heard` is called soon after something was committed, by whichever node (many commits may be
   one call), and at least once a second where the database cannot always tell. It runs on a
   thread of the pool's or of the writer's, so it only wakes somebody, who then looks into the
   tables. Listeners are added before the first write and stay until the pool is closed. */
void db_listen(DbPool *pool, void (*heard)(void *ctx), void *ctx);

/* Runs the unit alone. Inside a unit the same call nests: a savepoint, undone alone when the
   inner unit fails. The unit gets the Db to use; the caller's own is for reading. A unit that
   returns false undoes itself, with or without a failure in cx; one that returns true while
   cx holds a new failure counts as failed (clear cx to go on after a failed inner unit). */
MUST bool db_write(Cx *cx, Db *db, DbUnit unit, void *arg);
/* What a unit stands on where several programs write: `truth` selects one truth of the database,
   which is asked for before the unit runs and holds until its end, for no other unit that stands
   alone on `table` runs meanwhile. Where it is not so (any more), the write fails with E_MOVED.
   On SQLite only this program writes, and nothing is asked. table NULL: nothing either.
   Units of the same `turn`, which are known to want the same rows, take turns from their beginning
   instead of being run again, those of this program many to a commit; NULL: none. A hint, no
   promise. */
typedef struct DbGround { const char *table; bool alone; Sql truth; const char *turn; } DbGround;
MUST bool db_write_on(Cx *cx, Db *db, const DbGround *ground, DbUnit unit, void *arg);
/* The same for a unit that rebuilds tables: alone in its transaction, foreign keys are not
   looked at while it runs but all together before the commit (E_CONFLICT). Does not nest. */
MUST bool db_rebuild(Cx *cx, Db *db, DbUnit unit, void *arg);
/* The same for one portion of many rows: alone, and foreign keys are not looked at, not even
   before the commit. Who loads a whole database so ends with a db_rebuild, which looks at all. */
MUST bool db_bulk(Cx *cx, Db *db, DbUnit unit, void *arg);
/* Until it is taken back (NULL) this connection is only looked with: units are refused (E_DENIED), and
   before each query stands `with`, a list of `NAME AS (…)` that stand for tables; "" for none. */
void db_look(Db *db, const char *with);
bool db_looks(const Db *db);
bool db_in_write(const Db *db);
/* Name of the unique index or constraint that refused last, or NULL. */
const char *db_violated(const Db *db);
/* Ends a running read after so many milliseconds with E_LIMIT; 0 = none. */
void db_timeout(Db *db, int ms);

typedef struct Column { const char *name, *type; bool required; const char *references; } Column;
/* What is there now. No table: *n = 0. */
MUST bool db_columns(Cx *cx, Db *db, const char *table, Column **out, int *n);
MUST bool db_tables(Cx *cx, Db *db, const char ***out, int *n);
/* columns: "a", "b" DESC, as in the statement that made it. */
typedef struct Index { const char *name, *table, *columns; bool unique; } Index;
MUST bool db_indexes(Cx *cx, Db *db, Index **out, int *n);         /* of all tables */

/* The primary key's columns in order. No table, or none: *n = 0. */
MUST bool db_key(Cx *cx, Db *db, const char *table, const char ***out, int *n);

/* Many rows into a table, as fast as the database takes them (COPY on PostgreSQL). Only inside a
   unit. `next` gives the values of the next row, typed as for sql_bind, though a text of no bytes
   stays one; they live until it is asked again. False: there are no more, or it failed and cx
   says why. *rows: how many went in. One row that is refused fails all. */
typedef bool (*DbNextRow)(Cx *cx, void *arg, Val *row);
MUST bool db_load(Cx *cx, Db *db, const char *table, const char *const *column, int n,
    DbNextRow next, void *arg, int64_t *rows);
/* The highest id that a table with ids of its own making ever gave, 0: none; and from there on. */
MUST bool db_last_id(Cx *cx, Db *db, const char *table, int64_t *id);
MUST bool db_set_last_id(Cx *cx, Db *db, const char *table, int64_t id);     /* inside a unit */
/* Until it is closed, what is read here is of one moment, and nobody else commits anything:
   E_BUSY when somebody writes or, on SQLite, another process has the database. */
MUST bool db_hold(Cx *cx, Db *db);

/* A consistent copy of the running database in a new file (SQLite: online backup). */
MUST bool db_backup(Cx *cx, DbPool *pool, const char *path, void (*progress)(int percent));
/* Is this such a copy? It says so, wherever it is put, until db_settle_copy (inside a unit). */
MUST bool db_is_copy(Cx *cx, Db *db, bool *copy);
MUST bool db_settle_copy(Cx *cx, Db *db);

/* Raw column value → typed value: kind, and scale for VAL_DEC. Blank when it is none of that kind. */
Val db_typed(Val raw, ValKind kind, int scale);

/* Own SQL functions that higher layers bring; called for each SQLite connection opened (those
   that are there always: tn_sum, tn_round, tn_scaled, tn_fold, see sqlite.h). Flags must hold
   SQLITE_INNOCUOUS, and SQLITE_DETERMINISTIC to stand in an index: the schema is not trusted.
   Registered before the first pool opens. handle is a sqlite3*. */
void db_on_sqlite_open(bool (*add)(void *handle));

/* Figures for metrics and the bench. */
typedef struct DbStats {
    int64_t units, commits, longest_us, queued;
    int64_t retries;          /* units run again after a serialization failure or a lost connection */
    int64_t reconnects;
    /* Units in a commit, and how long a commit took; they live as long as the pool. */
    const Hist *batch, *commit;
} DbStats;
DbStats db_stats(const DbPool *pool);
#endif
