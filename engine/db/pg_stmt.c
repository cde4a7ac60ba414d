/*
 * Statements are prepared on the server the first time and found by their text and the types of
 * their values; a blank fits any type. Through PgBouncer nothing is prepared.
 */
#include "db/pg.h"
#include <stdlib.h>
#include <string.h>

static uint64_t text_hash(const char *text)
{
    uint64_t h = 14695981039346656037u;       /* FNV-1a */

    for (; *text; text++) h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

static bool fits(const PgStmt *s, const Sql *q, const Oid *type)
{
    if (s->nparam != q->nval || strcmp(s->text, sql_text(q))) return false;
    for (int i = 0; i < q->nval; i++)
        if (s->type[i] != type[i] && q->val[i].kind != VAL_BLANK && s->type[i]) return false;
    return true;
}

static void drop(PgStmt *s)
{
    mem_free(s->text);
    mem_free(s->type);
    *s = (PgStmt){ 0 };
}

void pg_forget(PgDb *db)
{
    for (int i = 0; i < PG_CACHE; i++) drop(&db->cache[i]);
}

/* The statement, a free place for it, or the one used least. */
static PgStmt *place(PgDb *db, const Sql *q, const Oid *type, uint64_t hash)
{
    PgStmt *best = &db->cache[0];

    for (int i = 0; i < PG_CACHE; i++) {
        PgStmt *s = &db->cache[i];
        if (s->text && s->hash == hash && fits(s, q, type)) return s;
        if (s->used < best->used) best = s;
    }
    return best;
}

/* Names are never used twice: what gave way is closed by and by with the connection's next
   statement. A failure is the statement's own. */
MUST static bool prepare(Cx *cx, PgDb *db, PgStmt *s, const Sql *q, const Oid *type, uint64_t hash)
{
    char name[24];
    PGresult *r;
    bool ok;

    if (s->text && db->nowed < PG_OWED / 2)
        pg_owe(db, arena_printf(cx->a, "DEALLOCATE s%u", s->id));
    drop(s);
    if (db->nowed && !pg_exec(cx, db, "SELECT")) return false;
    snprintf(name, sizeof name, "s%u", ++db->named);
    r = PQprepare(db->conn, name, sql_text(q), q->nval, type);
    ok = PQresultStatus(r) == PGRES_COMMAND_OK || pg_fail(cx, db, r, sql_text(q));
    PQclear(r);
    if (!ok) return false;
    *s = (PgStmt){ .hash = hash, .text = mem_dup(sql_text(q)), .nparam = q->nval,
        .id = db->named, .type = mem_alloc(sizeof *type * (size_t)(q->nval + 1)) };
    memcpy(s->type, type, sizeof *type * (size_t)q->nval);
    return true;
}

/* A transaction ends with its connection: no other one may go on with the unit. */
MUST static bool ready(Cx *cx, PgDb *db)
{
    if (db->lost) return pg_lost(cx);
    if (pg_is_up(db)) return true;
    if (db->held || (db->base.writing && (db->begun || db->again))) return pg_fail(cx, db, NULL, NULL);
    return pg_connect(cx, db);
}

MUST static bool ask(Cx *cx, PgDb *db, const Sql *q, PGresult **out)
{
    Oid *type = ARENA_ARRAY(cx->a, Oid, q->nval + 1);
    const char **value = ARENA_ARRAY(cx->a, const char *, q->nval + 1);
    PgCall call = { .text = sql_text(q), .n = q->nval, .type = type, .value = value };

    if (!ready(cx, db)) return false;
    for (int i = 0; i < q->nval; i++) {
        type[i] = pg_type_of(q->val[i]);
        value[i] = pg_value(cx->a, q->val[i]);
    }
    if (!db->pooled) {
        uint64_t hash = text_hash(call.text);
        PgStmt *s = place(db, q, type, hash);
        if ((!s->text || s->hash != hash || !fits(s, q, type))
            && !prepare(cx, db, s, q, type, hash)) return false;
        s->used = ++db->clock;
        call.stmt = s;
    }
    return pg_call(cx, db, &call, out);
}

/* Outside of a unit what the schema or a restart took away is asked once more. */
MUST static bool ask_again(Cx *cx, PgDb *db, const Sql *q, PGresult **out)
{
    Cx before = *cx;

    db->again = db->base.writing ? db->again : PG_FINAL;
    if (ask(cx, db, q, out)) return true;
    if (db->base.writing || db->held || !db->again || before.err) return false;
    *cx = before;
    if (db->conn) pg_disconnect(db);
    return ask(cx, db, q, out);
}

bool pg_query(Cx *cx, Db *base, const Sql *q, Rows *rows)
{
    PgDb *db = (PgDb *)base;
    PGresult *r;

    if (!ask_again(cx, db, q, &r)) return false;
    PgRows *s = mem_alloc(sizeof *s);
    s->result = r;
    s->next = db->open;
    db->open = s;
    base->nopen++;
    *rows = (Rows){ .db = base, .stmt = s, .n = PQnfields(r),
        .changed = strtoll(PQcmdTuples(r), NULL, 10) };
    if (PQresultStatus(r) == PGRES_TUPLES_OK && str_starts(PQcmdStatus(r), "SELECT"))
        rows->changed = 0;
    return true;
}

bool pg_next(Cx *cx, Rows *rows, Val *row)
{
    PgRows *s = rows->stmt;

    if (s->at >= PQntuples(s->result)) {
        rows->done = true;
        return false;
    }
    for (int i = 0; i < rows->n; i++)
        if (!pg_read(s->result, s->at, i, &row[i])) {
            rows->done = true;
            cx_fail(cx, E_DB, "the database reported an error");
            cx_detail(cx, "column %s is of a type that is not read (%u)",
                PQfname(s->result, i), PQftype(s->result, i));
            return false;
        }
    s->at++;
    return true;
}

static void end(PgDb *db, PgRows *s)
{
    PgRows **p = &db->open;

    while (*p != s) p = &(*p)->next;
    *p = s->next;
    PQclear(s->result);
    mem_free(s);
    db->base.nopen--;
}

void pg_rows_end(Rows *rows)
{
    end((PgDb *)rows->db, rows->stmt);
}

void pg_rest(Db *base)
{
    PgDb *db = (PgDb *)base;

    while (db->open) end(db, db->open);
}

bool pg_script(Cx *cx, Db *base, const char *sql)
{
    PgDb *db = (PgDb *)base;

    return ready(cx, db) && pg_exec(cx, db, sql);
}
