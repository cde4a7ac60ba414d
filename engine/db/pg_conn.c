/*
 * A connection: made, used in round trips, and made again when the server was away.
 *
 * A round trip is one pipeline: what is owed (BEGIN, SAVEPOINT …), the statement, a sync. It is
 * waited for with poll, so that a statement whose time is up is cancelled from here; that works
 * through PgBouncer too.
 */
#include "db/pg.h"
#include "base/sys.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CANCEL_MS 5000        /* how long the answer to a cancel is waited for */

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

static bool greet(PgDb *db)
{
    PGresult *r;
    bool ok;

    PQsetNoticeProcessor(db->conn, say_nothing, NULL);
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
    db->begun = false;
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

/* ---- round trips ---- */

static void cancel(PGconn *conn)
{
    char why[256];
    PGcancel *c = PQgetCancel(conn);

    if (c) PQcancel(c, why, sizeof why);
    PQfreeCancel(c);
}

/* Waits until a result can be taken without waiting. False: the connection is of no use. */
static bool wait_result(PGconn *conn, int64_t *deadline)
{
    while (PQisBusy(conn)) {
        struct pollfd f = { .fd = PQsocket(conn), .events = POLLIN };
        int flushed = PQflush(conn), ms = -1;
        if (flushed < 0) return false;
        if (flushed) f.events |= POLLOUT;
        if (*deadline) {
            int64_t left = (*deadline - sys_mono_us()) / 1000;
            if (left <= 0) {
                cancel(conn);
                *deadline = sys_mono_us() + CANCEL_MS * INT64_C(1000);
                left = CANCEL_MS;
            }
            ms = left > 60000 ? 60000 : (int)left + 1;
        }
        int64_t since = sys_mono_us();
        int ready = poll(&f, 1, ms);
        sys_waited(sys_mono_us() - since);
        if (ready < 0 && errno != EINTR) return false;
        if ((f.revents & (POLLIN | POLLERR | POLLHUP)) && !PQconsumeInput(conn)) return false;
    }
    return true;
}

static bool take_result(PGconn *conn, int64_t *deadline, PGresult **out)
{
    *out = NULL;
    if (!wait_result(conn, deadline)) return false;
    *out = PQgetResult(conn);
    return true;
}

static bool is_bad(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    return s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK && s != PGRES_EMPTY_QUERY;
}

static bool send_call(PGconn *conn, const PgCall *c)
{
    char name[24];

    if (!c->stmt)
        return PQsendQueryParams(conn, c->text, c->n, c->type, c->value, NULL, NULL, 1);
    snprintf(name, sizeof name, "s%u", c->stmt->id);
    return PQsendQueryPrepared(conn, name, c->n, c->value, NULL, NULL, 1);
}

void pg_owe(PgDb *db, const char *sql)
{
    BUG_IF(db->nowed == PG_OWED);
    db->owed[db->nowed++] = mem_dup(sql);
}

/* The answer to what was owed, whose place in the line is `at`. */
static void look_down(PgDb *db, int at, const PGresult *r)
{
    if (at != db->truth || PQresultStatus(r) != PGRES_TUPLES_OK) return;
    const char *v = PQgetvalue(r, 0, 0);
    db->lost = PQgetisnull(r, 0, 0) || (PQfformat(r, 0) ? *v != 1 : *v != 't');
}

bool pg_lost(Cx *cx)
{
    return cx_fail(cx, E_MOVED, "the definitions were changed meanwhile; please try again");
}

static void pay(PgDb *db)
{
    while (db->nowed) mem_free(db->owed[--db->nowed]);
    db->truth = -1;
    db->begun = true;
    db->paid++;
}

static bool send_all(PgDb *db, const PgCall *call)
{
    bool ok = true;

    if (!db->nowed) return send_call(db->conn, call);
    if (!PQenterPipelineMode(db->conn)) return false;
    for (int i = 0; ok && i < db->nowed; i++)
        ok = PQsendQueryParams(db->conn, db->owed[i], 0, NULL, NULL, NULL, NULL, 1);
    return ok && send_call(db->conn, call) && PQpipelineSync(db->conn);
}

/* The first bad result, or the last one. Each statement's results end with NULL. */
static bool receive_all(PgDb *db, int64_t *deadline, PGresult **out)
{
    int left = db->nowed + 1;
    PGresult *r;

    *out = NULL;
    while (left) {
        if (!take_result(db->conn, deadline, &r)) return false;
        if (r) look_down(db, db->nowed + 1 - left, r);
        if (!r) {
            left--;
        } else if (*out && is_bad(*out)) {
            PQclear(r);
        } else {
            PQclear(*out);
            *out = r;
        }
    }
    if (PQpipelineStatus(db->conn) == PQ_PIPELINE_OFF) return true;
    bool ok = take_result(db->conn, deadline, &r) && PQresultStatus(r) == PGRES_PIPELINE_SYNC;
    PQclear(r);
    return ok && PQexitPipelineMode(db->conn);
}

bool pg_call(Cx *cx, PgDb *db, const PgCall *call, PGresult **out)
{
    int64_t deadline = db->timeout_ms && !db->base.writing
        ? sys_mono_us() + db->timeout_ms * INT64_C(1000) : 0;
    bool through = send_all(db, call) && receive_all(db, &deadline, out);
    bool ok = through && *out && !is_bad(*out);

    if (db->lost && through) ok = pg_lost(cx);
    else if (!ok) pg_fail(cx, db, through ? *out : NULL, call->text);
    if (db->nowed) pay(db);
    if (ok) return true;
    PQclear(*out);
    *out = NULL;
    return false;
}

bool pg_exec(Cx *cx, PgDb *db, const char *sql)
{
    Str all = str_begin(cx->a);
    int64_t never = 0;
    PGresult *r, *bad = NULL;
    int at = 0;

    for (int i = 0; i < db->nowed; i++) str_printf(&all, "%s;", db->owed[i]);
    str_add(&all, sql);
    bool through = PQsendQuery(db->conn, str_show(&all));
    while (through && (through = take_result(db->conn, &never, &r)) && r) {
        look_down(db, at++, r);
        if (is_bad(r) && !bad) bad = r;
        else PQclear(r);
    }
    if (db->nowed) pay(db);
    bool lost = db->lost && through;
    if (lost) pg_lost(cx);
    else if (!through || bad) pg_fail(cx, db, through ? bad : NULL, sql);
    PQclear(bad);
    return through && !bad && !lost;
}

/* ---- failures ---- */

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
