/*
 * admin_page.c — the state of the system: what is served, what waits, what failed.
 */
#include "http/handlers.h"
#include "http/page.h"
#include "http/stats.h"
#include "base/i18n.h"
#include "data/jobs.h"
#include "data/recent.h"

enum { DEAD_SHOWN = 20 };

static void add_fact(Work *w, Node *facts, const char *label, const char *text)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, facts, node_map(a));

    node_put_text(a, one, "label", i18n_text(w->cx.lang, label));
    node_put_text(a, one, "text", text);
}

static const char *number(Work *w, int64_t n)
{
    return arena_printf(w->cx.a, "%lld", (long long)n);
}

bool page_admin(Work *w, const Request *q, Response *r)
{
    Arena *a = w->cx.a;
    int64_t waiting, dead;
    DeadJob *job;
    int n;

    if (!jobs_counts(w, &waiting, &dead) || !recent_dead(w, DEAD_SHOWN, &job, &n)) return false;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Administration"));
    Node *facts = node_put(a, page, "facts", node_list(a));
    Node *list = node_put(a, page, "dead", node_list(a));
    Stats stats = stats_now();
    int64_t served = 0;
    for (int i = 0; i < LEN(stats.requests); i++) served += stats.requests[i];
    node_put_text(a, page, "waiting", engine_waiting(w->engine, a));
    add_fact(w, facts, "Definition version", number(w, w->app->version));
    add_fact(w, facts, "Forms", number(w, w->app->nform));
    add_fact(w, facts, "Workflows", number(w, w->app->nworkflow));
    add_fact(w, facts, "Folder", w->app->dir);
    add_fact(w, facts, "Jobs waiting", number(w, waiting));
    add_fact(w, facts, "Jobs failed", number(w, dead));
    add_fact(w, facts, "Requests served", number(w, served));
    add_fact(w, facts, "Requests under way", number(w, stats.active));
    add_fact(w, facts, "Server errors", number(w, stats.requests[5]));
    for (int i = 0; i < n; i++) {
        Node *one = node_add(a, list, node_map(a));
        int64_t at;
        bool known = job[i].since && datetime_parse(job[i].since, page_zone(w), &at);
        node_put_text(a, one, "kind", job[i].kind);
        node_put_text(a, one, "when", known ? page_moment(w, at) : job[i].since);
        node_put_text(a, one, "error", job[i].error);
    }
    return page_end(w, q, r, "admin", page);
}
