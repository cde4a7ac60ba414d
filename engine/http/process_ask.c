/*
 * process_ask.c — the address of a report.
 */
#include "http/process_ask.h"
#include "data/perm.h"

/* A day: its midnight; the end of the period is not part of it. */
MUST static bool moment(Work *w, const Request *q, const char *name, int64_t *out)
{
    const char *text = request_arg(q, name);
    const Zone *zone = w->who.zone ? w->who.zone : w->app->zone;
    int64_t day;

    if (!text || !*text) return true;
    if (date_parse(text, &day)) *out = local_at(day, 0, zone);
    else if (!datetime_parse(text, zone, out))
        return cx_fail(&w->cx, E_SYNTAX, "`%s` is a day or a time such as 2026-03-02", name);
    return true;
}

bool process_ask(Work *w, const Request *q, ProcessAsk *out)
{
    const Workflow *flow = app_workflow(w->app, q->segment[0]);
    const char *filter = request_arg(q, "filter");

    *out = (ProcessAsk){ .flow = flow, .to = INT64_MAX,
        .filter = filter && *filter ? filter : NULL };
    if (!flow || !perm_may(w, flow->form, ACT_READ))
        return cx_fail(&w->cx, E_MISSING, "there is no workflow %s", q->segment[0]);
    return moment(w, q, "from", &out->from) && moment(w, q, "to", &out->to);
}

bool process_whole(Work *w, const ProcessAsk *ask, Process *p, ServiceRow **level, int *n)
{
    return process_report(w, ask, p) && process_now(w, ask, p)
        && service_levels(w, ask->flow, ask->from, ask->to == INT64_MAX ? w->now + 1 : ask->to,
            level, n);
}
