/*
 * server.c — CivetWeb accepts and reads heads; this file checks them, reads bodies under a
 * deadline, lets route_run answer, and writes head and body in one write.
 *
 * A thread of CivetWeb belongs to a connection for its whole life, so threads are many; what
 * is heavy (Works) is taken only after the body has come in whole.
 */
#include "http/server.h"
#include "http/fence.h"
#include "http/file_body.h"
#include "http/framing.h"
#include "http/route.h"
#include "http/stats.h"
#include "http/upload.h"
#include "data/events.h"
#include "base/sys.h"

#include <civetweb.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { GRACE_MS = 10000, LEAST_RATE = 4096, DRAIN_MS = 10000, MOST_DRAINED = 64 << 20,
    DRAIN_RATE = 256 << 10 };
enum { LOOK_MS = 1000, LIVE_MS = 5000, THREADS = 256 };

struct Server { struct mg_context *ctx; Engine *engine; int port; };

static _Thread_local Arena *thread_arena;
static _Atomic uint64_t next_id;
static _Atomic int connections;

static void close_after(struct mg_connection *conn)
{
    mg_disable_connection_keep_alive(conn);
    /* CivetWeb reads what is left of the body before it closes: give that a second only. */
    fence_transfer(1000, 0);
}

static void send_file(struct mg_connection *conn, Response *r, Str *head, bool with_body)
{
    static const size_t piece = 65536;
    size_t n = file_body_size(r);
    response_head(r, head, n);
    bool ok = mg_write(conn, head->p, head->n) > 0;
    char *buf = arena_alloc(head->a, piece);
    fence_transfer(GRACE_MS, LEAST_RATE);
    for (size_t k; ok && with_body && n; n -= k) {
        fence_wait(true);
        k = file_body_read(r, buf, n < piece ? n : piece, head->a);
        fence_wait(false);
        ok = k && mg_write(conn, buf, k) == (int)k;
    }
    fence_off();
    file_body_close(r);
    if (!ok) close_after(conn);
}

static void answer(struct mg_connection *conn, Response *r, Arena *a, bool with_body)
{
    Str head = str_begin(a);
    r->close = r->close || stats_draining();
    const char *body = r->fixed ? r->fixed : r->body.p;
    size_t n = r->fixed ? r->nfixed : r->body.n;
    if (file_body_is(r)) { send_file(conn, r, &head, with_body); return; }
    if (r->status == 204 || r->status == 304) n = 0;
    response_head(r, &head, n);
    if (with_body && n) str_add_n(&head, body, n);
    fence_transfer(GRACE_MS, LEAST_RATE);
    mg_write(conn, head.p, head.n);
    fence_off();
    if (r->close) close_after(conn);
}

static bool send_within(struct mg_connection *conn, const Str *s, int ms)
{
    fence_transfer(ms, 0);
    bool ok = mg_write(conn, s->p, s->n) == (int)s->n;
    fence_off();
    return ok;
}

/* Until it is over, the client is gone or does not take what it is sent, or the server stops.
   The connection ends with it. */
static void send_live(struct mg_connection *conn, Response *r)
{
    Arena *a = arena_new();
    Str s = str_begin(a);
    r->close = true;
    response_head(r, &s, 0);
    bool on = send_within(conn, &s, LIVE_MS);
    stats_stream(1);
    while (on && !stats_draining()) {
        arena_reset(a);
        s = str_begin(a);
        on = r->live.wait(r->live.ctx, LOOK_MS, &s);
        if (on) on = s.n ? send_within(conn, &s, LIVE_MS) : !fence_closed();
    }
    stats_stream(-1);
    r->live.end(r->live.ctx);
    arena_free(a);
    close_after(conn);
}

/* A connection closed over unread bytes is reset, and the answer may be lost with it. Proxies
   pass "Expect" on and send the body all the same. */
static void drain(struct mg_connection *conn, Arena *a)
{
    static const size_t piece = 65536;
    char *buf = arena_alloc(a, piece);
    int64_t got = 0;
    fence_transfer(1000, DRAIN_RATE);
    for (int k; got < MOST_DRAINED && (k = mg_read(conn, buf, piece)) > 0; ) got += k;
}

static void add_retry(Response *r)
{
    Cx cx = cx_begin(r->body.a, NULL);
    response_header(&cx, r, "Retry-After", "1");
}

static void refuse(struct mg_connection *conn, Arena *a, const Request *q, Refusal why)
{
    Response r = response_begin(a);
    response_problem_early(q, &r, why.status, why.status == 413 ? E_SIZE : E_SYNTAX, why.code,
        why.text);
    r.close = true;
    stats_refused();
    route_headers(q, &r);
    if (why.status == 503) add_retry(&r);
    answer(conn, &r, a, !str_eq(q->method, "HEAD"));
    if (why.status == 413 || (why.status != 408 && q->streams)) drain(conn, a);
}

/* Who may not send: the answer before the body has come. */
static void turn_away(struct mg_connection *conn, Arena *a, const Request *q, Response *r)
{
    r->close = true;
    stats_refused();
    route_headers(q, r);
    answer(conn, r, a, true);
    drain(conn, a);
}

static int64_t body_limit(Engine *e)
{
    App *app = engine_app(e);
    int64_t limit = app->limits.body > 0 ? app->limits.body : INT64_MAX;
    app_give(app);
    return limit;
}

static Refusal go_ahead(struct mg_connection *conn, const Request *q, int64_t n, int64_t most)
{
    const char *expect = request_header(q, "Expect");
    if (n > most)
        return (Refusal){ 413, "too_large", "the body is larger than this system takes" };
    if (expect && strcasecmp(expect, "100-continue"))
        return (Refusal){ 417, "bad_request", "only 100-continue can be expected" };
    if (expect) mg_write(conn, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    return (Refusal){ 0, NULL, NULL };
}

static Refusal read_body(struct mg_connection *conn, Engine *e, Request *q, Arena *a, int64_t n)
{
    Refusal why = go_ahead(conn, q, n, body_limit(e));
    if (why.status) return why;
    char *body = arena_alloc(a, (size_t)n + 1);
    int64_t got = 0;
    fence_transfer(GRACE_MS, LEAST_RATE);
    while (got < n) {
        int64_t want = n - got > 65536 ? 65536 : n - got;
        int k = mg_read(conn, body + got, (size_t)want);
        if (k <= 0) break;
        got += k;
    }
    fence_off();
    if (got < n) return (Refusal){ 408, "bad_request", "the body did not come in time" };
    q->body = body;
    q->nbody = (size_t)n;
    return (Refusal){ 0, NULL, NULL };
}

/* To disk, in pieces. What has come of it is dropped with the request. */
static Refusal stream_body(struct mg_connection *conn, Engine *e, Request *q, Arena *a,
    int64_t n)
{
    static const int64_t piece = 65536;
    App *app = engine_app(e);
    Cx cx = cx_begin(a, NULL);
    Receiver *r = upload_begin(a, q, engine_contents(e), app);
    Refusal why = go_ahead(conn, q, n, upload_limit(app, q->posted));
    char *buf = arena_alloc(a, (size_t)piece);
    bool ok = true;

    fence_transfer(GRACE_MS, LEAST_RATE);
    while (!why.status && ok && n > 0) {
        int k = mg_read(conn, buf, (size_t)(n < piece ? n : piece));
        if (k <= 0) why = (Refusal){ 408, "bad_request", "the body did not come in time" };
        else ok = upload_add(&cx, r, buf, (size_t)k);
        n -= k;
    }
    fence_off();
    ok = ok && (why.status || upload_end(&cx, r));
    if (!ok && err_status(cx.err) >= 500)
        sys_log(LOG_ERROR, "a file cannot be kept", "request", q->id, "text", cx.text, "detail",
            cx.detail ? cx.detail : "", NULL);
    if (!ok) why = (Refusal){ err_status(cx.err), err_code(cx.err), arena_dup(a, cx.text) };
    app_give(app);
    return why;
}

static Refusal receive(struct mg_connection *conn, Engine *e, Request *q, Arena *a, int64_t n)
{
    if (!n) return (Refusal){ 0, NULL, NULL };
    return q->streams ? stream_body(conn, e, q, a, n) : read_body(conn, e, q, a, n);
}

static void fill(Request *q, const struct mg_request_info *ri, Arena *a)
{
    q->method = ri->request_method;
    q->query = ri->query_string;
    q->address = arena_dup(a, ri->remote_addr);
    q->path = "/";
    q->id = arena_printf(a, "%012llx", (unsigned long long)next_id++);
    q->header = ARENA_ARRAY(a, Pair, ri->num_headers + 1);
    for (int i = 0; i < ri->num_headers; i++)
        q->header[q->nheader++] = (Pair){ ri->http_headers[i].name, ri->http_headers[i].value };
}

static void serve(struct mg_connection *conn, Server *s, Arena *a)
{
    const struct mg_request_info *ri = mg_get_request_info(conn);
    Request q = { 0 };
    int64_t length;
    fill(&q, ri, a);
    Refusal why = framing_check(&q, &length);
    if (!why.status && (!ri->local_uri_raw || !request_path(a, &q, ri->local_uri_raw)))
        why = (Refusal){ 400, "bad_request", "the path is malformed" };
    if (!why.status && stats_refusing())
        why = (Refusal){ 503, "busy", "the server is stopping" };
    Response r = response_begin(a);
    q.streams = !why.status && length && route_streams(a, &q);
    if (q.streams && !route_admits(s->engine, &q, &r, a)) {
        turn_away(conn, a, &q, &r);
        return;
    }
    if (!why.status) why = receive(conn, s->engine, &q, a, length);
    if (why.status) {
        upload_drop(&q);
        refuse(conn, a, &q, why);
        return;
    }
    int64_t start = sys_mono_us();
    stats_begin();
    route_run(s->engine, &q, &r, a);
    upload_drop(&q);
    file_body_open(s->engine, &q, &r, a);
    if (!r.live.wait) answer(conn, &r, a, !str_eq(q.method, "HEAD"));
    stats_end(q.route, r.status, sys_mono_us() - start);
    if (r.live.wait) send_live(conn, &r);
}

static int on_request(struct mg_connection *conn)
{
    Server *s = mg_get_user_data(mg_get_context(conn));
    fence_idle(false);
    serve(conn, s, thread_arena);
    fence_idle(true);
    arena_reset(thread_arena);
    return 200;
}

static int on_connection(const struct mg_connection *conn, void **data)
{
    (void)conn; (void)data;
    fence_off();
    connections++;
    return 0;
}

static void on_close(const struct mg_connection *conn)
{
    (void)conn;
    connections--;
}

static void *on_thread(const struct mg_context *ctx, int type)
{
    (void)ctx;
    if (type == 1) thread_arena = arena_new();
    fence_idle(true);
    return NULL;
}

static void on_thread_end(const struct mg_context *ctx, int type, void *p)
{
    (void)ctx; (void)p;
    if (type == 1 && thread_arena) arena_free(thread_arena);
}

static int on_message(const struct mg_connection *conn, const char *text)
{
    (void)conn;
    if (stats_draining()) return 1;           /* that it cannot accept is what was meant */
    sys_log(LOG_WARN, "web server", "text", text, NULL);
    return 1;
}

/* Digits and dots only: an `s` would ask for CivetWeb's TLS, which Debian's build dies of. */
static bool check_listen(Cx *cx, const char *listen)
{
    const char *colon = strrchr(listen, ':');
    if (!colon || colon == listen || !colon[1])
        return cx_fail(cx, E_INPUT, "--listen wants ADDRESS:PORT, like 127.0.0.1:8080");
    if (colon[1 + strspn(colon + 1, "0123456789")])
        return cx_fail(cx, E_INPUT, "--listen: %s is no port; TLS is a reverse proxy's work",
            colon + 1);
    if (strspn(listen, "0123456789.") != (size_t)(colon - listen))
        return cx_fail(cx, E_INPUT, "--listen wants an IPv4 address, not %.*s",
            (int)(colon - listen), listen);
    return true;
}

bool server_start(Cx *cx, Engine *e, const ServerOptions *o, Server **out)
{
    if (!check_listen(cx, o->listen)) return false;
    int threads = o->threads ? o->threads : THREADS;
    const char *options[] = {
        "listening_ports", o->listen, "num_threads", arena_printf(cx->a, "%d", threads),
        "connection_queue", "1024", "listen_backlog", "1024",
        "enable_keep_alive", "yes", "keep_alive_timeout_ms", KEEP_ALIVE_TEXT "000",
        "request_timeout_ms", "10000", "tcp_nodelay", "1", "max_request_size", "32768",
        "enable_directory_listing", "no", "cgi_pattern", "", "decode_url", "no",
        "access_control_allow_origin", "", "access_control_allow_methods", "",
        "access_control_allow_headers", "", NULL
    };
    struct mg_callbacks on = { .begin_request = on_request, .log_message = on_message,
        .init_thread = on_thread, .exit_thread = on_thread_end,
        .init_connection = on_connection, .connection_closed = on_close };
    struct mg_server_port ports[4];
    Server *s = mem_alloc(sizeof *s);
    s->engine = e;
    sys_random(&next_id, sizeof next_id);
    next_id &= 0xffffffffff00u;
    route_init();
    events_allow(engine_events(e), threads / 2);
    mg_init_library(MG_FEATURES_DEFAULT);
    s->ctx = mg_start(&on, s, options);
    if (!s->ctx) {
        mem_free(s);
        return cx_fail(cx, E_SYS, "cannot listen on %s: %s", o->listen, strerror(errno));
    }
    if (mg_get_server_ports(s->ctx, LEN(ports), ports) > 0) s->port = ports[0].port;
    *out = s;
    return true;
}

int server_port(const Server *s)
{
    return s->port;
}

/* Asks every 20 ms; at most so long. */
static void wait_while(bool (*so)(void), int ms)
{
    for (int waited = 0; so() && waited < ms; waited += 20)
        nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
}

static bool always(void) { return true; }
static bool answering(void) { return stats_now().active > 0; }

/* One that is taken but has no thread yet is not counted: none must be there for a while. */
static bool connected(void)
{
    static _Thread_local int quiet;
    quiet = connections > 0 ? 0 : quiet + 1;
    return quiet < 10;
}

void server_stop(Server *s, int drain_s)
{
    stats_drain(true);
    events_close(engine_events(s->engine));
    if (drain_s) wait_while(always, drain_s * 1000);
    fence_deafen();
    if (drain_s) wait_while(connected, DRAIN_MS);
    stats_refuse(true);
    /* CivetWeb's stop cuts answers short, so wait for them first. */
    wait_while(answering, DRAIN_MS);
    fence_wake();
    mg_stop(s->ctx);
    mg_exit_library();
    mem_free(s);
}
