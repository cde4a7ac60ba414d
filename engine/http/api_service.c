/*
 * api_service.c — service levels of a workflow.
 */
#include "http/api.h"
#include "data/perm.h"
#include "http/process_ask.h"

enum { SINCE_DAYS = 90 };

static void put_count(Json *j, const char *key, int64_t n)
{
    json_name(j, key);
    json_int(j, n);
}

static void put_seconds(Json *j, const char *key, Val v)
{
    json_name(j, key);
    json_val(j, v);
}

void service_put(Work *w, const ServiceRow *row, Json *j)
{
    json_map(j);
    json_key(j, "stage");
    json_text(j, row->stage->key);
    json_key(j, "label");
    json_text(j, label_show(&row->stage->label, w->cx.lang, row->stage->key));
    put_count(j, "entered", row->entered);
    put_count(j, "left", row->left);
    put_count(j, "in_time", row->in_time);
    put_count(j, "late", row->late);
    put_count(j, "open_late", row->open_late);
    put_seconds(j, "median_working_seconds", row->median);
    put_seconds(j, "p90_working_seconds", row->p90);
    json_map_end(j);
}

static bool put_groups(Work *w, const Workflow *flow, int64_t from, int64_t to, const char *by,
    Json *j)
{
    ServiceGroups g;

    if (!by || !*by) return true;
    if (!service_groups(w, flow, from, to, by, &g)) return false;
    json_key(j, "by");
    json_text(j, by);
    json_key(j, "groups");
    json_list(j);
    for (int i = 0; i < g.n; i++) {
        const ServiceGroup *one = &g.group[i];
        json_map(j);
        json_key(j, "stage");
        json_text(j, one->stage->key);
        json_key(j, "key");
        api_value(w, g.by, one->key, j);
        put_count(j, "left", one->left);
        put_count(j, "in_time", one->in_time);
        put_count(j, "late", one->late);
        put_count(j, "open", one->open);
        put_count(j, "open_late", one->open_late);
        put_count(j, "working_seconds", one->working);
        json_map_end(j);
    }
    json_list_end(j);
    return !w->cx.err;
}

static bool put_approvals(Work *w, const Workflow *flow, int64_t from, int64_t to, Json *j)
{
    ServiceApproval *a;
    int n;

    if (!service_approvals(w, flow, from, to, &a, &n)) return false;
    json_key(j, "approvals");
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "transition");
        json_text(j, a[i].transition->key);
        json_key(j, "label");
        json_text(j, label_show(&a[i].transition->approve[a[i].step].label, w->cx.lang,
            label_show(&a[i].transition->label, w->cx.lang, a[i].transition->key)));
        put_count(j, "step", a[i].step);
        put_count(j, "in_time", a[i].in_time);
        put_count(j, "late", a[i].late);
        put_count(j, "open", a[i].open);
        put_count(j, "open_late", a[i].open_late);
        json_map_end(j);
    }
    json_list_end(j);
    return true;
}

/* A day, `end`: until its end. */
static bool day_arg(Work *w, const Request *q, const char *name, bool end, int64_t *at)
{
    const char *text = request_arg(q, name);
    int64_t day;

    if (!text || !*text) return true;
    if (!date_parse(text, &day)) {
        cx_issue(&w->cx, at_field(name), "bad_date", "a date such as 2026-03-02 is expected");
        return cx_check(&w->cx);
    }
    *at = local_midnight(day + end, w->app->zone);
    return true;
}

bool api_service(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "from", "to", "by", NULL };
    const char *key = q->nsegment ? q->segment[0] : "";
    const Workflow *flow = app_workflow(w->app, key);
    int64_t today = local_day(w->now, w->app->zone);
    int64_t from = local_midnight(today - SINCE_DAYS, w->app->zone);
    int64_t to = local_midnight(today + 1, w->app->zone);
    ServiceRow *row;
    int n;

    if (!flow) return cx_fail(&w->cx, E_MISSING, "there is no workflow `%s`", key);
    if (!request_args_only(&w->cx, q, known)) return false;
    if (!day_arg(w, q, "from", false, &from) || !day_arg(w, q, "to", true, &to)) return false;
    if (!service_levels(w, flow, from, to, &row, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "workflow");
    json_text(&j, flow->key);
    json_key(&j, "stages");
    json_list(&j);
    for (int i = 0; i < n; i++) service_put(w, &row[i], &j);
    json_list_end(&j);
    if (!put_approvals(w, flow, from, to, &j)
        || !put_groups(w, flow, from, to, request_arg(q, "by"), &j)) return false;
    json_map_end(&j);
    return true;
}
