/*
 * route — every URL of the product is a line of one table (routes.c).
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H
#include "http/request.h"

enum {
    ROUTE_PAGE   = 1,         /* HTML; errors are pages; not signed in → /login */
    ROUTE_OPEN   = 2,         /* no login; who is signed in is known all the same */
    ROUTE_ADMIN  = 4,         /* admin only */
    ROUTE_WRITE  = 8,         /* CSRF token for cookie sessions */
    ROUTE_BARE   = 16,        /* needs no Work (healthz, assets) */
    ROUTE_FILE   = 32,        /* the body is a file and goes to disk as it comes */
    ROUTE_IDLE   = 64,        /* pages ask by themselves: keeps no session alive */
    ROUTE_SIGNED = 128,       /* no person: the handler finds out who sent it */
    ROUTE_PACK   = 256        /* long, and holds no secret: may go out gzipped */
};
/* False: w->cx says why. */
typedef bool (*RouteRun)(Work *w, const Request *q, Response *r);
typedef struct Route {
    const char *method, *path; int flags; RouteRun run; const char *help;
} Route;

int route_list(const Route **out);
/* Splits the table's paths; before threads start. */
void route_init(void);
/* The route of a request; segments are filled. A path's last {…*} takes all that follows.
   *other: the path exists with other methods. */
const Route *route_find(Cx *cx, Request *q, bool *other);
/* Does its body go to disk as it comes: a file, or an HTML form that holds files? */
bool route_streams(Arena *a, const Request *q);
/* Before such a body is received: who is it, and may they send it? False: r says no. */
MUST bool route_admits(Engine *e, const Request *q, Response *r, Arena *a);
/* Everything between a parsed head and an answer: route, login, CSRF, limits, handler, errors,
   security headers. */
void route_run(Engine *e, Request *q, Response *r, Arena *a);
/* The security headers every answer carries. */
void route_headers(const Request *q, Response *r);
#endif
