/*
 * api_person.c — read like the field `manager`, which holds a user.
 */
#include "http/api_person.h"
#include "data/link.h"

void api_put_person(Work *w, Json *j, int64_t id)
{
    const Form *user = app_form(w->app, "user");

    if (!id || !user) {
        json_null(j);
        return;
    }
    json_map(j);
    json_key(j, "id"); json_int(j, id);
    json_key(j, "title"); json_text(j, record_title_of(w, user, id));
    json_map_end(j);
}

bool api_read_person(Work *w, const Node *body, const char *key, int64_t *out)
{
    const Field *user = form_field(app_form(w->app, "user"), "manager");
    const Node *n = node_find(body, key);
    Node *id = n ? link_resolve(w, user, node_copy(w->cx.a, n)) : NULL;

    *out = 0;
    if (id) (void)node_int(id, out);
    for (int i = 0; i < w->cx.nissue; i++) w->cx.issue[i].at.field = key;
    return cx_check(&w->cx);
}
