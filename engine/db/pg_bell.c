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
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define POLL_MS 1000
#define GATHER_US 20000       /* commits so close together are told as one */

typedef struct PgBell {
    PgPool *pool;
    pthread_t thread;
    int wake;                 /* an eventfd: 1 a commit of ours, STOP the end */
    PGconn *conn;
} PgBell;
#define STOP ((uint64_t)1 << 32)

static void done_with(PGconn **conn)
{
    if (*conn) PQfinish(*conn);
    *conn = NULL;
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
    if (!ok || !(pg_through_pooler(b->conn) || simple(b->conn, "LISTEN tenon")))
        done_with(&b->conn);
}

static void tell(PgBell *b)
{
    if (b->conn && !simple(b->conn, "BEGIN; SET LOCAL synchronous_commit = off; NOTIFY tenon;"
            " COMMIT")) done_with(&b->conn);
}

static bool heard(PgBell *b)
{
    bool any = false;
    PGnotify *n;

    if (!b->conn) return false;
    if (!PQconsumeInput(b->conn)) done_with(&b->conn);
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
        poll(f, 2, POLL_MS);
        woken = 0;
        if (f[0].revents && read(b->wake, &woken, sizeof woken) != sizeof woken) woken = 0;
        if (woken && woken < STOP) {
            tell(b);
            usleep(GATHER_US);
        }
        if (heard(b) || sys_mono_us() - rung >= POLL_MS * INT64_C(1000)) {
            db_ring(&b->pool->base);
            rung = sys_mono_us();
        }
    }
    done_with(&b->conn);
    return NULL;
}

bool pg_bell_open(Cx *cx, PgPool *p, PgBell **out)
{
    PgBell *b = mem_alloc(sizeof *b);
    sigset_t all, old;

    *b = (PgBell){ .pool = p, .wake = eventfd(0, EFD_CLOEXEC) };
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

void pg_bell_pull(PgBell *b)
{
    db_ring(&b->pool->base);
    wake(b, 1);
}
