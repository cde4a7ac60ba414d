/*
 * route.c — from a head to an answer.
 *
 * Order of battle: find the route; take a Work; parse; who is it; may this kind of request be
 * (origin, CSRF, rate, admin); the handler; failures become problems; security headers.
 */
#include "http/handlers.h"
#include "http/limits.h"
#include "http/multipart.h"
#include "http/pack.h"
#include "http/stats.h"
#include "http/upload.h"
#include "data/auth.h"
#include "data/events.h"
#include "base/sys.h"

#include <sodium.h>
#include <string.h>

enum { MAX_ROUTES = STATS_ROUTES - 1, MAX_PARTS = 12 };

/* A route's path, split once. */
typedef struct Split { const char *part[MAX_PARTS]; int n; bool rest; } Split;
static Split split[MAX_ROUTES];
static Arena *kept;

void route_init(void)
{
    const Route *list;
    int n = route_list(&list);
    BUG_IF(n > MAX_ROUTES);
    if (kept) return;
    kept = arena_new();
    for (int i = 0; i < n; i++) {
        char **part;
        int parts = str_split(kept, list[i].path + 1, '/', &part);
        if (!list[i].path[1]) parts = 0;
        BUG_IF(parts > MAX_PARTS);
        for (int k = 0; k < parts; k++) split[i].part[k] = part[k];
        split[i].n = parts;
        split[i].rest = parts && str_ends(part[parts - 1], "*}");
    }
}

static bool matches(const Split *s, const Request *q)
{
    if (s->rest ? q->npart < s->n : q->npart != s->n) return false;
    for (int i = 0; i < s->n; i++)
        if (s->part[i][0] != '{' && strcmp(s->part[i], q->part[i])) return false;
    return true;
}

static void take_segments(const Split *s, Request *q)
{
    q->nsegment = 0;
    for (int i = 0; i < s->n && q->nsegment < LEN(q->segment); i++)
        if (s->part[i][0] == '{') q->segment[q->nsegment++] = q->part[i];
}

/* 1 + its place in the table; 0: none. */
static int route_number(const Route *route)
{
    const Route *list;
    (void)route_list(&list);
    return route ? (int)(route - list) + 1 : 0;
}

const Route *route_find(Cx *cx, Request *q, bool *other)
{
    const Route *list;
    int n = route_list(&list);
    const char *method = str_eq(q->method, "HEAD") ? "GET" : q->method;
    *other = false;
    for (int i = 0; i < n; i++) {
        if (!matches(&split[i], q)) continue;
        if (strcmp(list[i].method, method)) { *other = true; continue; }
        take_segments(&split[i], q);
        return &list[i];
    }
    cx_fail(cx, E_MISSING, "there is no such address");
    return NULL;
}

void route_headers(const Request *q, Response *r)
{
    Cx cx = cx_begin(r->body.a, NULL);
    bool html = r->type && str_starts(r->type, "text/html");
    response_header(&cx, r, "X-Content-Type-Options", "nosniff");
    response_header(&cx, r, "Referrer-Policy", "same-origin");
    response_header(&cx, r, "Cache-Control", r->cache ? r->cache : "no-store");
    response_header(&cx, r, "Content-Security-Policy", r->csp ? r->csp : !html
        ? "default-src 'none'; frame-ancestors 'none'"
        : arena_printf(r->body.a,
        "default-src 'self'; style-src 'self'%s; img-src 'self' data:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            q->nonce ? arena_printf(r->body.a, " 'nonce-%s'", q->nonce) : ""));
    if (q->https)
        response_header(&cx, r, "Strict-Transport-Security", "max-age=31536000");
}

/* Who is it? On open routes nobody is fine, and a stale session is nobody. */
static bool sign_in(Work *w, Request *q, const Route *route)
{
    bool ok;
    w->idle = route->flags & ROUTE_IDLE;
    if (route->flags & ROUTE_SIGNED) {
        q->session = NULL;
        return true;
    }
    if (q->token) {
        q->session = NULL;
        ok = auth_token(w, q->token);
    } else if (q->session) {
        ok = auth_session(w, q->session);
    } else {
        ok = cx_fail(&w->cx, E_LOGIN, "please sign in");
    }
    if (!ok && w->cx.err == E_LOGIN && route->flags & ROUTE_OPEN) {
        q->session = NULL;
        cx_clear(&w->cx);
        return true;
    }
    return ok;
}

/* A browser says where a request comes from; only our own pages may write with its cookies. */
static bool same_origin(const Request *q)
{
    const char *site = request_header(q, "Sec-Fetch-Site");
    if (site) return str_eq(site, "same-origin") || str_eq(site, "none");
    const char *origin = request_header(q, "Origin"), *host = request_header(q, "Host");
    if (!origin) return true;
    const char *name = strstr(origin, "://");
    return name && host && str_eq(name + 3, host);
}

static bool check_write(Work *w, Request *q, const Route *route)
{
    if (q->token || str_eq(q->method, "GET") || str_eq(q->method, "HEAD")) return true;
    if (!same_origin(q))
        return cx_fail(&w->cx, E_DENIED, "this request came from another site");
    if (!(route->flags & ROUTE_WRITE) || route->flags & ROUTE_OPEN || !q->session) return true;
    const char *token = request_header(q, "X-CSRF-Token");
    if (!token && q->posted) token = node_text(node_find(q->form, "_csrf"));
    if (!token || !auth_csrf_ok(w, q->session, token))
        return cx_fail(&w->cx, E_DENIED, "this page is too old; please load it again");
    return true;
}

static bool check_rate(Work *w, const Request *q, const Route *route)
{
    bool call = route->flags & ROUTE_SIGNED;
    if (!call && !str_starts(q->path, "/api/")) return true;
    const char *caller = call ? q->address : q->token ? q->token : q->session ? q->session : q->address;
    if (limits_take(caller, w->app->limits.api_per_s)) return true;
    return cx_fail(&w->cx, E_LIMIT, "too many requests; please wait a second");
}

static void choose_language(Work *w, Request *q)
{
    if (w->who.lang && !request_cookie(w->cx.a, q, "lang")) q->lang = w->who.lang;
    w->cx.lang = q->lang;
}

static void make_nonce(Request *q, Arena *a)
{
    unsigned char bytes[16];
    char text[32];
    sys_random(bytes, sizeof bytes);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
        sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    q->nonce = arena_dup(a, text);
}

bool route_streams(Arena *a, const Request *q)
{
    Request probe = *q;
    Cx cx = cx_begin(a, NULL);
    bool other;
    const Route *route = route_find(&cx, &probe, &other);
    int form = ROUTE_PAGE | ROUTE_WRITE;
    bool parts = multipart_boundary(a, request_header(q, "Content-Type")) != NULL;
    if (!route) return false;
    return route->flags & ROUTE_FILE
        || (parts && (route->flags & form) == form && !(route->flags & ROUTE_OPEN));
}

bool route_admits(Engine *e, const Request *q, Response *r, Arena *a)
{
    Request probe = *q;
    Cx cx = cx_begin(a, NULL);
    bool other;
    const Route *route = route_find(&cx, &probe, &other);
    Work *w = engine_take(e, &cx, NULL);

    if (!w) {
        response_problem_early(q, r, err_status(cx.err), cx.err, err_code(cx.err), cx.text);
        return false;
    }
    bool ok = request_parse(&w->cx, &probe, w->app) && sign_in(w, &probe, route);
    /* The token of a form comes with its body. */
    bool later = ok && !(route->flags & ROUTE_FILE);
    if (ok) choose_language(w, &probe);
    if (later && !probe.token && !same_origin(&probe))
        ok = cx_fail(&w->cx, E_DENIED, "this request came from another site");
    else if (ok && !later) ok = check_write(w, &probe, route);
    if (ok && route->flags & ROUTE_ADMIN && !w->who.admin)
        ok = cx_fail(&w->cx, E_DENIED, "only an admin may do this");
    if (!ok) response_problem(w, &probe, r);
    engine_give(w);
    return ok;
}

static bool run(Work *w, Request *q, Response *r, const Route *route)
{
    if (!request_parse(&w->cx, q, w->app)) return false;
    if (!sign_in(w, q, route)) return false;
    choose_language(w, q);
    if (!check_rate(w, q, route) || !check_write(w, q, route)) return false;
    if (q->posted) node_remove((Node *)q->form, "_csrf");
    if (route->flags & ROUTE_ADMIN && !w->who.admin)
        return cx_fail(&w->cx, E_DENIED, "only an admin may do this");
    if (route->flags & ROUTE_PAGE && q->nupload && !upload_keep(w, q)) return false;
    w->via = route->flags & ROUTE_PAGE ? "page" : "api";
    w->writes = 0;
    /* Before the page is read: what is committed meanwhile is told it. */
    if (route->flags & ROUTE_PAGE && w->who.id) q->live = events_here(w);
    return route->run(w, q, r);
}

/* A read that takes longer ends with E_LIMIT: what one person asks must not hold a Work. */
#define READ_MS 8000

/* What another node published while the request was under way may have been in its way: nothing
   is sent yet, and what was written is known, so it is run again on what is served now. */
static bool run_again(Work *w, const Request *asked, Request *q, Response *r, WorkSaved *saved)
{
    bool in_the_way = w->cx.err == E_MOVED || w->cx.err == E_DB;
    if (!in_the_way || w->writes || !engine_moved(w)) return false;
    if (r->file) fclose(r->file);
    *r = response_begin(r->body.a);
    *q = *asked;
    *saved = w->saved;
    saved->again = 0;
    return true;
}

enum { TRIES = 5 };

/* False: it is to be run once more. */
static bool run_with_work(Engine *e, Request *q, Response *r, Arena *a, const Route *route, int try,
    WorkSaved *saved)
{
    Request asked = *q;
    Cx cx = cx_begin(a, NULL);
    Work *w = engine_take(e, &cx, NULL);
    if (!w) {
        response_problem_early(q, r, err_status(cx.err), cx.err, err_code(cx.err), cx.text);
        response_header(&cx, r, "Retry-After", "1");
        return true;
    }
    db_timeout(w->db, READ_MS);
    w->saved = *saved;
    if (route ? !run(w, q, r, route) : request_parse(&w->cx, q, w->app)) {
        if (route && try < TRIES && run_again(w, &asked, q, r, saved)) {
            engine_give(w);
            return false;
        }
        if (!route) {
            if (q->session && !auth_session(w, q->session)) cx_clear(&w->cx);
            choose_language(w, q);
            cx_fail(&w->cx, E_MISSING, "there is no such address");
        }
        response_problem(w, q, r);
    } else if (!route) {
        response_problem(w, q, r);
    }
    /* What lives on after the Work is given back. */
    q->address = arena_dup(a, q->address);
    q->lang = NULL;
    q->form = NULL;
    engine_give(w);
    return true;
}

static void not_allowed(Request *q, Response *r)
{
    const Route *list;
    int n = route_list(&list);
    Str allow = str_begin(r->body.a);
    for (int i = 0; i < n; i++)
        if (matches(&split[i], q)) {
            if (allow.n) str_add(&allow, ", ");
            str_add(&allow, list[i].method);
            if (str_eq(list[i].method, "GET")) str_add(&allow, ", HEAD");
        }
    response_problem_early(q, r, 405, E_SYNTAX, "method_not_allowed",
        "this address takes other methods");
    Cx cx = cx_begin(r->body.a, NULL);
    response_header(&cx, r, "Allow", str_show(&allow));
}

void route_run(Engine *e, Request *q, Response *r, Arena *a)
{
    Cx cx = cx_begin(a, NULL);
    bool other;
    int64_t start = sys_mono_us();
    WorkSaved saved = { .n = 0 };
    const Route *route = route_find(&cx, q, &other);
    q->engine = e;
    q->route = route_number(route);
    if (route && route->flags & ROUTE_PAGE) make_nonce(q, a);
    if (!route && other) not_allowed(q, r);
    else if (route && route->flags & ROUTE_BARE) route->run(NULL, q, r);
    else for (int i = 1; !run_with_work(e, q, r, a, route, i, &saved); i++);
    if (route && route->flags & ROUTE_PACK) response_pack(q, r);
    route_headers(q, r);
    if (!sys_logs(LOG_DEBUG)) return;
    sys_log(LOG_DEBUG, "request", "request", q->id, "method", q->method, "path", q->path,
        "status",
        arena_printf(a, "%d", r->status), "us",
        arena_printf(a, "%lld", (long long)(sys_mono_us() - start)), NULL);
}
