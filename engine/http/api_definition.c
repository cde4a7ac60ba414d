/*
 * api_definition.c — the files of the app: read, edited in a draft of one's own, dropped.
 */
#include "http/definition.h"
#include "data/import.h"
#include "data/version.h"
#include "base/diff.h"
#include "base/node_yaml.h"

#include <string.h>

/* ---- reading ---- */

static const Draft *draft_of(const Draft *list, int n, const char *path)
{
    for (int i = 0; i < n; i++)
        if (str_eq(list[i].path, path)) return &list[i];
    return NULL;
}

/* A file of the list: its draft fitted to what is served, or, where both collide, as it was
   written. `s`: what is served, NULL: nothing. */
MUST static bool put_listed(Work *w, Json *j, const Source *s, const Draft *kept, int64_t version,
    bool texts)
{
    const char *path = s ? s->path : kept->path;
    Draft d = { .text = s ? s->text : NULL };
    Merge clash = { 0 };

    if (kept && !draft_open(w, path, &d, &clash)) {
        if (!clash.n) return false;
        cx_clear(&w->cx);
        d = *kept;
    }
    json_map(j);
    definition_file(w, j, path, d.text, version, kept && d.at);
    if (texts) definition_text(w, j, path, d.text);
    if (clash.n) {
        json_key(j, "clashes");
        definition_clashes(w, j, &clash);
    }
    json_map_end(j);
    return true;
}

MUST static bool put_files(Work *w, Json *j, bool texts)
{
    const App *app = w->app;
    FileVersion *version;
    int n, nversion;
    Draft *draft;

    if (!draft_list(w, &draft, &n) || !version_files(&w->cx, w->db, &version, &nversion)) return false;
    for (int i = 0; i < app->nsource; i++) {
        const Source *s = &app->source[i];
        if (!put_listed(w, j, s, draft_of(draft, n, s->path), version_file(version, nversion, s->path), texts))
            return false;
    }
    for (int i = 0; i < n; i++)
        if (!app_source(app->source, app->nsource, draft[i].path)
            && !put_listed(w, j, NULL, &draft[i], 0, texts)) return false;
    return true;
}

bool definition_others(Work *w, Json *j)
{
    DraftOther *other;
    int n;

    if (!draft_others(w, &other, &n)) return false;
    json_key(j, "others");
    json_list(j);
    for (int i = 0; i < n; i++) {
        json_map(j);
        json_key(j, "path"); json_text(j, other[i].path);
        json_key(j, "name"); json_text(j, other[i].name);
        json_key(j, "at"); json_val(j, val_datetime(other[i].at));
        json_map_end(j);
    }
    json_list_end(j);
    return true;
}

bool api_definitions(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "texts", NULL };

    if (!request_args_only(&w->cx, q, known)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "app"); json_text(&j, w->app->key);
    json_key(&j, "version"); json_int(&j, w->app->version);
    json_key(&j, "waiting"); json_text(&j, engine_waiting(w->engine, w->cx.a));
    json_key(&j, "files");
    json_list(&j);
    if (!put_files(w, &j, str_eq(request_arg(q, "texts"), "true"))) return false;
    json_list_end(&j);
    if (!definition_others(w, &j)) return false;
    json_map_end(&j);
    return true;
}

/* The path after /definitions/. */
static const char *path_of(Work *w, const Request *q)
{
    const char *path = q->npart > 4 ? arena_printf(w->cx.a, "%s/%s", q->part[3], q->part[4])
        : q->part[3];

    if (q->npart > 5) path = arena_printf(w->cx.a, "%s/%s", path, q->part[5]);
    return definition_path(w, path) ? path : NULL;
}

static bool answer_text(Work *w, Response *r, const char *path, const char *text,
    int64_t version, bool draft)
{
    Json j = response_json(r, 200);

    json_map(&j);
    definition_file(w, &j, path, text, version, draft);
    definition_text(w, &j, path, text);
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
    int64_t asked = request_arg_int(&w->cx, q, "version", 0, 1, INT32_MAX);
    FileVersion *version;
    Merge clash;
    Draft d;
    int n;

    if (!path || !request_args_only(&w->cx, q, known)) return false;
    if (asked) return read_old(w, r, path, asked);
    if (!draft_open(w, path, &d, &clash)) return definition_refused(w, r, &clash, NULL);
    return version_files(&w->cx, w->db, &version, &n)
        && answer_text(w, r, path, d.text, version_file(version, n, path), d.at != 0);
}

/* ---- editing ---- */

/* What the draft is now; with the app's issues, which do not keep anybody from editing on. */
static bool answer_draft(Work *w, Response *r, const Draft *d, bool created)
{
    Cx checked;

    if (!definition_check(w, &checked)) return false;
    Json j = response_json(r, created ? 201 : 200);
    json_map(&j);
    definition_draft(w, &j, d);
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

    if (!request_args_only(&w->cx, q, known) || !draft_drop(w, request_arg(q, "path"))
        || !imports_settle(w)) return false;
    r->status = 204;
    return true;
}
