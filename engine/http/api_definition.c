/*
 * api_definition.c — the files of the app: read, edited in a draft of one's own, dropped.
 */
#include "http/definition.h"
#include "data/version.h"
#include "base/diff.h"
#include "base/node_yaml.h"

#include <string.h>

/* ---- what refused ---- */

/* Plain scalars typed as YAML's core schema does, so that JSON says what YAML says. */
static Node *typed(Arena *a, const Node *n)
{
    static const char *const nulls[] = { "", "~", "null" };
    const char *t = n ? n->text : NULL;

    if (!n) return NULL;
    if (n->kind == NODE_LIST || n->kind == NODE_MAP) {
        Node *out = n->kind == NODE_LIST ? node_list(a) : node_map(a);
        for (int i = 0; i < n->n; i++) {
            if (n->kind == NODE_LIST) node_add(a, out, typed(a, n->item[i]));
            else node_put(a, out, n->item[i]->key, typed(a, n->item[i]));
        }
        return out;
    }
    if (n->kind != NODE_TEXT || !n->plain || str_in(t, nulls, LEN(nulls)))
        return n->plain && n->kind == NODE_TEXT ? node_new_null(a) : node_new_text(a, t);
    if (str_eq(t, "true") || str_eq(t, "false")) return node_new_bool(a, *t == 't');
    size_t sign = *t == '-', whole = strspn(t + sign, "0123456789");
    const char *rest = t + sign + whole;
    size_t part = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    bool number = whole && whole + part < 16 && !(t[sign] == '0' && whole > 1)
        && (part ? !rest[1 + part] : !*rest);
    return number ? node_new_number(a, t) : node_new_text(a, t);
}

static void put_clash(Arena *a, Json *j, const Clash *c, const char *file)
{
    json_map(j);
    json_key(j, "file"); json_text(j, file);
    json_key(j, "path"); json_text(j, c->path);
    json_key(j, "order"); json_bool(j, c->order);
    json_key(j, "base"); json_node(j, typed(a, c->base));
    json_key(j, "theirs"); json_node(j, typed(a, c->theirs));
    json_key(j, "mine"); json_node(j, typed(a, c->mine));
    json_map_end(j);
}

bool definition_refused(Work *w, Response *r, const Merge *clash, const char *plan_json)
{
    Str s = str_begin(w->cx.a);

    if (clash->n) {
        Json j = json_begin(&s);
        str_add(&s, "\"clashes\":");
        json_list(&j);
        for (int i = 0; i < clash->n; i++) put_clash(w->cx.a, &j, &clash->clash[i], clash->file);
        json_list_end(&j);
    }
    if (plan_json) str_printf(&s, "%s\"plan\":%s", s.n ? "," : "", plan_json);
    if (s.n) r->extra = str_show(&s);
    return false;
}

/* Does it begin at the place or before it? */
static bool begins(const Node *n, const Issue *x)
{
    Place at = node_key_place(n);

    return at.line < x->at.line || (at.line == x->at.line && at.col <= x->at.col);
}

/* The keys and positions that lead to what stands at the issue's place. */
static void put_path(Json *j, const Node *tree, const Issue *x)
{
    json_key(j, "path");
    if (!tree) { json_null(j); return; }
    json_list(j);
    for (const Node *n = tree; n && n->n; ) {
        int i = n->n - 1;
        while (i >= 0 && !begins(n->item[i], x)) i--;
        if (i < 0) break;
        if (n->kind == NODE_MAP) json_text(j, n->item[i]->key);
        else json_int(j, i);
        n = n->item[i];
    }
    json_list_end(j);
}

static const char *text_of(Work *w, const char *path)
{
    const Source *s = app_source(w->app->source, w->app->nsource, path);
    Draft *draft;
    int n;

    if (draft_list(w, &draft, &n))
        for (int i = 0; i < n; i++)
            if (str_eq(draft[i].path, path)) return draft[i].text;
    return s ? s->text : NULL;
}

static const Node *tree_of(Work *w, const char *path)
{
    Cx in = cx_begin(w->cx.a, w->cx.lang);
    const char *text = path && str_ends(path, ".yaml") ? text_of(w, path) : NULL;
    const Node *tree = text ? yaml_parse(&in, path, text, strlen(text)) : NULL;

    return in.nissue ? NULL : tree;
}

void definition_issues(Work *w, const Cx *failed, Json *j)
{
    const Node *tree = NULL;
    const char *file = NULL;

    json_key(j, "issues");
    json_list(j);
    for (int i = 0; i < failed->nissue; i++) {
        const Issue *x = &failed->issue[i];
        if (!str_eq(x->at.file, file)) tree = tree_of(w, file = x->at.file);
        json_map(j);
        json_key(j, "file"); json_text(j, x->at.file);
        json_key(j, "line"); json_int(j, x->at.line);
        json_key(j, "column"); json_int(j, x->at.col);
        put_path(j, tree, x);
        json_key(j, "field"); json_text(j, x->at.field);
        json_key(j, "code"); json_text(j, x->code);
        json_key(j, "message"); json_text(j, x->text);
        json_key(j, "source"); json_text(j, x->source);
        json_map_end(j);
    }
    json_list_end(j);
}

/* ---- reading ---- */

static void put_file(Work *w, Json *j, const char *path, const char *text, int64_t version,
    bool draft)
{
    json_key(j, "path"); json_text(j, path);
    json_key(j, "kind"); json_text(j, app_path_kind(path));
    json_key(j, "etag"); json_text(j, version_etag(w->cx.a, text));
    json_key(j, "version");
    if (version) json_int(j, version);
    else json_null(j);
    json_key(j, "draft"); json_bool(j, draft);
}

static const Draft *draft_of(const Draft *list, int n, const char *path)
{
    for (int i = 0; i < n; i++)
        if (str_eq(list[i].path, path)) return &list[i];
    return NULL;
}

MUST static bool put_files(Work *w, Json *j, const Draft *draft, int n)
{
    const App *app = w->app;
    int64_t version;

    for (int i = 0; i < app->nsource; i++) {
        const Source *s = &app->source[i];
        if (!version_file(&w->cx, w->db, s->path, &version)) return false;
        json_map(j);
        put_file(w, j, s->path, s->text, version, draft_of(draft, n, s->path) != NULL);
        json_map_end(j);
    }
    for (int i = 0; i < n; i++) {
        if (app_source(app->source, app->nsource, draft[i].path)) continue;
        json_map(j);
        put_file(w, j, draft[i].path, draft[i].text, 0, true);
        json_map_end(j);
    }
    return true;
}

bool api_definitions(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };
    Draft *draft;
    int n;

    if (!request_args_only(&w->cx, q, none) || !draft_list(w, &draft, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "app"); json_text(&j, w->app->key);
    json_key(&j, "version"); json_int(&j, w->app->version);
    json_key(&j, "waiting"); json_text(&j, engine_waiting(w->engine, w->cx.a));
    json_key(&j, "files");
    json_list(&j);
    if (!put_files(w, &j, draft, n)) return false;
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

/* The path after /definitions/. */
static const char *path_of(Work *w, const Request *q)
{
    const char *path = q->npart > 4 ? arena_printf(w->cx.a, "%s/%s", q->part[3], q->part[4])
        : q->part[3];

    if (q->npart <= 5 && app_path_kind(path)) return path;
    cx_fail(&w->cx, E_MISSING, "no file of an app is called %s", path);
    return NULL;
}

/* Its text and, unless it is broken or no YAML, its tree. */
static void put_text(Work *w, Json *j, const char *path, const char *text)
{
    Cx in = cx_begin(w->cx.a, w->cx.lang);
    Node *tree = text && !str_ends(path, ".lua")
        ? yaml_parse(&in, path, text, strlen(text)) : NULL;

    json_key(j, "text"); json_text(j, text);
    json_key(j, "tree");
    if (tree && !in.nissue) json_node(j, typed(w->cx.a, tree));
    else json_null(j);
}

static bool answer_text(Work *w, Response *r, const char *path, const char *text,
    int64_t version, bool draft)
{
    Json j = response_json(r, 200);

    json_map(&j);
    put_file(w, &j, path, text, version, draft);
    put_text(w, &j, path, text);
    json_map_end(&j);
    return true;
}

static bool read_old(Work *w, Response *r, const char *path, int64_t version)
{
    Source *list;
    int n;

    if (!version_sources(&w->cx, w->db, version, &list, &n)) return false;
    const Source *s = app_source(list, n, path);
    if (s) return answer_text(w, r, path, s->text, version, false);
    return cx_fail(&w->cx, E_MISSING, "version %lld has no file %s", (long long)version, path);
}

bool api_definition(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "version", NULL };
    const char *path = path_of(w, q);
    int64_t version, asked = request_arg_int(&w->cx, q, "version", 0, 1, INT32_MAX);
    Merge clash;
    Draft d;

    if (!path || !request_args_only(&w->cx, q, known)) return false;
    if (asked) return read_old(w, r, path, asked);
    if (!draft_open(w, path, &d, &clash)) return definition_refused(w, r, &clash, NULL);
    return version_file(&w->cx, w->db, path, &version)
        && answer_text(w, r, path, d.text, version, d.at != 0);
}

/* ---- editing ---- */

/* What the draft is now; with the app's issues, which do not keep anybody from editing on. */
static bool answer_draft(Work *w, Response *r, const Draft *d, bool created)
{
    Cx checked = cx_begin(w->cx.a, w->cx.lang);
    Merge clash;
    Proposal p;

    if (!proposal_open(w, PROPOSE_DRAFT, 0, &p, &clash)) return definition_refused(w, r, &clash, NULL);
    if (!proposal_check(w, &p)) {
        if (w->cx.err != E_DEF) return false;
        cx_copy(&checked, &w->cx);
        cx_clear(&w->cx);
    }
    Json j = response_json(r, created ? 201 : 200);
    json_map(&j);
    put_file(w, &j, d->path, d->text, 0, !str_eq(d->base, d->text));
    put_text(w, &j, d->path, d->text);
    json_key(&j, "diff"); json_text(&j, d->base || d->text
        ? diff_unified(w->cx.a, d->path, d->base, d->text) : "");
    definition_issues(w, &checked, &j);
    json_map_end(&j);
    return true;
}

static bool change(Work *w, const DraftEdit *e, Response *r)
{
    bool there = app_source(w->app->source, w->app->nsource, e->path) != NULL;
    Merge clash = { 0 }, now;
    Draft d;

    if (draft_edit(w, e, &d, &clash)) return answer_draft(w, r, &d, !there && d.text && !e->etag);
    Cx failed = w->cx;
    if (failed.err == E_STALE) {
        cx_clear(&w->cx);
        if (draft_open(w, e->path, &d, &now)) {
            Str s = str_begin(w->cx.a);
            Json j = json_begin(&s);
            str_add(&s, "\"current\":");
            json_map(&j);
            json_key(&j, "etag"); json_text(&j, version_etag(w->cx.a, d.text));
            json_key(&j, "text"); json_text(&j, d.text);
            json_map_end(&j);
            r->extra = str_show(&s);
        }
        w->cx = failed;
        return false;
    }
    return definition_refused(w, r, &clash, NULL);
}

/* The etag of a body: a text, or null for a file that is not there. */
static const char *etag_of(Work *w, const Node *body)
{
    const Node *n = node_find(body, "etag");

    if (!n) cx_issue(&w->cx, at_field("etag"), "required", "is required");
    else if (n->kind != NODE_TEXT && n->kind != NODE_NULL)
        cx_issue(&w->cx, at_field("etag"), "type", "must be a text or null");
    return n && n->kind == NODE_TEXT ? n->text : NULL;
}

bool api_definition_patch(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "ops", "etag", NULL };
    DraftEdit e = { .path = path_of(w, q) };

    if (!e.path || !request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    e.etag = etag_of(w, body);
    e.ops = node_find(body, "ops");
    if (!node_is(e.ops, NODE_LIST) || !e.ops->n)
        cx_issue(&w->cx, at_field("ops"), "required", "must be a list of operations");
    return cx_check(&w->cx) && change(w, &e, r);
}

bool api_definition_put(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL }, *const known[] = { "text", "etag", NULL };
    DraftEdit e = { .path = path_of(w, q), .whole = true };

    if (!e.path || !request_args_only(&w->cx, q, none)) return false;
    const Node *body = request_object(&w->cx, q, known);
    if (!body) return false;
    e.etag = etag_of(w, body);
    if (!node_is(node_find(body, "text"), NODE_TEXT) || node_blank(node_find(body, "text")))
        cx_issue(&w->cx, at_field("text"), "required", "is required");
    e.text = node_text(node_find(body, "text"));
    return cx_check(&w->cx) && change(w, &e, r);
}

bool api_definition_delete(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "etag", NULL };
    DraftEdit e = { .path = path_of(w, q), .whole = true, .etag = request_arg(q, "etag") };

    if (!e.path || !request_args_only(&w->cx, q, known)) return false;
    if (!e.etag) cx_issue(&w->cx, at_field("etag"), "required", "is required");
    return cx_check(&w->cx) && change(w, &e, r);
}

bool api_draft_drop(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "path", NULL };

    if (!request_args_only(&w->cx, q, known) || !draft_drop(w, request_arg(q, "path")))
        return false;
    r->status = 204;
    return true;
}
