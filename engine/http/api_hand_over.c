/*
 * api_hand_over.c — what a user answers for, and handing it to somebody else.
 */
#include "http/api_person.h"
#include "base/i18n.h"
#include "data/hand_over.h"

static const char *const none[] = { NULL };

bool api_held(Work *w, const Request *q, Response *r)
{
    const Form *f;
    Record *rec;
    int64_t id;
    Held *held;
    int n;

    if (!request_args_only(&w->cx, q, none) || !request_user(w, q, &f, &id)
        || !query_one(w, f, id, &rec) || !hand_over_held(w, id, &held, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "places");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        json_map(&j);
        json_key(&j, "place");
        json_text(&j, held[i].place);
        json_key(&j, "label");
        json_text(&j, held[i].form ? label_show(&held[i].form->label, w->cx.lang,
            held[i].form->key) : i18n_text(w->cx.lang, "Tasks"));
        json_key(&j, "open");
        json_int(&j, held[i].open);
        json_key(&j, "all");
        json_int(&j, held[i].all);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

MUST static bool read_places(Work *w, const Node *list, HandOver *ask)
{
    int n = !list ? 0 : list->kind == NODE_LIST ? list->n : 1;
    const char **place = ARENA_ARRAY(w->cx.a, const char *, n + 1);

    if (list && list->kind != NODE_LIST)
        return cx_fail(&w->cx, E_SYNTAX, "%s must be a list", "places");
    for (int i = 0; i < n; i++)
        if (!(place[i] = node_text(list->item[i])))
            return cx_fail(&w->cx, E_SYNTAX, "%s must be a list", "places");
    ask->place = place;
    ask->nplace = n;
    return true;
}

static void show(Work *w, const HandedOver *h, Response *r)
{
    Json j = response_json(r, 200);

    json_map(&j);
    json_key(&j, "done");
    json_int(&j, h->done);
    json_key(&j, "left");
    json_bool(&j, h->left > 0);
    json_key(&j, "refused");
    json_int(&j, h->refused);
    json_key(&j, "kept");
    json_list(&j);
    for (int i = 0; i < h->nkept; i++) {
        json_map(&j);
        json_key(&j, "form");
        json_text(&j, h->kept[i].form->key);
        json_key(&j, "id");
        json_int(&j, h->kept[i].id);
        json_key(&j, "title");
        json_text(&j, record_title_of(w, h->kept[i].form, h->kept[i].id));
        json_key(&j, "why");
        json_text(&j, h->kept[i].why);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
}

bool api_hand_over(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "to", "places", "closed", NULL };
    HandOver ask = { 0 };
    HandedOver done;
    const Form *f;

    if (!request_args_only(&w->cx, q, none) || !request_user(w, q, &f, &ask.from)) return false;
    const Node *body = request_object(&w->cx, q, known), *closed = node_find(body, "closed");
    if (!body || !read_places(w, node_find(body, "places"), &ask)) return false;
    if (closed && !node_bool(closed, &ask.closed))
        return cx_fail(&w->cx, E_SYNTAX, "%s must be true or false", "closed");
    if (!api_read_person(w, body, "to", &ask.to) || !hand_over(w, &ask, &done)) return false;
    show(w, &done, r);
    return !w->cx.err;
}
