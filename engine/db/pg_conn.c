/*
 * A connection: made, and made again when the server was away; what its failures mean.
 */
#include "db/pg.h"
#include "base/sys.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each value is in seconds, but for tcp_user_timeout; the address may say otherwise. */
PGconn *pg_connection(PgPool *p)
{
    static const char *const key[] = { "fallback_application_name", "connect_timeout",
        "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
        "client_encoding", "dbname", NULL };
    const char *const value[] = { "tenon", "5", "10", "5", "3", "20000", "UTF8", p->url, NULL };

    return PQconnectdbParams(key, value, 1);
}

static void say_nothing(void *arg, const char *message)
{
    (void)arg, (void)message;
}

/* PgBouncer answers a greeting itself, with a number of its own. */
bool pg_through_pooler(PGconn *conn)
{
    PGresult *r = PQexec(conn, "SELECT pg_backend_pid()");
    bool other = PQresultStatus(r) == PGRES_TUPLES_OK
        && strtol(PQgetvalue(r, 0, 0), NULL, 10) != PQbackendPID(conn);

    PQclear(r);
    return other;
}

/* What a unit does not undo stays undone: outside of units nothing can be changed. */
static const char settings[] = "SET default_transaction_read_only = on; SET lock_timeout = '10s';"
    " SET idle_in_transaction_session_timeout = '5min'; SET standard_conforming_strings = on";

/* When the server was started, and the processes that a crash starts anew, of which everybody sees
   the numbers. */
static const char life[] = "SELECT date_part('epoch', pg_postmaster_start_time())::text || ' ' ||"
    " coalesce((SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity"
    " WHERE datid IS NULL AND usesysid IS NULL), '')";

static bool greet(PgDb *db)
{
    PGresult *r;
    bool ok;

    PQsetNoticeProcessor(db->conn, say_nothing, NULL);
    r = PQexec(db->conn, life);
    ok = PQresultStatus(r) == PGRES_TUPLES_OK;
    snprintf(db->life, sizeof db->life, "%s", ok ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    if (!ok) return false;
    db->pooled = pg_through_pooler(db->conn);
    if (db->pooled) return PQstatus(db->conn) == CONNECTION_OK;
    r = PQexec(db->conn, settings);
    ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    return ok;
}

bool pg_is_up(const PgDb *db)
{
    return db->conn && PQstatus(db->conn) == CONNECTION_OK;
}

void pg_disconnect(PgDb *db)
{
    if (db->conn) PQfinish(db->conn);
    db->conn = NULL;
    db->begun = db->has_turn = false;
    db->nline = 0;
    pg_forget(db);
}

/* The server's own words go to admins; a password never stands in them. */
static bool cannot_connect(Cx *cx, const PgDb *db)
{
    bool first = cx->err == E_NONE;
    const char *message = arena_dup(cx->a, PQerrorMessage(db->conn));

    cx_fail(cx, E_BUSY, "the database cannot be reached");
    if (first) cx_detail(cx, "%s", message);
    return false;
}

bool pg_connect(Cx *cx, PgDb *db)
{
    PgPool *p = (PgPool *)db->base.pool;

    if (pg_is_up(db)) return true;
    pg_disconnect(db);
    if (!pg_may_connect(p)) return cx_fail(cx, E_BUSY, "the database cannot be reached");
    db->conn = pg_connection(p);
    bool ok = pg_is_up(db) && greet(db);
    pg_was_away(p, !ok);
    if (!ok) {
        cannot_connect(cx, db);
        pg_disconnect(db);
        return false;
    }
    if (db->known) {
        pthread_mutex_lock(&p->lock);
        p->stats.reconnects++;
        pthread_mutex_unlock(&p->lock);
    }
    db->known = true;
    return true;
}

/* ---- failures ---- */

bool pg_lost(Cx *cx)
{
    return cx_fail(cx, E_MOVED, "the definitions were changed meanwhile; please try again");
}

static bool one_of(const char *state, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (!strncmp(state, list[i], strlen(list[i]))) return true;
    return false;
}

/* Codes: PostgreSQL's manual, appendix A. What others did at the same time is no fault of the
   unit's: it runs again. */
static const char *const serial[] = { "40001", "40P01" };
/* A cached plan or name that a change of the schema took away; made by another node meanwhile. */
static const char *const moved[] = { "0A000", "26000", "42P07", "42710", "42701" };
static const char *const away[] = { "08", "57P0", "53300" };

static bool fail_as(Cx *cx, const char *state)
{
    if (one_of(state, away, LEN(away))) return cx_fail(cx, E_BUSY, "the database cannot be reached");
    if (one_of(state, serial, LEN(serial)) || str_eq(state, "55P03"))
        return cx_fail(cx, E_BUSY, "the database is busy");
    if (str_eq(state, "23505")) return cx_fail(cx, E_INPUT, "this value is taken already");
    if (str_eq(state, "23503"))
        return cx_fail(cx, E_CONFLICT, "a record that belongs to it is missing or in use");
    if (str_eq(state, "57014")) return cx_fail(cx, E_LIMIT, "the query took too long");
    if (str_eq(state, "54001"))
        return cx_fail(cx, E_INPUT, "the expression is nested too deep for the database");
    if (str_eq(state, "42501"))
        return cx_fail(cx, E_DENIED, "the database does not allow this to its user");
    if (str_starts(state, "54")) return cx_fail(cx, E_SIZE, "too large for the database");
    if (str_eq(state, "53100")) return cx_fail(cx, E_DB, "the disk is full");
    return cx_fail(cx, E_DB, "the database reported an error");
}

bool pg_fail(Cx *cx, PgDb *db, const PGresult *result, const char *sql)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *what = result ? PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME) : NULL;
    const char *message = arena_dup(cx->a, result ? PQresultErrorMessage(result)
        : db->conn ? PQerrorMessage(db->conn) : "the connection was lost");
    bool first = cx->err == E_NONE;

    if (!state || !pg_is_up(db)) state = "08006";
    snprintf(db->base.violated, sizeof db->base.violated, "%s",
        str_starts(state, "23") && what ? what : "");
    if (one_of(state, serial, LEN(serial))) db->again = PG_SERIAL;
    else if (one_of(state, away, LEN(away)) || one_of(state, moved, LEN(moved)))
        db->again = PG_MOVED;
    fail_as(cx, state);
    if (first)
        cx_detail(cx, "%s (%s)%s%s", message, state, sql ? ": " : "", sql ? sql : "");
    if (one_of(state, away, LEN(away))) pg_disconnect(db);
    return false;
}
