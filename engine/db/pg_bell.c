/*
 * One thread and connection of a node: it tells the others that something was committed (many
 * commits are one NOTIFY, in a transaction of its own, so that no commit waits for it), and rings
 * when another tells or a second has passed. Through PgBouncer there is no listening: then the
 * second is all.
 */
#include "db/pg.h"
#include "base/sys.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define POLL_MS 1000
#define GATHER_US 20000       /* commits so close together are told as one */

typedef struct PgBell {
    PgPool *pool;
    pthread_t thread;
    int wake;                 /* an eventfd: 1 a commit of ours; PEEK, STOP */
    PGconn *conn;
    bool pooled;
    int64_t looked;           /* at the clocks */
    char name[32];
} PgBell;
#define PEEK ((uint64_t)1 << 32)
#define STOP ((uint64_t)1 << 48)

static void done_with(PgBell *b)
{
    if (b->conn) PQfinish(b->conn);
    b->conn = NULL;
    pg_clocks_distrust(b->pool);
}

static bool simple(PGconn *conn, const char *sql)
{
    PGresult *r = PQexec(conn, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;

    PQclear(r);
    return ok;
}

static void quiet(void *arg, const char *message)
{
    (void)arg, (void)message;
}

static void connect_bell(PgBell *b)
{
    if (!pg_may_connect(b->pool)) return;
    b->conn = pg_connection(b->pool);
    bool ok = PQstatus(b->conn) == CONNECTION_OK;
    pg_was_away(b->pool, !ok);
    if (ok) PQsetNoticeProcessor(b->conn, quiet, NULL);
    b->pooled = ok && pg_through_pooler(b->conn);
    Arena *a = arena_new();
    if (!ok || !(b->pooled || simple(b->conn,
            arena_printf(a, "SET application_name = '%s'; LISTEN tenon", b->name))))
        done_with(b);
    arena_free(a);
}

static void tell(PgBell *b)
{
    if (b->conn && !simple(b->conn, "BEGIN; SET LOCAL synchronous_commit = off; NOTIFY tenon;"
            " COMMIT")) done_with(b);
}

/* When somebody wants it and it is time. */
static void look(PgBell *b, bool now)
{
    int due = pg_clocks_due(b->pool);
    int64_t at = sys_mono_us();

    if (!b->conn || b->pooled || due < 0) return;
    if (!now && at - b->looked < due * INT64_C(1000)) return;
    b->looked = at;
    if (!pg_clocks_read(b->pool, b->conn)) done_with(b);
}

static bool heard(PgBell *b)
{
    bool any = false;
    PGnotify *n;

    if (!b->conn) return false;
    if (!PQconsumeInput(b->conn)) done_with(b);
    while (b->conn && (n = PQnotifies(b->conn))) {
        any = any || n->be_pid != PQbackendPID(b->conn);
        PQfreemem(n);
    }
    return any;
}

static void *bell_main(void *arg)
{
    PgBell *b = arg;
    int64_t rung = sys_mono_us();
    uint64_t woken = 0;

    while (woken < STOP) {
        if (!b->conn) connect_bell(b);
        struct pollfd f[2] = { { .fd = b->wake, .events = POLLIN },
            { .fd = b->conn ? PQsocket(b->conn) : -1, .events = POLLIN } };
        int due = b->pooled ? -1 : pg_clocks_due(b->pool);
        poll(f, 2, due < 0 ? POLL_MS : due);
        woken = 0;
        if (f[0].revents && read(b->wake, &woken, sizeof woken) != sizeof woken) woken = 0;
        look(b, woken >= PEEK);
        if (woken % PEEK && woken < STOP) {
            tell(b);
            usleep(GATHER_US);
        }
        if (heard(b) || sys_mono_us() - rung >= POLL_MS * INT64_C(1000)) {
            db_ring(&b->pool->base);
            rung = sys_mono_us();
        }
    }
    done_with(b);
    return NULL;
}

bool pg_bell_open(Cx *cx, PgPool *p, PgBell **out)
{
    PgBell *b = mem_alloc(sizeof *b);
    sigset_t all, old;
    uint64_t random;

    *b = (PgBell){ .pool = p, .wake = eventfd(0, EFD_CLOEXEC) };
    sys_random(&random, sizeof random);
    snprintf(b->name, sizeof b->name, "tenon bell %016llx", (unsigned long long)random);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);           /* signals are the main thread's */
    bool ok = b->wake >= 0 && !pthread_create(&b->thread, NULL, bell_main, b);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!ok) {
        mem_free(b);
        return cx_fail(cx, E_SYS, "no thread to be had");
    }
    *out = b;
    return true;
}

static void wake(PgBell *b, uint64_t n)
{
    while (write(b->wake, &n, sizeof n) < 0 && errno == EINTR)
        ;
}

void pg_bell_close(PgBell *b)
{
    wake(b, STOP);
    pthread_join(b->thread, NULL);
    close(b->wake);
    mem_free(b);
}

void pg_bell_peek(PgBell *b)
{
    wake(b, PEEK);
}

const char *pg_bell_name(const PgBell *b)
{
    return b->name;
}

void pg_bell_pull(PgBell *b)
{
    db_ring(&b->pool->base);
    wake(b, 1);
}
