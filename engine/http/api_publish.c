/*
 * api_publish.c — drafts, versions and the folder: looked at, planned, published.
 */
#include "http/definition.h"
#include "data/pins.h"
#include "data/progress.h"
#include "data/version.h"

#include <stdlib.h>

enum { LIMIT = 50, MOST = 500 };

/* `fill: {"form.field": value}`, for records that have none. */
MUST static bool read_fills(Work *w, const Node *body, PublishAsk *ask)
{
    const Node *map = body ? node_find(body, "fill") : NULL;
    PlanFill *fill = ARENA_ARRAY(w->cx.a, PlanFill, map ? map->n + 1 : 1);

    if (map && !node_is(map, NODE_MAP))
        cx_issue(&w->cx, at_field("fill"), "wrong_kind", "a map of values by form.field is expected");
    for (int i = 0; node_is(map, NODE_MAP) && i < map->n; i++) {
        const char *name = map->item[i]->key;
        if (!plan_fill_read(w->cx.a, name, map->item[i], &fill[ask->nfill++]))
            cx_issue(&w->cx, at_field(arena_printf(w->cx.a, "fill.%s", name)), "unknown_field",
                "there is no such field");
    }
    ask->fill = fill;
    return cx_check(&w->cx);
}

/* The proposal with its plan, or with the issues that keep it from having one. */
MUST static bool look(Work *w, Propose what, int64_t version, const PublishAsk *answers, Proposal *p,
    Cx *issues, Response *r)
{
    Merge clash;

    *issues = cx_begin(w->cx.a, w->cx.lang);
    if (!proposal_open(w, what, version, p, &clash)) return definition_refused(w, r, &clash, NULL);
    p->answers = answers;
    if (proposal_plan(w, p)) return true;
    if (w->cx.err != E_DEF) return false;
    cx_copy(issues, &w->cx);
    cx_clear(&w->cx);
    return true;
}

static void put_proposal(Work *w, Json *j, const Proposal *p, const Cx *issues)
{
    json_key(j, "version"); json_int(j, w->app->version);
    json_key(j, "ok"); json_bool(j, !issues->nissue && p->plan && !p->refused && !p->loses);
    json_key(j, "files");
    json_list(j);
    for (int i = 0; i < p->nchange; i++) {
        bool was = app_source(w->app->source, w->app->nsource, p->change[i].path) != NULL;
        json_map(j);
        json_key(j, "path"); json_text(j, p->change[i].path);
        json_key(j, "what");
        json_text(j, !p->change[i].text ? "removed" : was ? "changed" : "added");
        json_key(j, "etag"); json_text(j, version_etag(w->cx.a, p->change[i].text));
        json_map_end(j);
    }
    json_list_end(j);
    json_key(j, "diff"); json_text(j, p->diff);
    json_key(j, "rules"); json_node(j, p->rules);
    definition_issues(w, issues, j);
    json_key(j, "flows"); json_node(j, p->flows ? p->flows : node_list(w->cx.a));
    json_key(j, "plan");
    if (p->plan_json) json_raw(j, p->plan_json);
    else json_null(j);
}

static bool answer_look(Work *w, Response *r, Propose what, int64_t version, const PublishAsk *answers)
{
    Proposal p;
    Cx issues;

    if (!look(w, what, version, answers, &p, &issues, r)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    put_proposal(w, &j, &p, &issues);
    json_map_end(&j);
    return true;
}

static bool no_args(Work *w, const Request *q)
{
    static const char *const none[] = { NULL };

    return request_args_only(&w->cx, q, none);
}

bool api_draft(Work *w, const Request *q, Response *r)
{
    return no_args(w, q) && answer_look(w, r, PROPOSE_DRAFT, 0, NULL);
}

bool api_definition_plan(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "fill", NULL };
    PublishAsk answers = { 0 };

    if (!no_args(w, q) || (q->form && !request_object(&w->cx, q, known))) return false;
    return read_fills(w, q->form, &answers) && answer_look(w, r, PROPOSE_DRAFT, 0, &answers);
}

bool api_definition_waiting(Work *w, const Request *q, Response *r)
{
    return no_args(w, q) && answer_look(w, r, PROPOSE_FOLDER, 0, NULL);
}

bool api_definition_check(Work *w, const Request *q, Response *r)
{
    Proposal p;
    Cx issues;

    if (!no_args(w, q) || !look(w, PROPOSE_DRAFT, 0, NULL, &p, &issues, r)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "ok"); json_bool(&j, !issues.nissue);
    definition_issues(w, &issues, &j);
    json_map_end(&j);
    return true;
}

/* ---- writing ---- */

static bool publish(Work *w, Response *r, Propose what, int64_t version, const Node *body,
    const char *note)
{
    PublishAsk ask = { .author = w->who.login, .note = note };
    Published out = { 0 };
    Merge clash;

    int64_t on = 0;
    const Node *seen = node_find(body, "on");
    if (seen && !node_int(seen, &on)) cx_issue(&w->cx, at_field("on"), "type", "must be the number of a version");
    if (!node_read_text(&w->cx, body, "note", &ask.note)
        || !node_read_text(&w->cx, body, "progress", &ask.progress)
        || !node_read_bool(&w->cx, body, "allow_loss", &ask.loss)
        || !pins_moves(&w->cx, node_find(body, "migrate"), &ask.move, &ask.nmove))
        return cx_check(&w->cx);
    if (!read_fills(w, body, &ask)) return false;
    ask.firm = seen != NULL;
    if (seen && on != w->app->version)
        return cx_fail(&w->cx, E_CONFLICT, "version %lld was published meanwhile; look at what is to be done again",
            (long long)w->app->version);
    if (!proposal_publish(w, what, version, &ask, &out, &clash))
        return definition_refused(w, r, &clash, out.plan_json);
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "version"); json_int(&j, out.version);
    json_key(&j, "diff"); json_text(&j, out.diff);
    json_key(&j, "plan"); json_raw(&j, out.plan_json);
    json_map_end(&j);
    return true;
}

bool api_definition_publish(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "note", "allow_loss", "fill", "migrate", "on",
        "progress", NULL };
    const Node *body = no_args(w, q) ? request_object(&w->cx, q, known) : NULL;

    return body && publish(w, r, PROPOSE_DRAFT, 0, body, NULL);
}

bool api_definition_apply(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "note", "allow_loss", "fill", "migrate", "on",
        "progress", NULL };
    const Node *body = no_args(w, q) ? request_object(&w->cx, q, known) : NULL;

    return body && publish(w, r, PROPOSE_FOLDER, 0, body, NULL);
}

bool api_definition_revert(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "version", "note", "allow_loss", "fill", "migrate",
        "dry_run", "on", "progress", NULL };
    const Node *body = no_args(w, q) ? request_object(&w->cx, q, known) : NULL;
    PublishAsk answers = { 0 };
    int64_t version = 0;
    bool dry = false;

    if (!body) return false;
    if (!node_int(node_find(body, "version"), &version) || version < 1)
        cx_issue(&w->cx, at_field("version"), "required", "must be the number of a version");
    if (!node_read_bool(&w->cx, body, "dry_run", &dry) || !cx_check(&w->cx))
        return cx_check(&w->cx);
    if (dry)
        return read_fills(w, body, &answers) && answer_look(w, r, PROPOSE_VERSION, version, &answers);
    return publish(w, r, PROPOSE_VERSION, version, body,
        arena_printf(w->cx.a, "version %lld again", (long long)version));
}

/* ---- versions ---- */

bool api_versions(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "before", "limit", NULL };
    Version *list;
    int n;

    if (!request_args_only(&w->cx, q, known)) return false;
    int64_t before = request_arg_int(&w->cx, q, "before", 0, 1, INT32_MAX);
    int limit = (int)request_arg_int(&w->cx, q, "limit", LIMIT, 1, MOST);
    if (w->cx.err || !version_list(&w->cx, w->db, before, limit, &list, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "versions");
    json_list(&j);
    for (int i = 0; i < n; i++) version_json(&list[i], &j);
    json_list_end(&j);
    json_key(&j, "next");
    if (n == limit && list[n - 1].version > 1) json_int(&j, list[n - 1].version);
    else json_null(&j);
    json_map_end(&j);
    return true;
}

/* A number, "draft", "folder"; absent: what is served. */
MUST static bool side(Work *w, const Request *q, const char *name, Source **out, int *n, Response *r)
{
    const char *text = request_arg(q, name);
    Source *change;
    Merge clash;
    int count;

    if (str_eq(text, "folder")) return app_read(&w->cx, w->app->dir, out, n);
    if (text && !str_eq(text, "draft")) {
        int64_t version = request_arg_int(&w->cx, q, name, 0, 1, INT32_MAX);
        return !w->cx.err && version_sources(&w->cx, w->db, version, out, n);
    }
    if (text && !draft_changes(w, &change, &count, &clash))
        return definition_refused(w, r, &clash, NULL);
    engine_lay(w->cx.a, w->app, text ? change : NULL, text ? count : 0, out, n);
    return true;
}

bool api_version_diff(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "from", "to", NULL };
    Source *from, *to;
    int nfrom, nto;

    if (!request_args_only(&w->cx, q, known)) return false;
    if (!side(w, q, "from", &from, &nfrom, r) || !side(w, q, "to", &to, &nto, r)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "from"); json_text(&j, request_arg(q, "from"));
    json_key(&j, "to"); json_text(&j, request_arg(q, "to"));
    json_key(&j, "diff"); json_text(&j, version_diff(w->cx.a, from, nfrom, to, nto));
    json_map_end(&j);
    return true;
}

/* Without a Work: none is given out while a version is published. Whoever began it knows the key. */
bool api_definition_progress(Work *none, const Request *q, Response *r)
{
    ProgressSeen seen = { 0 };
    bool runs = q->nsegment && progress_look(engine_progress(q->engine), q->segment[0], &seen);

    (void)none;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "running"); json_bool(&j, runs);
    json_key(&j, "step"); json_int(&j, seen.step);
    json_key(&j, "steps"); json_int(&j, seen.steps);
    json_key(&j, "text"); json_text(&j, seen.text);
    json_key(&j, "rows"); json_int(&j, seen.rows);
    json_key(&j, "of"); json_int(&j, seen.of);
    json_map_end(&j);
    return true;
}
