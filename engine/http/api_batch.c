/*
 * api_batch.c — many changes in one transaction, and upsert.
 */
#include "http/api.h"

#include <string.h>

enum { MAX_ITEMS = 1000 };

typedef struct Items { SaveAsk *ask; int n, cap; } Items;

/* Lists and each object in them; ids stand beside the fields of an update. */
static bool add_items(Work *w, const Form *f, const Node *body, const char *key, Items *items)
{
    const Node *list = node_find(body, key);
    bool update = str_eq(key, "update");
    if (!list) return true;
    if (list->kind != NODE_LIST)
        return cx_fail(&w->cx, E_SYNTAX, "%s must be a list", key);
    for (int i = 0; i < list->n; i++) {
        SaveAsk ask = { .form = f, .body = list->item[i] };
        if (!node_is(list->item[i], NODE_MAP))
            return cx_fail(&w->cx, E_SYNTAX, "%s: item %d is no object", key, i + 1);
        if (update) {
            Node *values = node_copy(w->cx.a, list->item[i]);
            if (!node_int(node_find(values, "id"), &ask.id) || ask.id <= 0)
                return cx_fail(&w->cx, E_SYNTAX, "%s: item %d has no id", key, i + 1);
            if (node_find(values, "version")
                && !node_int(node_find(values, "version"), &ask.version))
                return cx_fail(&w->cx, E_SYNTAX, "%s: item %d: version is no number", key,
                    i + 1);
            node_remove(values, "id");
            node_remove(values, "version");
            ask.body = values;
        }
        if (items->n >= MAX_ITEMS)
            return cx_fail(&w->cx, E_SIZE, "at most %d changes in one batch", MAX_ITEMS);
        ARENA_PUSH(w->cx.a, items->ask, items->n, items->cap, ask);
    }
    return true;
}

static bool add_deleted(Work *w, const Form *f, const Node *body, Items *items)
{
    int64_t *id;
    int n;
    if (!api_ids(w, node_find(body, "delete"), "delete", &id, &n)) return cx_check(&w->cx);
    for (int i = 0; i < n; i++) {
        SaveAsk ask = { .form = f, .id = id[i], .body = NULL };
        if (items->n >= MAX_ITEMS)
            return cx_fail(&w->cx, E_SIZE, "at most %d changes in one batch", MAX_ITEMS);
        ARENA_PUSH(w->cx.a, items->ask, items->n, items->cap, ask);
    }
    return true;
}

/* {filter, set}: the records that match now, each changed like one PATCH. */
static bool add_matching(Work *w, const Form *f, const Node *body, Items *items)
{
    const Node *set = node_find(body, "set");
    ListAsk ask = { .form = f, .filter = node_text(node_find(body, "filter")),
        .limit = MAX_ITEMS, .sort = "id", .field = f->field, .nfield = f->nfield };
    List list;
    if (!set && !node_find(body, "filter")) return true;
    if (!node_is(set, NODE_MAP) || !ask.filter)
        return cx_fail(&w->cx, E_SYNTAX, "filter and set belong together");
    if (!query_list(w, &ask, &list) || !save_may_many(w, f, list.record, list.n)) return false;
    if (list.next)
        return cx_fail(&w->cx, E_SIZE, "at most %d changes in one batch", MAX_ITEMS);
    for (int i = 0; i < list.n; i++) {
        SaveAsk one = { .form = f, .id = record_id(list.record[i]), .body = set };
        ARENA_PUSH(w->cx.a, items->ask, items->n, items->cap, one);
    }
    return true;
}

bool api_batch(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    static const char *const known[] = { "create", "update", "delete", "filter", "set", NULL };
    const Form *f = request_form(w, q);
    Items items = { 0 };
    if (!f || !request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body || !add_items(w, f, body, "create", &items)
        || !add_items(w, f, body, "update", &items) || !add_deleted(w, f, body, &items)
        || !add_matching(w, f, body, &items)) return false;
    Saved *saved = ARENA_ARRAY(w->cx.a, Saved, items.n + 1);
    if (items.n && !save_batch(w, items.ask, items.n, saved)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "results");
    json_list(&j);
    for (int i = 0; i < items.n; i++) {
        json_map(&j);
        json_key(&j, "id");
        json_int(&j, saved[i].id);
        json_key(&j, "done");
        json_text(&j, saved[i].created ? "created" : items.ask[i].body ? "updated" : "deleted");
        if (saved[i].record) {
            json_key(&j, "version");
            json_int(&j, record_version(saved[i].record));
        }
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

bool api_upsert(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "fields", NULL };
    const Form *f = request_form(w, q);
    Saved saved = { 0 };
    if (!f || !request_args_only(&w->cx, q, known)) return false;
    const Field *by = form_field(f, q->segment[1]);
    if (!by) return cx_fail(&w->cx, E_MISSING, "there is no field %s", q->segment[1]);
    if (!by->unique || by->within)
        return cx_fail(&w->cx, E_SYNTAX, "%s is not unique", by->key);
    const Node *body = request_object(&w->cx, q, NULL);
    return body && save_upsert(w, f, by, q->segment[2], body, &saved)
        && api_saved(w, q, r, &saved);
}
