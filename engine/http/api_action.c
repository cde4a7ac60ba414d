/*
 * api_action.c — a button on a record: a plugin's action, or one of the form's own.
 */
#include "http/api.h"
#include "http/several.h"
#include "base/node_json.h"
#include "data/press.h"

static const char *const none[] = { NULL };

/* `params` of the body; NULL after a failure. */
static const Node *params_of(Work *w, const Node *body, const char *key)
{
    const Node *params = node_find(body, key);

    if (!params) return node_map(w->cx.a);
    if (params->kind == NODE_MAP) return params;
    cx_fail(&w->cx, E_SYNTAX, "%s must be an object", key);
    return NULL;
}

bool api_action_many(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "records", "params", NULL };
    const Form *f = request_form(w, q);
    Press press;

    if (!f || !request_args_only(&w->cx, q, none)) return false;
    if (!press_find(w, f, q->segment[1], &press))
        return cx_fail(&w->cx, E_MISSING, "there is no action %s", q->segment[1]);
    const Node *body = request_object(&w->cx, q, known);
    const Node *params = body ? params_of(w, body, "params") : NULL;
    return params && several_answer(w, r, f, node_find(body, "records"),
        &(Several){ .run = several_press, .arg = &(Pressing){ press.name, params }, .key = "done" });
}

void api_tried(Work *w, const Tried *tried, Response *r)
{
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "state"); json_text(&j, tried->state);
    json_key(&j, "holds"); json_bool(&j, tried->holds);
    json_key(&j, "message"); json_text(&j, tried->message);
    json_key(&j, "steps"); json_raw(&j, node_json(w->cx.a, tried->steps));
    json_map_end(&j);
}

bool api_try(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "record", "given", NULL };
    const Form *f = request_form(w, q);
    const struct Automation *a = f ? form_automation(f, q->segment[1]) : NULL;
    int64_t record = 0;
    Tried tried;

    if (!f || !request_args_only(&w->cx, q, none)) return false;
    if (!a) return cx_fail(&w->cx, E_MISSING, "there is no such automation");
    const Node *body = request_object(&w->cx, q, known);
    const Node *given = body ? params_of(w, body, "given") : NULL;
    if (!given) return false;
    const Node *on = node_find(body, "record");
    if (on && !node_int(on, &record)) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    if (!automation_try(w, a, record, given, &tried)) return false;
    api_tried(w, &tried, r);
    return true;
}

bool api_action(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "params", NULL };
    const Form *f;
    int64_t id;
    Saved saved = { 0 };
    const Node *params = NULL;
    if (!request_args_only(&w->cx, q, none) || !request_record(w, q, &f, &id)) return false;
    Press press;
    if (!press_find(w, f, q->segment[2], &press))
        return cx_fail(&w->cx, E_MISSING, "there is no action %s", q->segment[2]);
    if (q->form) {
        const Node *body = request_object(&w->cx, q, known);
        if (!body) return false;
        params = params_of(w, body, "params");
        if (!params) return false;
    }
    if (!params) params = node_map(w->cx.a);
    return save_action(w, f, id, press.name, params, &saved) && api_saved(w, q, r, &saved);
}
