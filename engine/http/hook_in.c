/*
 * hook_in.c — web calls that come in. Their sender has no account: the handler finds out who it is.
 */
#include "http/handlers.h"
#include "http/limits.h"
#include "data/incoming.h"

static Call call_of(const Request *q)
{
    const char *id = request_header(q, "webhook-id");

    return (Call){ .id = id ? id : request_header(q, "Idempotency-Key"),
        .at = request_header(q, "webhook-timestamp"),
        .signature = request_header(q, "webhook-signature"), .token = q->token,
        .body = q->body ? q->body : "", .n = q->nbody };
}

bool hook_in(Work *w, const Request *q, Response *r)
{
    const struct Automation *a = incoming_find(w->app, q->segment[0], q->segment[1]);
    const Node *body = q->form;
    Call call = call_of(q);
    Incoming in;

    if (!a) return cx_fail(&w->cx, E_MISSING, "there is no such address");
    if (q->nbody > INCOMING_BYTES)
        return cx_fail(&w->cx, E_SIZE, "the body of such a call has at most %d bytes", INCOMING_BYTES);
    if (!incoming_known(w, a, &call)) return false;
    if (!limits_take(arena_printf(w->cx.a, "hook %s.%s", a->form->key, a->key),
            w->app->limits.api_per_s))
        return cx_fail(&w->cx, E_LIMIT, "too many requests; please wait a second");
    if (!incoming_run(w, a, &call, body ? body : node_map(w->cx.a), &in)) return false;
    Json j = response_json(r, in.later ? 202 : 200);
    json_map(&j);
    json_key(&j, "run");
    if (in.run) json_int(&j, in.run);
    else json_null(&j);
    json_key(&j, "state");
    json_text(&j, in.again ? "repeated" : in.later ? "queued" : in.left ? "skipped" : in.state);
    if (in.message) {
        json_key(&j, "message");
        json_text(&j, in.message);
    }
    json_map_end(&j);
    return true;
}
