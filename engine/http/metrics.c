/*
 * metrics.c — one function for each part of the house. Routes and plugins that were never asked
 * are left out, so that the text stays short.
 */
#include "http/metrics.h"
#include "http/metric.h"
#include "http/route.h"
#include "http/stats.h"
#include "data/figures.h"
#include "data/health.h"
#include "data/jobs.h"
#include "base/version.h"
#include "rule/plugin_stats.h"

static const char *const classes[] = { "none", "1xx", "2xx", "3xx", "4xx", "5xx" };

static void put_route(Str *s, const Route *route, int at, bool time)
{
    RouteStats seen = stats_route(at);
    MetricLabel label[METRIC_LABELS] = { { "method", route ? route->method : "" },
        { "route", route ? route->path : "" } };

    if (time) {
        if (seen.time.n)
            metric_histogram(s, "tenon_request_seconds", label, &hist_time, &seen.time);
        return;
    }
    for (int i = 0; i < LEN(seen.requests); i++) {
        if (!seen.requests[i]) continue;
        label[2] = (MetricLabel){ "code", classes[i] };
        metric_value(s, "tenon_requests_total", label, (double)seen.requests[i]);
    }
}

static void put_requests(Str *s)
{
    const Route *list;
    int n = route_list(&list);
    Stats now = stats_now();

    metric_family(s, "tenon_requests_total", METRIC_COUNTER,
        "Requests answered, by route and class of status; no route: unknown addresses");
    for (int i = 0; i <= n; i++) put_route(s, i ? &list[i - 1] : NULL, i, false);
    metric_family(s, "tenon_request_seconds", METRIC_HISTOGRAM,
        "Time from the whole request to the end of its answer");
    for (int i = 0; i <= n; i++) put_route(s, i ? &list[i - 1] : NULL, i, true);
    metric_one(s, "tenon_requests_active", METRIC_GAUGE, "Requests under way",
        (double)now.active);
    metric_one(s, "tenon_requests_refused_total", METRIC_COUNTER,
        "Requests refused before routing: malformed, too large, too slow, while stopping",
        (double)now.refused);
    metric_one(s, "tenon_event_streams", METRIC_GAUGE, "Streams of live events that are open",
        (double)now.streams);
}

static void put_works(Str *s, Engine *e)
{
    EngineStats now = engine_stats(e);

    metric_one(s, "tenon_works", METRIC_GAUGE, "How many requests can compute at a time",
        now.most);
    metric_one(s, "tenon_works_busy", METRIC_GAUGE, "Works in use", now.busy);
    metric_one(s, "tenon_works_waiting", METRIC_GAUGE, "Requests that wait for a Work",
        now.waiting);
    metric_one(s, "tenon_works_refused_total", METRIC_COUNTER,
        "Requests that got no Work in time", (double)now.gave_up);
    metric_family(s, "tenon_works_wait_seconds", METRIC_HISTOGRAM,
        "Waiting for a Work, of those who had to");
    metric_histogram(s, "tenon_works_wait_seconds", NULL, &hist_time, &now.waited);
}

static void put_hist(Str *s, const char *name, const char *help, const HistScale *scale,
    const Hist *h)
{
    if (!h) return;
    HistSeen seen = hist_see(h);
    metric_family(s, name, METRIC_HISTOGRAM, help);
    metric_histogram(s, name, NULL, scale, &seen);
}

static void put_database(Str *s, Engine *e)
{
    DbStats now = db_stats(engine_pool(e));

    metric_one(s, "tenon_db_units_total", METRIC_COUNTER, "Writes", (double)now.units);
    metric_one(s, "tenon_db_commits_total", METRIC_COUNTER, "Commits, each of one or many writes",
        (double)now.commits);
    metric_one(s, "tenon_db_queued", METRIC_GAUGE, "Writes that wait for another one",
        (double)now.queued);
    metric_one(s, "tenon_db_longest_write_seconds", METRIC_GAUGE,
        "Longest write since the start, without its commit", (double)now.longest_us / 1e6);
    metric_one(s, "tenon_db_retries_total", METRIC_COUNTER,
        "Writes run again because others were in the way", (double)now.retries);
    metric_one(s, "tenon_db_reconnects_total", METRIC_COUNTER, "Connections made anew",
        (double)now.reconnects);
    put_hist(s, "tenon_db_batch_units", "Writes in one commit", &hist_count, now.batch);
    put_hist(s, "tenon_db_commit_seconds", "Time of a commit until it is on disk", &hist_time,
        now.commit);
}

static void put_timers(Str *s, const Figures *f)
{
    metric_family(s, "tenon_timers_late_seconds", METRIC_HISTOGRAM,
        "Timers that fired, by how late they were");
    metric_histogram(s, "tenon_timers_late_seconds", NULL, &hist_late, &f->timers);
    metric_one(s, "tenon_timers_failed_total", METRIC_COUNTER,
        "Timers whose write failed; they are tried again", (double)f->timers_failed);
}

static void put_jobs(Str *s, const Figures *f)
{
    const JobKind *kind;
    int n = jobs_kinds(&kind);

    metric_family(s, "tenon_job_seconds", METRIC_HISTOGRAM, "Time of one run of a job");
    for (int i = 0; i < n; i++)
        metric_histogram(s, "tenon_job_seconds", (MetricLabel[]){ { "kind", kind[i].kind },
            { 0 } }, &hist_time, &f->job[i].time);
    metric_family(s, "tenon_jobs_failed_total", METRIC_COUNTER,
        "Runs of jobs that failed; they are tried again");
    for (int i = 0; i < n; i++)
        metric_value(s, "tenon_jobs_failed_total", (MetricLabel[]){ { "kind", kind[i].kind },
            { 0 } }, (double)f->job[i].failed);
}

static void put_answers(Str *s, const Figures *f)
{
    static const char *const name[FIGURES_ANSWERS] = { "none", "1xx", "2xx", "3xx", "4xx", "5xx" };

    metric_family(s, "tenon_web_calls_total", METRIC_COUNTER,
        "Web calls to receivers and robots, by how they were answered");
    for (int i = 0; i < FIGURES_ANSWERS; i++)
        metric_value(s, "tenon_web_calls_total", (MetricLabel[]){ { "answer", name[i] }, { 0 } },
            (double)f->answer[i]);
}

static void put_backlog(Str *s, Engine *e)
{
    Cx cx = cx_begin(s->a, NULL);
    Backlog b;
    bool up = health_backlog(e, &cx, &b);

    metric_one(s, "tenon_database_up", METRIC_GAUGE, "Does the database answer", up);
    if (!up) return;
    const struct { const char *state; int64_t n; } jobs[] = { { "waiting", b.jobs_waiting },
        { "running", b.jobs_running }, { "retrying", b.jobs_retrying }, { "dead", b.jobs_dead } };
    metric_family(s, "tenon_jobs", METRIC_GAUGE,
        "Jobs of all nodes, each in one state");
    for (int i = 0; i < LEN(jobs); i++)
        metric_value(s, "tenon_jobs", (MetricLabel[]){ { "state", jobs[i].state }, { 0 } },
            (double)jobs[i].n);
    metric_one(s, "tenon_timers", METRIC_GAUGE, "Timers that are set", (double)b.timers);
    metric_one(s, "tenon_timers_due", METRIC_GAUGE, "Timers whose moment has come",
        (double)b.timers_due);
    metric_one(s, "tenon_timers_overdue_seconds", METRIC_GAUGE,
        "How long the oldest of them is due", (double)b.late_s);
}

static void put_rules(Str *s)
{
    PluginStats list[PLUGIN_STATS_MOST];
    int n = plugin_stats_list(list);
    const struct { const char *name, *help; } family[] = {
        { "tenon_rule_runs_total", "Calls of rules, by plugin" },
        { "tenon_rule_failures_total", "Calls that ended in a mistake or a broken budget" },
        { "tenon_rule_seconds_total", "Time in rules, with the writes they made" } };

    for (int k = 0; n && k < LEN(family); k++) {
        metric_family(s, family[k].name, METRIC_COUNTER, family[k].help);
        for (int i = 0; i < n; i++) {
            double v = k == 0 ? (double)list[i].runs : k == 1 ? (double)list[i].failed
                : (double)list[i].us / 1e6;
            metric_value(s, family[k].name, (MetricLabel[]){ { "plugin", list[i].plugin },
                { 0 } }, v);
        }
    }
}

void metrics_put(Engine *e, Str *s)
{
    Figures f = figures_now();
    App *app = engine_app(e);

    put_requests(s);
    put_works(s, e);
    put_database(s, e);
    put_timers(s, &f);
    put_jobs(s, &f);
    put_answers(s, &f);
    put_backlog(s, e);
    put_rules(s);
    metric_one(s, "tenon_app_version", METRIC_GAUGE, "Version of the definitions served",
        (double)app->version);
    metric_family(s, "tenon_build_info", METRIC_GAUGE, "The program");
    metric_value(s, "tenon_build_info", (MetricLabel[]){ { "version", TENON_VERSION },
        { "app", app->key }, { 0 } }, 1);
    app_give(app);
    metrics_process(s);
}
