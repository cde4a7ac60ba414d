/*
 * Statements are prepared on the server the first time and found by their text and the types of
 * their values; a blank fits any type. Through PgBouncer nothing is prepared.
 *
 * A type left to the server is inferred once, from the column as it was then. Where that became a
 * number the statement fails for ever; a moment sent for a column that was a date would lose its
 * time without a word. So statements are of one shape of the tables.
 */
#include "db/pg.h"
#include <stdlib.h>
#include <string.h>

static bool fits(const PgStmt *s, unsigned shape, const char *text, const Sql *q, const Oid *type)
{
    int n = q ? q->nval : 0;

    if (s->shape != shape || s->nparam != n || strcmp(s->text, text)) return false;
    for (int i = 0; i < n; i++)
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
    db->ngone = 0;
    for (int i = 0; i < PG_SETS * PG_WAYS; i++) drop(&db->cache[i / PG_WAYS][i % PG_WAYS]);
}

void pg_reshaped(DbPool *pool)
{
    ((PgPool *)pool)->shape++;
}

/* The statement in its set, or a free place there, or the one used least. Names are never used
   twice: what gives way is ended by and by, outside of transactions. */
static PgStmt *place(PgDb *db, const char *text, size_t length, const Sql *q, const Oid *type)
{
    uint64_t hash = sql_hash(text, length);
    unsigned shape = ((PgPool *)db->base.pool)->shape;
    PgStmt *set = db->cache[hash % PG_SETS], *best = set == db->pin ? set + 1 : set;
    int n = q ? q->nval : 0;

    for (PgStmt *s = set; s < set + PG_WAYS; s++) {
        if (s->text && s->hash == hash && fits(s, shape, text, q, type)) {
            s->used = ++db->clock;
            return s;
        }
        if (s->used < best->used && s != db->pin) best = s;
    }
    if (best->sent) {
        if (db->ngone == db->gone_cap) {
            db->gone_cap = db->gone_cap ? db->gone_cap * 2 : 16;
            db->gone = mem_resize(db->gone, (size_t)db->gone_cap * sizeof *db->gone);
        }
        db->gone[db->ngone++] = best->id;
    }
    drop(best);
    *best = (PgStmt){ .hash = hash, .shape = shape, .text = mem_dup(text), .nparam = n,
        .id = ++db->named, .type = mem_alloc(sizeof *type * (size_t)(n + 1)), .used = ++db->clock };
    if (n) memcpy(best->type, type, sizeof *type * (size_t)n);
    best->clocks = pg_clocks_of((PgPool *)db->base.pool, text);
    return best;
}

PgStmt *pg_stmt_of(PgDb *db, const char *text, size_t n)
{
    return place(db, text, n, NULL, NULL);
}

/* A transaction ends with its connection: no other one may go on with the unit. */
MUST static bool ready(Cx *cx, PgDb *db)
{
    if (db->lost) return pg_lost(cx);
    if (db->doomed) return cx_fail(cx, E_DB, "the transaction was undone");
    if (pg_is_up(db)) return true;
    if (db->held || (db->base.writing && (db->begun || db->again))) return pg_fail(cx, db, NULL, NULL);
    return pg_connect(cx, db);
}

static void note_clocks(PgDb *db, const Sql *q, const PgStmt *s)
{
    uint32_t bits = s ? s->clocks : pg_clocks_of((PgPool *)db->base.pool, sql_text(q));

    db->changed |= bits;
    if (!q->minor) db->told |= bits;
}

static PgCall call_of(Cx *cx, PgDb *db, const Sql *q)
{
    Oid *type = ARENA_ARRAY(cx->a, Oid, q->nval + 1);
    const char **value = ARENA_ARRAY(cx->a, const char *, q->nval + 1);
    const char *text = sql_text(q);

    for (int i = 0; i < q->nval; i++) {
        type[i] = pg_type_of(q->val[i]);
        value[i] = pg_value(cx->a, q->val[i]);
    }
    PgStmt *s = db->pooled ? NULL : place(db, text, q->text.n, q, type);
    if (db->base.writing) note_clocks(db, q, s);
    return (PgCall){ .text = text, .n = q->nval, .type = type, .value = value, .stmt = s };
}

MUST static bool ask(Cx *cx, PgDb *db, const Sql *q, PGresult **out)
{
    if (!ready(cx, db)) return false;
    PgCall call = call_of(cx, db, q);
    return pg_call(cx, db, &call, out);
}

bool pg_send(Cx *cx, Db *base, const Sql *q)
{
    PgDb *db = (PgDb *)base;

    if (!ready(cx, db)) return false;
    PgCall call = call_of(cx, db, q);
    return pg_pass_on(cx, db, &call);
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

    db->changed = db->told = UINT32_MAX;      /* whatever it does */
    return ready(cx, db) && pg_exec(cx, db, sql);
}
