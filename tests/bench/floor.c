/*
 * floor — what CivetWeb, a database and the disk can do with hand-written C for one fixed table.
 *
 * The same data and the same answers' size as the bench app, no login, no rights, no history,
 * no schema layer: a ceiling that Tenon is measured against in the same run. The database's part
 * is floor_sqlite.c or floor_pg.c.
 *
 *     floor STORE PORT       serves GET /one/ID /list /group /page, POST /create /update/ID
 */
#include "floor.h"
#include <civetweb.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Answers: head and body in one write. */
typedef struct Out { char p[32768]; int n; } Out;

static void put(Out *o, const char *text)
{
    while (*text && o->n < (int)sizeof o->p - 8) {
        if (*text == '"' || *text == '\\') o->p[o->n++] = '\\';
        o->p[o->n++] = *text++;
    }
}

static void put_row(Out *o, const char *const *names, const char *const *cell, int n)
{
    for (int i = 0; i < n; i++) {
        o->n += snprintf(o->p + o->n, 64, "%s\"%s\":\"", i ? "," : "{", names[i]);
        put(o, cell[i] ? cell[i] : "");
        o->p[o->n++] = '"';
    }
    o->p[o->n++] = '}';
}

static int answer(struct mg_connection *c, const char *type, const Out *o)
{
    char *all = malloc((size_t)o->n + 256);
    int n = sprintf(all, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
                    type, o->n);

    memcpy(all + n, o->p, (size_t)o->n);
    mg_write(c, all, (size_t)(n + o->n));
    free(all);
    return 200;
}

static void one_row(void *out, const char *const *cell)
{
    static const char *const names[] = { "id", "number", "name", "company", "mobile", "source",
        "region", "stage", "owner", "next_on", "budget" };
    Out *o = out;

    if (o->n > 1) o->p[o->n++] = ',';
    put_row(o, names, cell, 11);
}

static void one_line(void *out, const char *const *cell)
{
    Out *o = out;

    o->n += sprintf(o->p + o->n, "<tr>");
    for (int i = 1; i < 9; i++) o->n += snprintf(o->p + o->n, 200, "<td>%s</td>", cell[i]);
    o->n += sprintf(o->p + o->n, "</tr>");
}

static void one_group(void *out, const char *const *cell)
{
    static const char *const names[] = { "stage", "count", "sum" };
    Out *o = out;

    if (o->n > 1) o->p[o->n++] = ',';
    put_row(o, names, cell, 3);
}

static int one(struct mg_connection *c, void *arg)
{
    Out o = { .n = 0 };

    (void)arg;
    store_read(ONE, atol(mg_get_request_info(c)->local_uri + 5), one_row, &o);
    return answer(c, "application/json", &o);
}

static int many(struct mg_connection *c, const char *type, int what, RowFn *row)
{
    Out o = { .p = "[", .n = 1 };

    store_read(what, 0, row, &o);
    o.p[o.n++] = ']';
    return answer(c, type, &o);
}

static int list(struct mg_connection *c, void *arg)
{
    return many(c, arg ? "text/html" : "application/json", LIST, arg ? one_line : one_row);
}

static int group(struct mg_connection *c, void *arg)
{
    (void)arg;
    return many(c, "application/json", GROUP, one_group);
}

static int store(struct mg_connection *c, void *arg)
{
    static const char *const keys[8] = { "name", "company", "mobile", "source", "region",
        "stage", "owner", "next_on" };
    const struct mg_request_info *ri = mg_get_request_info(c);
    char body[8192];
    Out o = { .n = 0 };
    const char *value[8];
    long id = arg ? atol(ri->local_uri + 8) : 0;
    int n = mg_read(c, body, sizeof body);
    json_t *in = json_loadb(body, n > 0 ? (size_t)n : 0, 0, NULL);

    for (int i = 0; i < 8; i++) value[i] = json_string_value(json_object_get(in, keys[i]));
    id = store_write(value, id);
    json_decref(in);
    o.n = sprintf(o.p, "{\"id\":%ld}", id);
    return answer(c, "application/json", &o);
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    store_open(argv[1]);
    char port[64];
    snprintf(port, sizeof port, "127.0.0.1:%s", argv[2]);
    const char *options[] = { "listening_ports", port, "num_threads", "64", "tcp_nodelay", "1",
        "enable_keep_alive", "yes", "keep_alive_timeout_ms", "3000", NULL };
    mg_init_library(0);
    struct mg_context *ctx = mg_start(NULL, NULL, options);
    if (!ctx) return 3;
    mg_set_request_handler(ctx, "/one/", one, NULL);
    mg_set_request_handler(ctx, "/list", list, NULL);
    mg_set_request_handler(ctx, "/page", list, "html");
    mg_set_request_handler(ctx, "/group", group, NULL);
    mg_set_request_handler(ctx, "/create", store, NULL);
    mg_set_request_handler(ctx, "/update/", store, "update");
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    int got;
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    sigwait(&stop, &got);
    _exit(0);
}
