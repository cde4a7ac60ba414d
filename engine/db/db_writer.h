/*
 * db_writer — the one thread that writes to a SQLite database.
 *
 * Units wait in line; the thread takes what waits (up to 128 units or 5 ms), runs each behind
 * a savepoint of one transaction, commits once and wakes all: one fsync serves many. The
 * requester waits meanwhile, so what its unit points to is the thread's. Only this thread
 * checkpoints. It owns the connection.
 */
#ifndef DB_DB_WRITER_H
#define DB_DB_WRITER_H
#include "db/sqlite.h"

typedef struct Writer Writer;

MUST bool writer_open(Cx *cx, SqliteDb *db, Writer **out);   /* takes the connection over */
void writer_close(Writer *w);         /* after what waits; empties the log */
/* Runs the unit and returns when it is on disk or undone. `caller` learns what was violated.
   E_BUSY after 30 s in line. */
bool writer_run(Writer *w, Cx *cx, Db *caller, DbUnit unit, void *arg, DbWrite how);
/* Inside a unit: an inner one, undone alone when it fails. */
bool writer_nest(Cx *cx, Db *db, DbUnit unit, void *arg);
DbStats writer_stats(Writer *w);
#endif
