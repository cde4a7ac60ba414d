/*
 * pg — one PostgreSQL connection, for the files of this backend.
 *
 * Reading happens outside of transactions (each statement sees what is committed); a unit runs on
 * the caller's own connection in one SERIALIZABLE transaction. Rows of a statement are fetched
 * whole, so statements may run inside the loop over others. BEGIN, SAVEPOINT and RELEASE are owed:
 * they travel with the next statement in one round trip (pipeline mode), or never. So do statements
 * that nobody waits for (pg_line.c).
 *
 * A connection through PgBouncer is told by the process it speaks to (not the one it greeted) and
 * keeps nothing on the server: no named statements, no settings, no listening.
 */
#ifndef DB_PG_H
#define DB_PG_H
#include "db/backend.h"
#include <libpq-fe.h>
#include <pthread.h>

#define PG_SETS 64            /* of named statements, by their hash */
#define PG_WAYS 4
#define PG_OWED 32
#define PG_LINE 160

typedef struct PgStmt {
    uint64_t hash;
    char *text;
    Oid *type; int nparam;    /* as declared; 0: left to the server */
    uint64_t used;
    unsigned shape;           /* of the pool, when it was made */
    unsigned id;              /* its name is "s" and this number */
    uint32_t clocks;          /* of tables that it changes */
    bool sent;                /* to the server, to be prepared */
} PgStmt;

/* What stands in the line: words such as BEGIN, what the unit stands on, the transaction's number,
   a statement in a transaction of its own, one that nobody waits for, the one that is waited for,
   what goes along with that. */
typedef enum PgKind { PG_WORD, PG_TRUTH, PG_NUMBER, PG_APART, PG_SENT, PG_CALL, PG_AFTER,
    PG_PREPARE, PG_SYNC } PgKind;
typedef struct PgOwed { PgKind kind; char *text; } PgOwed;
typedef struct PgItem { PgKind kind; PgStmt *place; unsigned id; } PgItem;

typedef struct PgRows {
    PGresult *result;
    int at;
    struct PgRows *next;      /* all that are open on the connection */
} PgRows;

/* PG_SERIAL: others wrote at the same time; PG_MOVED: the schema or the connection went away. */
typedef enum PgAgain { PG_FINAL, PG_MOVED, PG_SERIAL } PgAgain;

typedef struct PgPool PgPool;
typedef struct PgClocks PgClocks;
typedef struct PgDb {
    Db base;
    PGconn *conn;             /* NULL: to be made anew */
    bool pooled;              /* through PgBouncer */
    bool begun;               /* the server knows of the transaction */
    bool known;               /* it was connected once */
    bool held;                /* reads are of one moment: of this connection, or of none */
    PgAgain again;            /* what failed last may go well next time */
    PgOwed owed[PG_OWED]; int nowed;
    PgItem line[PG_LINE]; int nline;          /* handed to libpq, not answered yet */
    bool lost;                /* the unit stands on nothing: it does not go on */
    bool doomed;              /* what was sent on failed: it does not go on either */
    bool unsure;              /* nobody knows what became of its commit */
    bool wrote;               /* something in this unit */
    char number[32];          /* of its transaction, "" as long as it is not known */
    char life[128];           /* of the server: another one after a crash or a restart */
    uint32_t changed, told;   /* clocks of the unit: all; those that other nodes have */
    bool has_turn;            /* holds a lock of its session */
    unsigned paid;            /* how often what was owed has been sent */
    int own;                  /* where in the line the call begins that is waited for */
    unsigned *gone; int ngone, gone_cap;      /* statements to be ended outside of a transaction */
    int timeout_ms;
    uint64_t clock;
    PgRows *open;
    PgStmt cache[PG_SETS][PG_WAYS];
    const PgStmt *pin;        /* about to be sent: what is sent before it does not take its place */
    unsigned named;
} PgDb;

/* pg_conn.c */
MUST bool pg_connect(Cx *cx, PgDb *db);       /* if it is not connected */
void pg_disconnect(PgDb *db);
bool pg_is_up(const PgDb *db);
bool pg_lost(Cx *cx);                         /* E_MOVED; false */
/* The failure for a result (NULL: the connection's); false. Decides whether the unit runs again. */
bool pg_fail(Cx *cx, PgDb *db, const PGresult *result, const char *sql);

/* pg_line.c */
void pg_owe(PgDb *db, PgKind kind, const char *sql);
void pg_drop_owed(PgDb *db, int from);
/* One statement, waited for; its result, never NULL on true. With `stmt` its prepared form, else
   the text with the types given. */
typedef struct PgCall {
    const char *text;
    PgStmt *stmt;
    int n; const Oid *type; const char *const *value;
    const char *after;        /* goes along, in a transaction of its own: the turn is given back;
                                 it does not fail the call. NULL: nothing */
} PgCall;
MUST bool pg_call(Cx *cx, PgDb *db, const PgCall *call, PGresult **out);
/* One that nobody waits for. */
MUST bool pg_pass_on(Cx *cx, PgDb *db, const PgCall *call);
/* Until all of the line is answered. */
MUST bool pg_settle(Cx *cx, PgDb *db);
/* Several statements without values or rows; the line first. */
MUST bool pg_exec(Cx *cx, PgDb *db, const char *sql);
bool pg_take_result(PGconn *conn, int64_t *deadline, PGresult **out);
bool pg_is_bad(const PGresult *r);

/* db_pg.c: how long a server that was away is left alone; counts of what happened. */
struct PgPool {
    DbPool base;
    char *url;
    bool readonly;
    pthread_mutex_t lock;     /* stats, away, lanes */
    DbStats stats;
    Hist batch, commit;       /* units; µs; shared without the lock */
    int64_t away_until; int away_ms;
    pthread_mutex_t retrying; /* units that run again do so one by one */
    struct PgLane *lanes;     /* turns that somebody of this node has */
    struct PgBell *bell;
    PgClocks *clocks;         /* NULL: none */
    _Atomic unsigned shape;   /* grows with each change of the tables that is known of */
    bool twice;               /* for tests: each unit runs twice */
};
bool pg_may_connect(PgPool *p);               /* false: it was away a moment ago */
void pg_was_away(PgPool *p, bool away);

/* pg_lane.c: one who has a unit for a turn, from where that is taken until all are told. */
typedef enum PgFate { PG_WAITS, PG_RIDES, PG_LEADS, PG_DONE, PG_ALONE, PG_UNSURE } PgFate;
typedef struct PgRider {
    Cx *cx;
    Db *caller;
    const DbGround *ground;
    DbUnit run; void *arg;
    bool ok;                  /* PG_DONE: what the unit said */
    PgFate fate;
    uint64_t turn;
    pthread_cond_t woken;
    struct PgRider *next, *along;             /* those in the transaction of who leads */
} PgRider;
/* Waits. PG_LEADS: run it and take others along; PG_ALONE: run it; else another one has run it, and
   it is on disk (PG_DONE) or nobody knows. */
PgFate pg_lane_enter(PgPool *p, PgRider *r);
PgRider *pg_lane_take(PgPool *p, PgRider *lead);        /* the next who may come along, or NULL */
void pg_lane_pass(PgPool *p, const PgRider *lead);      /* another one leads from now on */
void pg_lane_tell(PgPool *p, PgRider *lead, PgFate fate);         /* to all who came along */

/* pg_unit.c: the backend's slot of that name. */
bool pg_write(Cx *cx, Db *base, const DbGround *ground, DbUnit unit, void *arg, DbWrite how);
int64_t pg_jitter(int64_t us);                /* half of it to all */

/* pg_stmt.c: the backend's slots of these names. */
bool pg_query(Cx *cx, Db *db, const Sql *q, Rows *rows);
bool pg_send(Cx *cx, Db *db, const Sql *q);
PgStmt *pg_stmt_of(PgDb *db, const char *text, size_t n);   /* of a text without values */
bool pg_next(Cx *cx, Rows *rows, Val *row);
void pg_rows_end(Rows *rows);
void pg_rest(Db *db);
bool pg_script(Cx *cx, Db *db, const char *sql);
void pg_reshaped(DbPool *pool);
void pg_forget(PgDb *db);     /* all statements; the server's are gone already */

/* pg_value.c */
Oid pg_type_of(Val v);        /* 0: the server infers it */
const char *pg_value(Arena *a, Val v);        /* as text; NULL for blank */
/* The value of a result in binary form; texts borrow from it. False: a type nobody expects. */
bool pg_read(const PGresult *r, int row, int column, Val *out);

/* pg_schema.c */
bool pg_columns(Cx *cx, Db *db, const char *table, Column **out, int *n);
bool pg_tables(Cx *cx, Db *db, const char ***out, int *n);
bool pg_indexes(Cx *cx, Db *db, Index **out, int *n);

/* pg_copy.c: the backend's slots of these names. */
bool pg_key(Cx *cx, Db *db, const char *table, const char ***out, int *n);
bool pg_load(Cx *cx, Db *db, const char *table, const char *const *column, int n, DbNextRow next,
    void *arg, int64_t *rows);
bool pg_last_id(Cx *cx, Db *db, const char *table, int64_t *id);
bool pg_set_last_id(Cx *cx, Db *db, const char *table, int64_t id);
bool pg_hold(Cx *cx, Db *db);
bool pg_backup(Cx *cx, DbPool *pool, const char *path, void (*progress)(int percent));

/* pg_bell.c: hears of the commits of all nodes; pg_bell_pull tells them of ours. */
MUST bool pg_bell_open(Cx *cx, PgPool *p, struct PgBell **out);
void pg_bell_close(struct PgBell *b);
void pg_bell_pull(struct PgBell *b);
void pg_bell_peek(struct PgBell *b);          /* looks at the clocks now */
const char *pg_bell_name(const struct PgBell *b);       /* of its session */

/* pg_clock.c */
void pg_seldom(DbPool *base, const char *counts, const char *const *table, int n);
void pg_clocks_free(PgPool *p);
const DbClock *pg_clock(DbPool *base, const char *table);
int pg_clocks_due(PgPool *p);                 /* in so many ms they are to be read; -1: not */
bool pg_clocks_read(PgPool *p, PGconn *conn);           /* false: the connection is of no use */
void pg_clocks_distrust(PgPool *p);
uint32_t pg_clocks_of(const PgPool *p, const char *sql);
const char *pg_clocks_count(Arena *a, const PgPool *p, uint32_t changed);
void pg_clocks_strike(PgPool *p, uint32_t changed);
void pg_clocks_wait(PgDb *db);                /* until all nodes know */

PGconn *pg_connection(PgPool *p);             /* a new one; NULL or not CONNECTION_OK: failed */
bool pg_through_pooler(PGconn *conn);
#endif
