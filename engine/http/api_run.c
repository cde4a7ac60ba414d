/*
 * api_run.c — what automations did, for admins, and once more.
 */
#include "http/api.h"
#include "data/run_log.h"

static void put(Json *j, const Run *run, bool whole)
{
    json_map(j);
    json_key(j, "id"); json_int(j, run->id);
    json_key(j, "form"); json_text(j, run->form);
    json_key(j, "automation"); json_text(j, run->automation);
    json_key(j, "record");
    if (run->record) json_int(j, run->record);
    else json_null(j);
    json_key(j, "event"); json_text(j, run->event);
    json_key(j, "at"); json_val(j, val_datetime(run->at));
    json_key(j, "by");
    if (run->by) json_int(j, run->by);
    else json_null(j);
    json_key(j, "us"); json_int(j, run->us);
    json_key(j, "state"); json_text(j, run->state);
    json_key(j, "error"); json_text(j, run->error);
    if (whole) {
        json_key(j, "given");
        json_raw(j, run->given ? run->given : "null");
        json_key(j, "steps");
        json_raw(j, run->steps ? run->steps : "[]");
    }
    json_map_end(j);
}

bool api_runs(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "form", "automation", "record", "state", "before", NULL };
    RunAsk ask = { .form = request_arg(q, "form"), .automation = request_arg(q, "automation"),
        .state = request_arg(q, "state") };
    bool more;
    Run *run;
    int n;

    if (!request_args_only(&w->cx, q, known)) return false;
    ask.before = request_arg_int(&w->cx, q, "before", 0, 0, INT64_MAX);
    ask.record = request_arg_int(&w->cx, q, "record", 0, 0, INT64_MAX);
    if (w->cx.err || !run_log_list(w, &ask, &run, &n, &more)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "runs");
    json_list(&j);
    for (int i = 0; i < n; i++) put(&j, &run[i], false);
    json_list_end(&j);
    json_key(&j, "next");
    if (more) json_int(&j, run[n - 1].id);
    else json_null(&j);
    json_map_end(&j);
    return true;
}

bool api_run(Work *w, const Request *q, Response *r)
{
    bool found = false;
    int64_t id;
    Run run;

    if (!request_id(w, q, 0, &id) || !run_log_find(w, id, &run, &found)) return false;
    if (!found) return cx_fail(&w->cx, E_MISSING, "there is no such run");
    Json j = response_json(r, 200);
    put(&j, &run, true);
    return true;
}

bool api_run_again(Work *w, const Request *q, Response *r)
{
    Run run;

    if (!runs_again(w, q, &run)) return false;
    r->status = 204;
    return true;
}
