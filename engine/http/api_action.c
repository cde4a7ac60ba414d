/*
 * api_action.c — a button on a record: a plugin's action, or one of the form's own.
 */
#include "http/api.h"
#include "data/press.h"

bool api_action(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "params", NULL };
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
        params = node_find(body, "params");
        if (params && params->kind != NODE_MAP)
            return cx_fail(&w->cx, E_SYNTAX, "params must be an object");
    }
    if (!params) params = node_map(w->cx.a);
    return save_action(w, f, id, press.name, params, &saved) && api_saved(w, q, r, &saved);
}
