/*
 * Made over a connection of its own: databases are created and dropped outside of transactions,
 * which the backend never is.
 */
#include "db/scratch.h"
#include "base/sys.h"
#include <ftw.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The address with another database in it. */
static const char *with_name(Arena *a, const char *server, const char *name)
{
    const char *host = strstr(server, "://"), *slash, *tail;

    host = host ? host + 3 : server;
    slash = strchr(host, '/');
    tail = strchr(host, '?');
    if (!slash || (tail && slash > tail)) slash = tail ? tail : host + strlen(host);
    return arena_printf(a, "%.*s/%s%s", (int)(slash - server), server, name, tail ? tail : "");
}

/* cx may be NULL: nobody hears of a failure. */
static bool on_server(Cx *cx, const char *server, const char *sql)
{
    PGconn *conn = PQconnectdb(server);
    PGresult *r = PQstatus(conn) == CONNECTION_OK ? PQexec(conn, sql) : NULL;
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;

    if (!ok && cx) {
        cx_fail(cx, E_DB, "the server gives no database to test on");
        cx_detail(cx, "%s", PQerrorMessage(conn));
    }
    PQclear(r);
    PQfinish(conn);
    return ok;
}

bool scratch_make(Cx *cx, const char *server, Scratch *out)
{
    unsigned long long random;

    if (server && !str_starts(server, "postgres")) server = NULL;
    *out = (Scratch){ .dir = "/tmp/tenon-test-XXXXXX", .server = server };
    if (!mkdtemp(out->dir)) return cx_fail(cx, E_SYS, "cannot make a temporary folder");
    if (!server) {
        out->url = arena_printf(cx->a, "sqlite:%s/test.db", out->dir);
        return true;
    }
    sys_random(&random, sizeof random);
    out->name = arena_printf(cx->a, "tenon_test_%016llx", random);
    out->url = with_name(cx->a, server, out->name);
    if (on_server(cx, server, arena_printf(cx->a, "CREATE DATABASE %s", out->name))) return true;
    rmdir(out->dir);
    return false;
}

static int drop_inside(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind;
    return at->level ? remove(path) : 0;
}

bool scratch_clear(Cx *cx, const Scratch *s)
{
    if (nftw(s->dir, drop_inside, 16, FTW_DEPTH | FTW_PHYS))
        return cx_fail(cx, E_SYS, "cannot empty %s", s->dir);
    return !s->server || on_server(cx, s->url, "SET client_min_messages = error; "
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

static int drop_path(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void scratch_drop(const Scratch *s)
{
    char sql[96];

    nftw(s->dir, drop_path, 16, FTW_DEPTH | FTW_PHYS);
    if (!s->server) return;
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", s->name);
    (void)on_server(NULL, s->server, sql);
}
