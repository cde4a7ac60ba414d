/*
 * api_password.c — the own password, and an admin's setting of another's.
 */
#include "http/api.h"
#include "data/auth.h"

static const char *const none[] = { NULL };

bool api_my_password(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "old", "new", NULL };
    if (!request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (!auth_change_password(w, q->session, node_text(node_find(body, "old")),
            node_text(node_find(body, "new")))) return false;
    r->status = 204;
    return true;
}

bool api_user_password(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "password", NULL };
    const Form *f;
    Record *rec;
    int64_t id;

    if (!request_args_only(&w->cx, q, none) || !request_user(w, q, &f, &id)
        || !query_one(w, f, id, &rec)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    if (!auth_set_password(w, id, node_text(node_find(body, "password")))) return false;
    r->status = 204;
    return true;
}
