/*
 * api_health.c — for load balancers and Prometheus.
 */
#include "http/api.h"
#include "http/stats.h"
#include "data/jobs.h"

bool api_healthz(Work *w, const Request *q, Response *r)
{
    (void)w; (void)q;
    str_add(&r->body, "ok\n");
    return true;
}

bool api_readyz(Work *w, const Request *q, Response *r)
{
    Sql sql = sql_begin(w->cx.a, db_dialect(w->db));
    Val one;
    bool found;
    (void)q;
    sql_add(&sql, "SELECT 1");
    if (!db_one(&w->cx, w->db, &sql, &one, 1, &found)) return false;
    const char *unfit = engine_unfit(w->engine, w->cx.a);
    if (unfit) return cx_fail(&w->cx, E_BUSY, "%s", unfit);
    str_add(&r->body, "ready\n");
    return true;
}

static void metric(Str *s, const char *name, const char *type, const char *help, double v)
{
    str_printf(s, "# HELP tenon_%s %s\n# TYPE tenon_%s %s\ntenon_%s %.17g\n", name, help, name,
        type, name, v);
}

static void put_requests(Str *s, const Stats *now)
{
    double all = 0;
    str_add(s, "# HELP tenon_requests_total Requests answered, by class of status\n"
        "# TYPE tenon_requests_total counter\n");
    for (int i = 1; i < LEN(now->requests); i++) {
        str_printf(s, "tenon_requests_total{code=\"%dxx\"} %lld\n", i,
            (long long)now->requests[i]);
        all += (double)now->requests[i];
    }
    str_printf(s, "# HELP tenon_request_seconds Time spent answering\n"
        "# TYPE tenon_request_seconds summary\ntenon_request_seconds_sum %.6f\n"
        "tenon_request_seconds_count %.17g\n", (double)now->us / 1e6, all);
    metric(s, "requests_active", "gauge", "Requests under way", (double)now->active);
    metric(s, "requests_refused_total", "counter", "Requests refused before routing",
        (double)now->refused);
}

/* Figures are for the machine's own scraper, and for admins. */
static bool is_local(const Request *q)
{
    return str_starts(q->address, "127.") && !request_header(q, "X-Forwarded-For");
}

bool api_metrics(Work *w, const Request *q, Response *r)
{
    int64_t waiting, dead;
    if (!is_local(q) && !w->who.admin)
        return cx_fail(&w->cx, w->who.id ? E_DENIED : E_LOGIN, "only an admin may do this");
    if (!jobs_counts(w, &waiting, &dead)) return false;
    Stats now = stats_now();
    DbStats db = db_stats(engine_pool(w->engine));
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    put_requests(&r->body, &now);
    metric(&r->body, "db_units_total", "counter", "Writes", (double)db.units);
    metric(&r->body, "db_commits_total", "counter", "Commits, each of many writes",
        (double)db.commits);
    metric(&r->body, "db_longest_write_seconds", "gauge", "Longest write so far",
        (double)db.longest_us / 1e6);
    metric(&r->body, "db_retries_total", "counter", "Writes that ran again", (double)db.retries);
    metric(&r->body, "db_queued", "gauge", "Writes waiting", (double)db.queued);
    metric(&r->body, "jobs_waiting", "gauge", "Jobs not yet done", (double)waiting);
    metric(&r->body, "jobs_dead", "gauge", "Jobs that failed for good", (double)dead);
    metric(&r->body, "app_version", "gauge", "Version of the definitions served",
        (double)w->app->version);
    return true;
}
