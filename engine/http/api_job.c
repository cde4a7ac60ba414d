/*
 * api_job.c — jobs: those that wait, fail or are dead, and an admin's word on them.
 */
#include "http/api.h"
#include "data/job_list.h"

static void moment(Json *j, int64_t at)
{
    json_val(j, at ? val_datetime(at) : val_blank());
}

static void put(Json *j, const JobRow *x)
{
    json_map(j);
    json_key(j, "id"); json_int(j, x->id);
    json_key(j, "kind"); json_text(j, x->kind);
    json_key(j, "receiver"); json_text(j, x->lane);
    json_key(j, "state"); json_text(j, x->running ? "running" : job_state_name[x->state]);
    json_key(j, "created_at"); moment(j, x->created);
    json_key(j, "attempts"); json_int(j, x->attempts);
    json_key(j, "next_at"); moment(j, x->state == JOBS_DEAD ? 0 : x->due);
    json_key(j, "tried_at"); moment(j, x->tried);
    json_key(j, "status");
    if (x->status) json_int(j, x->status);
    else json_null(j);
    json_key(j, "ms");
    if (x->tried) json_int(j, x->ms);
    else json_null(j);
    json_key(j, "error"); json_text(j, x->error);
    json_map_end(j);
}

static void put_lanes(Json *j, const Lane *lane, int n)
{
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "receiver"); json_text(j, lane[i].key);
        json_key(j, "stopped"); json_bool(j, lane[i].stopped);
        json_key(j, "since"); moment(j, lane[i].at);
        json_key(j, "until"); moment(j, lane[i].stopped ? 0 : lane[i].until);
        json_key(j, "error"); json_text(j, lane[i].error);
        json_map_end(j);
    }
    json_list_end(j);
}

bool api_jobs(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "state", "kind", "before", "limit", NULL };
    const char *name = request_arg(q, "state");
    int state = name ? 0 : JOBS_DEAD, n, nlane;
    JobRow *row;
    Lane *lane;

    if (!request_args_only(&w->cx, q, known)) return false;
    while (name && state < JOBS_STATES && !str_eq(name, job_state_name[state])) state++;
    if (state == JOBS_STATES)
        return cx_fail(&w->cx, E_SYNTAX, "state must be waiting, failing or dead");
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX);
    int limit = (int)request_arg_int(&w->cx, q, "limit", 50, 1, 500);
    if (w->cx.err || !job_list(w, (JobState)state, request_arg(q, "kind"), before, limit, &row, &n)
        || !lane_list(w, &lane, &nlane)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "jobs");
    json_list(&j);
    for (int i = 0; i < n; i++) put(&j, &row[i]);
    json_list_end(&j);
    json_key(&j, "resting");
    put_lanes(&j, lane, nlane);
    json_key(&j, "next");
    if (n == limit) json_int(&j, row[n - 1].id);
    else json_null(&j);
    json_map_end(&j);
    return true;
}

bool api_job_retry(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    int64_t id;

    if (!request_args_only(&w->cx, q, none) || !request_id(w, q, 0, &id) || !job_retry(w, id))
        return false;
    r->status = 204;
    return true;
}

bool api_job_drop(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    int64_t id;

    if (!request_args_only(&w->cx, q, none) || !request_id(w, q, 0, &id) || !job_drop(w, id))
        return false;
    r->status = 204;
    return true;
}

bool api_jobs_retry(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "kind", NULL };
    int64_t n;

    if (!request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body || !job_retry_dead(w, node_text(node_find(body, "kind")), &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "retried"); json_int(&j, n);
    json_map_end(&j);
    return true;
}

bool api_jobs_resume(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "receiver", NULL };

    if (!request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    const char *lane = node_text(node_find(body, "receiver"));
    if (!body) return false;
    if (!lane) cx_issue(&w->cx, at_field("receiver"), "required", "is required");
    if (!cx_check(&w->cx) || !lane_resume(w, lane)) return false;
    r->status = 204;
    return true;
}
