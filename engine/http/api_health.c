/*
 * api_health.c — for load balancers and scrapers. None of it takes a Work: it must be answered
 * when everything else is busy.
 *
 * Figures tell strangers too much, so they are for addresses that `metrics:` names and for admins;
 * unless it is set, for this machine only. A request that somebody passed on is not of this
 * machine, whatever it says: a proxy in front does not open the door.
 */
#include "http/api.h"
#include "http/metrics.h"
#include "http/stats.h"
#include "data/auth.h"
#include "data/health.h"

bool api_healthz(Work *w, const Request *q, Response *r)
{
    (void)w; (void)q;
    str_add(&r->body, "ok\n");
    return true;
}

bool api_readyz(Work *w, const Request *q, Response *r)
{
    Cx cx = cx_begin(r->body.a, NULL);
    const char *why = stats_draining() ? "the server is stopping" : health_look(q->engine);

    if (!why) why = engine_unfit(q->engine, cx.a);
    (void)w;
    if (!why) {
        str_add(&r->body, "ready\n");
        return true;
    }
    response_problem_bare(r, 503, "not_ready", why, q->id);
    response_header(&cx, r, "Retry-After", "2");
    return true;
}

static bool passed_on(const Request *q)
{
    static const char *const marks[] = { "X-Forwarded-For", "X-Forwarded-Proto",
        "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via" };

    for (int i = 0; i < LEN(marks); i++)
        if (request_header(q, marks[i])) return true;
    return false;
}

static bool may_look(const Request *q, const App *app)
{
    if (str_starts(q->address, "127.") && passed_on(q)) return false;
    if (app->nmetric) return str_in(q->address, app->metric, app->nmetric);
    return str_starts(q->address, "127.");
}

/* An admin, by token or session. False: r says no. */
static bool is_admin(const Request *q, Response *r)
{
    Cx cx = cx_begin(r->body.a, q->lang);
    Work *w = q->token || q->session ? engine_take(q->engine, &cx, q->lang) : NULL;
    Err err = E_LOGIN;
    bool ok = w && (q->token ? auth_token(w, q->token) : auth_session(w, q->session));

    if (ok) err = w->who.admin ? E_NONE : E_DENIED;
    else if (w ? w->cx.err != E_NONE : cx.err != E_NONE) err = w ? w->cx.err : cx.err;
    if (w) engine_give(w);
    if (err == E_NONE) return true;
    response_problem_bare(r, err_status(err), err_code(err), err == E_LOGIN
        ? "please sign in" : err == E_DENIED ? "only an admin may do this"
        : "the server is busy; try again in a moment", q->id);
    return false;
}

bool api_metrics(Work *none, const Request *asked, Response *r)
{
    Request q = *asked;
    App *app = engine_app(q.engine);
    Cx cx = cx_begin(r->body.a, NULL);
    bool parsed = request_parse(&cx, &q, app), may = may_look(&q, app);

    (void)none;
    app_give(app);
    if (!parsed) {
        response_problem_bare(r, err_status(cx.err), err_code(cx.err), cx.text, q.id);
        return true;
    }
    if (!may && !is_admin(&q, r)) return true;
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_put(q.engine, &r->body);
    return true;
}
