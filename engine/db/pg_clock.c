/*
 * Clocks of tables that change seldom and are read by nearly each request (db_seldom), over
 * several nodes without asking the database each time.
 *
 * A write that changes such a table counts that in a row of the table of counts. Each node's bell
 * thread reads those rows every CHECK_MS while anybody asks for a clock, and the clocks are good
 * for TRUST_MS from the moment when the last reading began; later there are none, and the tables
 * are read again. A write is answered TRUST_MS after its commit, unless this is the only node: so
 * whoever has the answer finds the change on every node.
 *
 * Through PgBouncer nobody sees who else is there: such a node trusts no clock, and its own
 * writes count and wait as others' do.
 */
#include "db/pg.h"
#include "db/clock.h"
#include "base/sys.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK_MS 100
#define TRUST_MS 400
#define QUIET_MS 2000         /* nobody asked for so long: nothing is read */
#define MOST 32               /* tables; a set of them is bits of a number */

struct PgClocks {
    Clocks *all;
    char *counts, *read;      /* the table of counts; what reads it */
    char *name[MOST]; DbClock *clock[MOST]; int n;
    int64_t seen[MOST];       /* the bell's thread's */
    _Atomic int64_t good_until, asked;                  /* sys_mono_us */
};

void pg_seldom(DbPool *base, const char *counts, const char *const *table, int n)
{
    PgPool *p = (PgPool *)base;
    PgClocks *c = mem_alloc(sizeof *c);
    Arena *a = arena_new();

    BUG_IF(p->clocks || n > MOST);
    c->all = clocks_new();
    c->counts = mem_dup(counts);
    c->read = mem_dup(arena_printf(a, "SELECT name, count FROM \"%s\"", counts));
    arena_free(a);
    for (c->n = 0; c->n < n; c->n++) {
        c->name[c->n] = mem_dup(table[c->n]);
        c->clock[c->n] = clock_of(c->all, table[c->n]);
    }
    pthread_mutex_lock(&p->lock);
    p->clocks = c;
    pthread_mutex_unlock(&p->lock);
}

static PgClocks *clocks(PgPool *p)
{
    pthread_mutex_lock(&p->lock);
    PgClocks *c = p->clocks;
    pthread_mutex_unlock(&p->lock);
    return c;
}

void pg_clocks_free(PgPool *p)
{
    PgClocks *c = p->clocks;

    if (!c) return;
    for (int i = 0; i < c->n; i++) mem_free(c->name[i]);
    clocks_free(c->all);
    mem_free(c->counts);
    mem_free(c->read);
    mem_free(c);
}

static int find(const PgClocks *c, const char *name, size_t length)
{
    for (int i = 0; i < c->n; i++)
        if (!strncmp(c->name[i], name, length) && !c->name[i][length]) return i;
    return -1;
}

const DbClock *pg_clock(DbPool *base, const char *table)
{
    PgPool *p = (PgPool *)base;
    PgClocks *c = p->clocks;  /* set before the first Work is made */
    int64_t now = sys_mono_us();
    int i = c && p->bell ? find(c, table, strlen(table)) : -1;

    if (i < 0) return NULL;
    if (now - atomic_exchange(&c->asked, now) > QUIET_MS * INT64_C(1000)) pg_bell_peek(p->bell);
    return now < atomic_load(&c->good_until) ? c->clock[i] : NULL;
}

/* ---- the bell's thread ---- */

int pg_clocks_due(PgPool *p)
{
    PgClocks *c = clocks(p);
    return c && sys_mono_us() - atomic_load(&c->asked) < QUIET_MS * INT64_C(1000) ? CHECK_MS : -1;
}

void pg_clocks_distrust(PgPool *p)
{
    PgClocks *c = clocks(p);
    if (c) atomic_store(&c->good_until, 0);
}

/* Before there is a table of counts nothing is kept. */
bool pg_clocks_read(PgPool *p, PGconn *conn)
{
    PgClocks *c = clocks(p);
    int64_t began = sys_mono_us();

    if (!c) return true;
    PGresult *r = PQexec(conn, c->read);
    bool ok = PQresultStatus(r) == PGRES_TUPLES_OK;
    for (int i = 0; ok && i < PQntuples(r); i++) {
        int at = find(c, PQgetvalue(r, i, 0), (size_t)PQgetlength(r, i, 0));
        int64_t count = strtoll(PQgetvalue(r, i, 1), NULL, 10);
        if (at < 0 || c->seen[at] == count) continue;
        c->seen[at] = count;
        clock_bump(c->clock[at]);
    }
    PQclear(r);
    atomic_store(&c->good_until, ok ? began + TRUST_MS * INT64_C(1000) : 0);
    return PQstatus(conn) == CONNECTION_OK;
}

/* ---- writes ---- */

/* The bit of the table that a statement of the engine's changes; 0: none of them. */
uint32_t pg_clocks_of(const PgPool *p, const char *sql)
{
    static const char *const verb[] = { "INSERT INTO ", "UPDATE ", "DELETE FROM " };

    for (int i = 0; p->clocks && i < LEN(verb); i++) {
        if (!str_starts(sql, verb[i])) continue;
        const char *name = sql + strlen(verb[i]);
        if (*name == '"') name++;
        int at = find(p->clocks, name, strcspn(name, "\" ("));
        return at < 0 ? 0 : (uint32_t)1 << at;
    }
    return 0;
}

/* NULL: nothing to count. */
const char *pg_clocks_count(Arena *a, const PgPool *p, uint32_t changed)
{
    const PgClocks *c = p->clocks;
    Str s = str_begin(a);

    for (int i = 0; c && i < c->n; i++)
        if (changed >> i & 1) str_printf(&s, "%s('%s', 1)", s.n ? ", " : "", c->name[i]);
    return !s.n ? NULL : arena_printf(a, "INSERT INTO \"%s\" (name, count) VALUES %s ON CONFLICT "
        "(name) DO UPDATE SET count = \"%s\".count + 1", c->counts, str_show(&s), c->counts);
}

void pg_clocks_strike(PgPool *p, uint32_t changed)
{
    for (int i = 0; p->clocks && i < p->clocks->n; i++)
        if (changed >> i & 1) clock_bump(p->clocks->clock[i]);
}

/* Is there a bell of another node? Of sessions of another user nobody sees what they are. */
static bool alone(PgDb *db)
{
    PgPool *p = (PgPool *)db->base.pool;
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Sql q = sql_begin(a, DIALECT_PG);
    bool found, yes = false;
    Val v;

    sql_add(&q, "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = "
        "current_database() AND (usename <> current_user OR application_name LIKE "
        "'tenon bell %' AND application_name <> ");
    sql_bind(&q, val_text(pg_bell_name(p->bell)));
    sql_add(&q, "))");
    if (db_one(&cx, &db->base, &q, &v, 1, &found)) yes = found && !v.i;
    arena_free(a);
    return yes;
}

void pg_clocks_wait(PgDb *db)
{
    struct timespec t = { TRUST_MS / 1000, TRUST_MS % 1000 * 1000000 };

    if (!alone(db)) nanosleep(&t, NULL);
}
