/*
 * api_view.c — the views of a form: those of the definition and those that people saved.
 */
#include "http/api.h"
#include "data/saved_view.h"
#include "def/view.h"

#include <string.h>

enum { MOST_ITEMS = 100 };

static void put_keys(Json *j, const char *text, Arena *a)
{
    char **piece;
    int n = text ? str_split(a, text, ',', &piece) : 0;

    if (!text) {
        json_null(j);
        return;
    }
    json_list(j);
    for (int i = 0; i < n; i++) json_text(j, piece[i]);
    json_list_end(j);
}

static void put_view(Work *w, Json *j, const SavedView *v, bool preset)
{
    json_map(j);
    json_key(j, "id"); json_int(j, v->id);
    json_key(j, "name"); json_text(j, v->name);
    json_key(j, "view"); json_text(j, v->view);
    json_key(j, "filter"); json_text(j, v->filter);
    json_key(j, "sort"); json_text(j, v->sort);
    json_key(j, "columns"); put_keys(j, v->columns, w->cx.a);
    json_key(j, "shared");
    json_list(j);
    for (int i = 0; i < v->nrole; i++) json_text(j, v->role[i]);
    json_list_end(j);
    json_key(j, "owner"); json_int(j, v->user);
    json_key(j, "mine"); json_bool(j, saved_mine(w, v));
    json_key(j, "default"); json_bool(j, preset);
    json_map_end(j);
}

static const Form *form_of(Work *w, const Request *q)
{
    static const char *const none[] = { NULL };
    const Form *f = request_args_only(&w->cx, q, none) ? request_form(w, q) : NULL;

    if (f && !perm_may(w, f, ACT_READ)) {
        (void)cx_fail(&w->cx, E_MISSING, "there is no form %s", f->key);
        return NULL;
    }
    return f;
}

bool api_views(Work *w, const Request *q, Response *r)
{
    const Form *f = form_of(w, q);
    SavedViews all;

    if (!f || !saved_views(w, f, &all)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "views");
    json_list(&j);
    for (int i = 0; i < all.n; i++)
        put_view(w, &j, &all.view[i], all.preset == all.view[i].id);
    json_list_end(&j);
    json_key(&j, "default_view"); json_text(&j, all.preset ? NULL : all.preset_key);
    json_key(&j, "may_share"); json_bool(&j, perm_may(w, f, ACT_SHARE));
    json_map_end(&j);
    return true;
}

static bool one(Work *w, const Form *f, Response *r, int64_t id, int status)
{
    SavedViews all;

    if (!saved_views(w, f, &all)) return false;
    Json j = response_json(r, status);
    for (int i = 0; i < all.n; i++)
        if (all.view[i].id == id) put_view(w, &j, &all.view[i], all.preset == id);
    if (status == 201)
        response_header(&w->cx, r, "Location", arena_printf(w->cx.a, "/api/v1/forms/%s/views/%lld",
            f->key, (long long)id));
    return true;
}

/* null and "" clear a text; absent leaves it. */
static void read_text(Work *w, const Node *body, const char *key, const char **out)
{
    const Node *n = node_find(body, key);

    if (!n) return;
    if (!node_is(n, NODE_NULL) && !node_is(n, NODE_TEXT))
        cx_issue(&w->cx, at_field(key), "wrong_kind", "a text is expected");
    *out = node_text(n);
    if (*out && !**out) *out = NULL;
}

static int read_list(Work *w, const Node *body, const char *key, const char **out)
{
    const Node *n = node_find(body, key);
    int count = 0;

    if (!n || node_is(n, NODE_NULL)) return 0;
    bool bad = !node_is(n, NODE_LIST) || n->n > MOST_ITEMS;
    for (int i = 0; !bad && i < n->n; i++) {
        bad = !node_is(n->item[i], NODE_TEXT);
        out[count++] = node_text(n->item[i]);
    }
    if (bad) cx_issue(&w->cx, at_field(key), "wrong_kind", "a list of texts is expected");
    return bad ? 0 : count;
}

static void read_body(Work *w, const Node *body, SavedView *v)
{
    Arena *a = w->cx.a;
    const char **item = ARENA_ARRAY(a, const char *, MOST_ITEMS);

    read_text(w, body, "name", &v->name);
    read_text(w, body, "view", &v->view);
    read_text(w, body, "filter", &v->filter);
    read_text(w, body, "sort", &v->sort);
    if (node_find(body, "columns")) {
        int n = read_list(w, body, "columns", item);
        Str s = str_begin(a);
        for (int i = 0; i < n; i++) str_printf(&s, "%s%s", i ? "," : "", item[i]);
        v->columns = n ? str_show(&s) : NULL;
    }
    if (node_find(body, "shared")) {
        v->role = ARENA_ARRAY(a, const char *, MOST_ITEMS);
        v->nrole = read_list(w, body, "shared", v->role);
    }
}

/* default: true makes it what opens first, false takes that back. */
MUST static bool write_preset(Work *w, const Form *f, const Node *body, int64_t id)
{
    const Node *n = node_find(body, "default");
    SavedViews all;

    if (!n) return true;
    if (n->b) return saved_preset(w, f, id, NULL);
    if (!saved_views(w, f, &all)) return false;
    return all.preset != id || saved_preset(w, f, 0, NULL);
}

static const char *const known[] = { "name", "view", "filter", "sort", "columns", "shared",
    "default", NULL };

static const Node *body_of(Work *w, const Request *q)
{
    const Node *body = request_object(&w->cx, q, known);
    const Node *preset = node_find(body, "default");

    if (preset && !node_is(preset, NODE_BOOL))
        cx_issue(&w->cx, at_field("default"), "wrong_kind", "true or false is expected");
    return body && cx_check(&w->cx) ? body : NULL;
}

bool api_view_create(Work *w, const Request *q, Response *r)
{
    const Form *f = form_of(w, q);
    const Node *body = f ? body_of(w, q) : NULL;
    SavedView v = { 0 };

    if (!body) return false;
    read_body(w, body, &v);
    return cx_check(&w->cx) && saved_write(w, f, &v) && write_preset(w, f, body, v.id)
        && one(w, f, r, v.id, 201);
}

/* A view that is not one's own may still be made what opens first. */
bool api_view_change(Work *w, const Request *q, Response *r)
{
    const Form *f = form_of(w, q);
    int64_t id;
    SavedView v;

    if (!f || !request_id(w, q, 1, &id) || !saved_get(w, f, id, &v)) return false;
    const Node *body = body_of(w, q);
    if (!body) return false;
    bool only = body->n == 1 && node_find(body, "default");
    read_body(w, body, &v);
    return cx_check(&w->cx) && (only || saved_write(w, f, &v)) && write_preset(w, f, body, id)
        && one(w, f, r, id, 200);
}

bool api_view_delete(Work *w, const Request *q, Response *r)
{
    const Form *f = form_of(w, q);
    int64_t id;

    if (!f || !request_id(w, q, 1, &id) || !saved_delete(w, f, id)) return false;
    r->status = 204;
    return true;
}
