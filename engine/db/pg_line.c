/*
 * The line: what waits to be sent on a connection and what was put there but not answered. It goes
 * out in one round trip, a pipeline, with the first statement whose answer somebody waits for.
 *
 *     owed     BEGIN, SAVEPOINT …, which may never be needed: texts
 *     sent on  statements whose answer nobody waits for (db_send): in libpq's buffer
 *     called   the statement that is waited for
 *
 * After a failure the server skips the rest up to the next sync. What failed before the call is
 * found out too late to go back to a savepoint that was owed behind it: the unit is doomed.
 */
#include "db/pg.h"
#include "base/sys.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define CANCEL_MS 5000        /* how long the answer to a cancel is waited for */
#define ENDS 64               /* old statements that are ended at a time */
#define NUMBER "SELECT pg_current_xact_id_if_assigned()::text"

/* ---- out ---- */

void pg_owe(PgDb *db, PgKind kind, const char *sql)
{
    BUG_IF(db->nowed == PG_OWED);
    db->owed[db->nowed++] = (PgOwed){ kind, mem_dup(sql) };
}

void pg_drop_owed(PgDb *db, int from)
{
    while (db->nowed > from) mem_free(db->owed[--db->nowed].text);
}

static void in_line(PgDb *db, PgKind kind, PgStmt *place)
{
    BUG_IF(db->nline == PG_LINE);
    db->line[db->nline++] = (PgItem){ kind, place, place ? place->id : 0 };
}

/* Its first use prepares it on the way. */
static bool put(PgDb *db, PgKind kind, const PgCall *c)
{
    PgStmt *s = c->stmt;
    char name[24];
    bool ok;

    if (s) snprintf(name, sizeof name, "s%u", s->id);
    if (s && !s->sent) {
        if (!PQsendPrepare(db->conn, name, s->text, s->nparam, s->type)) return false;
        s->sent = true;
        in_line(db, PG_PREPARE, s);
    }
    ok = s ? PQsendQueryPrepared(db->conn, name, c->n, c->value, NULL, NULL, 1)
        : PQsendQueryParams(db->conn, c->text, c->n, c->type, c->value, NULL, NULL, 1);
    if (ok) in_line(db, kind, s);
    return ok;
}

static bool put_text(PgDb *db, PgKind kind, const char *sql)
{
    return put(db, kind, &(PgCall){ .text = sql,
        .stmt = db->pooled ? NULL : pg_stmt_of(db, sql, strlen(sql)) });
}

static bool put_sync(PgDb *db)
{
    if (!PQpipelineSync(db->conn)) return false;
    in_line(db, PG_SYNC, NULL);
    return true;
}

/* Statements that gave way end in a transaction of their own: a failed one must not hear of it, and
   after them BEGIN would come too late to say which kind it is. */
static bool put_ends(PgDb *db)
{
    char text[32];
    bool ok = true;
    int n = db->ngone < ENDS ? db->ngone : ENDS;

    if (!n || db->begun) return true;
    for (int i = 0; ok && i < n; i++) {
        snprintf(text, sizeof text, "DEALLOCATE s%u", db->gone[--db->ngone]);
        ok = put(db, PG_WORD, &(PgCall){ .text = text });
    }
    return ok && put_sync(db);
}

static bool put_owed(PgDb *db)
{
    bool ok = put_ends(db);

    for (int i = 0; ok && i < db->nowed; i++) {
        bool apart = db->owed[i].kind == PG_APART;
        if (apart && db->pooled) continue;    /* it would be another session's */
        ok = put_text(db, db->owed[i].kind, db->owed[i].text) && (!apart || put_sync(db));
        db->has_turn = db->has_turn || apart;
    }
    if (db->nowed) {
        db->begun = db->base.writing;
        db->paid++;
    }
    pg_drop_owed(db, 0);
    return ok;
}

/* Once something was written the transaction's number is asked for in passing. */
static bool put_call(PgDb *db, PgKind kind, const PgCall *call)
{
    if (PQpipelineStatus(db->conn) == PQ_PIPELINE_OFF && !PQenterPipelineMode(db->conn))
        return false;
    if (!put_owed(db)) return false;
    if (kind == PG_CALL && db->wrote && !*db->number && !put_text(db, PG_NUMBER, NUMBER))
        return false;
    if (kind == PG_CALL) db->own = db->nline;
    if (!put(db, kind, call)) return false;
    db->wrote = db->base.writing && (db->wrote || !str_starts(call->text, "SELECT"));
    return true;
}

/* ---- in ---- */

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

bool pg_take_result(PGconn *conn, int64_t *deadline, PGresult **out)
{
    *out = NULL;
    if (!wait_result(conn, deadline)) return false;
    *out = PQgetResult(conn);
    return true;
}

bool pg_is_bad(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    return s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK && s != PGRES_EMPTY_QUERY
        && s != PGRES_PIPELINE_SYNC;
}

/* What came back: the answer to the call, and the first failure: of something before the call?
   Over: the call is done, whatever becomes of what goes along. */
typedef struct Back { PGresult *answer, *bad; bool early, over; } Back;

static void look_at(PgDb *db, const PgItem *item, const PGresult *r)
{
    bool good = !pg_is_bad(r);

    if (item->kind == PG_TRUTH && good)
        db->lost = PQntuples(r) != 1 || PQgetisnull(r, 0, 0) || *PQgetvalue(r, 0, 0) != 1;
    if (item->kind == PG_NUMBER && good && !PQgetisnull(r, 0, 0))
        snprintf(db->number, sizeof db->number, "%s", PQgetvalue(r, 0, 0));
    if (item->kind == PG_AFTER && good) db->has_turn = false;
    if (item->kind == PG_PREPARE && !good && item->place->id == item->id)
        item->place->sent = false;
}

static void keep(PgDb *db, const PgItem *item, PGresult *r, Back *back)
{
    look_at(db, item, r);
    back->over = back->over || (item->kind == PG_SYNC && back->answer);
    if (pg_is_bad(r) && !back->bad && !back->over) {
        back->bad = r;
        back->early = item - db->line < db->own;
    } else if (item->kind == PG_CALL && !pg_is_bad(r)) {
        PQclear(back->answer);
        back->answer = r;
    } else {
        PQclear(r);
    }
}

/* The results of each item end with NULL, but for a sync, which is its own end. */
static bool take_all(PgDb *db, int64_t *deadline, Back *back)
{
    PGresult *r;

    for (int i = 0; i < db->nline; i++) {
        const PgItem *item = &db->line[i];
        do {
            if (!pg_take_result(db->conn, deadline, &r)) return false;
            if (r) keep(db, item, r, back);
        } while (r && item->kind != PG_SYNC);
    }
    return true;
}

MUST static bool receive(PgDb *db, int64_t *deadline, Back *back)
{
    bool ok = put_sync(db) && take_all(db, deadline, back) && PQexitPipelineMode(db->conn);

    db->nline = 0;
    return ok;
}

/* Judges what came back. `text` is that of the call. */
MUST static bool judge(Cx *cx, PgDb *db, bool through, const Back *back, const char *text)
{
    bool early = through && back->bad && back->early;

    if (db->lost && through) return pg_lost(cx);
    if (through && !back->bad) return true;
    db->nline = 0;
    db->doomed = db->base.writing && (db->doomed || early);
    return pg_fail(cx, db, through ? back->bad : NULL, early ? NULL : text);
}

bool pg_call(Cx *cx, PgDb *db, const PgCall *call, PGresult **out)
{
    int64_t deadline = db->timeout_ms && !db->base.writing
        ? sys_mono_us() + db->timeout_ms * INT64_C(1000) : 0;
    Back back = { 0 };

    db->pin = call->stmt;
    bool through = put_call(db, PG_CALL, call)
        && (!call->after || (put_sync(db) && put_text(db, PG_AFTER, call->after)))
        && receive(db, &deadline, &back);
    bool ok = judge(cx, db, through, &back, call->text);

    db->pin = NULL;
    PQclear(back.bad);
    if (!ok) PQclear(back.answer);
    *out = ok ? back.answer : NULL;
    return ok;
}

bool pg_settle(Cx *cx, PgDb *db)
{
    int64_t never = 0;
    Back back = { 0 };

    if (!db->nowed && !db->nline) return true;
    db->own = PG_LINE;
    bool through = (PQpipelineStatus(db->conn) != PQ_PIPELINE_OFF
        || PQenterPipelineMode(db->conn)) && put_owed(db) && receive(db, &never, &back);
    bool ok = judge(cx, db, through, &back, NULL);
    PQclear(back.bad);
    PQclear(back.answer);
    return ok;
}

/* A line grows only so long: the answers to it must fit into the buffers on their way. */
bool pg_pass_on(Cx *cx, PgDb *db, const PgCall *call)
{
    db->pin = call->stmt;
    bool ok = (db->nline <= PG_LINE / 2 || pg_settle(cx, db))
        && (put_call(db, PG_SENT, call) || pg_fail(cx, db, NULL, call->text));
    db->pin = NULL;
    return ok;
}

bool pg_exec(Cx *cx, PgDb *db, const char *sql)
{
    int64_t never = 0;
    PGresult *r, *bad = NULL;

    if (!pg_settle(cx, db)) return false;
    bool through = PQsendQuery(db->conn, sql);
    while (through && (through = pg_take_result(db->conn, &never, &r)) && r) {
        if (pg_is_bad(r) && !bad) bad = r;
        else PQclear(r);
    }
    db->wrote = db->base.writing;
    if (!through || bad) pg_fail(cx, db, through ? bad : NULL, sql);
    PQclear(bad);
    return through && !bad;
}
