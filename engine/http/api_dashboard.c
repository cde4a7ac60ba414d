/*
 * api_dashboard.c — the dashboards one may open, and one of them with its numbers.
 */
#include "http/api.h"
#include "http/dashboard.h"

bool api_dashboards(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    if (!request_args_only(&w->cx, q, none)) return false;
    Json j = response_json(r, 200);

    json_map(&j);
    json_key(&j, "dashboards");
    json_list(&j);
    for (int i = 0; i < w->app->ndashboard; i++) {
        const Dashboard *d = w->app->dashboard[i];
        if (!dash_may(w, d)) continue;
        json_map(&j);
        json_key(&j, "dashboard"); json_text(&j, d->key);
        json_key(&j, "label"); json_text(&j, dashboard_label(d, w->cx.lang));
        json_key(&j, "help"); json_text(&j, label_show(&d->help, w->cx.lang, NULL));
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

/* Beside its filters nothing is asked for. */
MUST static bool only_filters(Work *w, const Request *q, const Dashboard *d)
{
    const char **known = ARENA_ARRAY(w->cx.a, const char *, 3 * d->nfilter + 1);
    int n = 0;

    for (int i = 0; i < d->nfilter; i++) {
        known[n++] = d->filter[i].key;
        if (d->filter[i].kind != FILTER_PERIOD) continue;
        known[n++] = arena_printf(w->cx.a, "%s.from", d->filter[i].key);
        known[n++] = arena_printf(w->cx.a, "%s.to", d->filter[i].key);
    }
    known[n] = NULL;
    return request_args_only(&w->cx, q, known);
}

bool api_dashboard(Work *w, const Request *q, Response *r)
{
    DashAsk ask;
    Node *tree;

    if (!dashboard_ask(w, q, q->segment[0], &ask) || !only_filters(w, q, ask.dashboard)
            || !dashboard_node(w, &ask, &tree)) return false;
    Json j = response_json(r, 200);
    json_node(&j, tree);
    return true;
}
