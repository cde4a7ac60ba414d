/*
 * api_record.c — records: list, create, read, patch, delete, restore.
 */
#include "http/api.h"
#include "http/list_page.h"
#include "data/passed.h"
#include "data/pending.h"

#include <limits.h>
#include <string.h>

/* Linked records once each, however many rows name them: {field: {id: record}}. */
static bool write_expanded(Work *w, const List *list, Field **field, int n, Json *j)
{
    json_key(j, "expanded");
    json_map(j);
    for (int i = 0; i < n; i++) {
        Node *seen = node_map(w->cx.a);
        json_name(j, field[i]->key);
        json_map(j);
        for (int k = 0; k < list->n; k++) {
            const Record *rec = list->record[k];
            Val v = record_get(rec, field[i]);
            char *id = v.kind == VAL_REC ? arena_printf(w->cx.a, "%lld", (long long)v.i) : NULL;
            Record *other;
            if (!id || node_find(seen, id)
                || perm_field(w, rec->form, field[i], rec) >= RIGHT_MASKED)
                continue;
            node_put_bool(w->cx.a, seen, id, true);
            if (query_one(w, field[i]->to, v.i, &other)) {
                json_name(j, id);
                record_json(w, other, NULL, 0, j);
            } else if (w->cx.err == E_MISSING || w->cx.err == E_DENIED) {
                cx_clear(&w->cx);
            } else {
                return false;
            }
        }
        json_map_end(j);
    }
    json_map_end(j);
    return true;
}

static bool expand_fields(Work *w, const Request *q, const Form *f, Field ***out, int *n)
{
    if (!api_fields(w, q, "expand", f, out, n)) return false;
    for (int i = 0; i < *n; i++)
        if (!(*out)[i]->to || (*out)[i]->type->store != STORE_REF)
            return cx_fail(&w->cx, E_SYNTAX, "expand: %s is no link", (*out)[i]->key);
    return true;
}

static bool read_ask(Work *w, const Request *q, const Form *f, ListAsk *ask)
{
    static const char *const how[] = { "none", "exact", "estimate" };
    const char *count = request_arg(q, "count"), *view = request_arg(q, "view");
    int64_t most = w->app->limits.page, page = most > 0 && most < INT_MAX ? most : INT_MAX - 1;
    *ask = (ListAsk){ .form = f, .filter = request_arg(q, "filter"),
        .sort = request_arg(q, "sort"), .q = request_arg(q, "q"),
        .after = request_arg(q, "after"), .binned = str_eq(request_arg(q, "bin"), "true") };
    ask->limit = (int)request_arg_int(&w->cx, q, "limit", page < 50 ? page : 50, 1, page);
    if (w->cx.err) return false;
    if (count) {
        if (!str_in(count, how, LEN(how)))
            return cx_fail(&w->cx, E_SYNTAX, "count must be none, exact or estimate");
        ask->count = str_eq(count, how[1]) ? COUNT_EXACT
            : str_eq(count, how[2]) ? COUNT_ESTIMATE : COUNT_NONE;
    }
    if (view) {
        const View *v = form_view(f, view);
        if (!v) return cx_fail(&w->cx, E_SYNTAX, "there is no view %s", view);
        ask->also = v->filter;
        ask->sorts = list_sorts(w, v, &ask->nsort);
    }
    if (ask->filter && !*ask->filter) ask->filter = NULL;
    if (ask->sort && !*ask->sort) ask->sort = NULL;
    if (ask->q && !*ask->q) ask->q = NULL;
    if (ask->after && !*ask->after) ask->after = NULL;
    return true;
}

/* RFC 8288, beside the cursor in the body. */
static void add_next_link(Work *w, const Request *q, Response *r, const char *next)
{
    Str s = str_begin(w->cx.a);
    str_printf(&s, "<%s?after=", q->path);
    url_part(&s, next);
    for (int i = 0; i < q->narg; i++) {
        if (str_eq(q->arg[i].name, "after")) continue;
        str_printf(&s, "&%s=", q->arg[i].name);
        url_part(&s, q->arg[i].value);
    }
    str_add(&s, ">; rel=\"next\"");
    response_header(&w->cx, r, "Link", str_show(&s));
}

bool api_list(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "filter", "sort", "fields", "expand", "limit", "after",
        "count", "q", "view", "bin", "passed", NULL };
    const Form *f = request_form(w, q);
    const char *way = request_arg(q, "passed");
    Field **field, **expand;
    int nfield, nexpand;
    Passed passed;
    ListAsk ask;
    List list;
    if (!f || !request_args_only(&w->cx, q, known) || !read_ask(w, q, f, &ask)
        || !api_fields(w, q, "fields", f, &field, &nfield)
        || !expand_fields(w, q, f, &expand, &nexpand)) return false;
    ask.field = nfield ? field : f->field;
    ask.nfield = nfield ? nfield : f->nfield;
    if (way && *way) {
        if (!passed_of(w, f, way, &passed)) return false;
        ask.passed = &passed;
    }
    if (!query_list(w, &ask, &list)
        || !query_titles(w, list.record, list.n, ask.field, ask.nfield)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "records");
    json_list(&j);
    for (int i = 0; i < list.n; i++)
        record_json(w, list.record[i], nfield ? field : NULL, nfield, &j);
    json_list_end(&j);
    json_key(&j, "next");
    json_text(&j, list.next);
    pending_json(w, f, &j);
    if (list.count >= 0) { json_key(&j, "count"); json_int(&j, list.count); }
    if (nexpand && !write_expanded(w, &list, expand, nexpand, &j)) return false;
    json_map_end(&j);
    if (list.next) add_next_link(w, q, r, list.next);
    return !w->cx.err;
}

bool api_create(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "fields", "force", NULL };
    const Form *f = request_form(w, q);
    const char *key = request_header(q, "Idempotency-Key");
    Saved saved = { 0 };
    if (!f || !request_args_only(&w->cx, q, known)) return false;
    const Node *body = request_object(&w->cx, q, NULL);
    if (!body) return false;
    if (key && (!*key || strlen(key) > 255))
        return cx_fail(&w->cx, E_SYNTAX, "Idempotency-Key must have 1 to 255 characters");
    SaveAsk ask = { .form = f, .body = body, .idempotency = key,
        .force_warned = str_eq(request_arg(q, "force"), "true") };
    return save_record(w, &ask, &saved) && api_saved(w, q, r, &saved);
}

bool api_read(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "fields", NULL };
    const Form *f;
    int64_t id;
    Record *rec;
    return request_args_only(&w->cx, q, known) && request_record(w, q, &f, &id)
        && query_one(w, f, id, &rec) && query_titles(w, &rec, 1, f->field, f->nfield)
        && api_show(w, q, r, rec, 200);
}

bool api_patch(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "fields", "force", NULL };
    SaveAsk ask = { 0 };
    Saved saved = { 0 };
    if (!request_args_only(&w->cx, q, known) || !request_record(w, q, &ask.form, &ask.id)
        || !request_version(&w->cx, q, &ask.version)) return false;
    ask.body = request_object(&w->cx, q, NULL);
    ask.force_warned = str_eq(request_arg(q, "force"), "true");
    if (!ask.body) return false;
    if (!save_record(w, &ask, &saved)) return api_stale(w, ask.form, ask.id, r);
    return api_saved(w, q, r, &saved);
}

bool api_delete(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { NULL };
    const Form *f;
    int64_t id, version;
    if (!request_args_only(&w->cx, q, known) || !request_record(w, q, &f, &id)
        || !request_version(&w->cx, q, &version)) return false;
    if (!save_delete(w, f, id, version)) return api_stale(w, f, id, r);
    r->status = 204;
    return true;
}

bool api_restore(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { NULL };
    const Form *f;
    int64_t id;
    Saved saved = { 0 };
    return request_args_only(&w->cx, q, known) && request_record(w, q, &f, &id)
        && save_restore(w, f, id, &saved) && api_saved(w, q, r, &saved);
}
