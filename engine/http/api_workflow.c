/*
 * api_workflow.c — workflows, the versions of them that records stand on, and migration.
 */
#include "http/handlers.h"
#include "data/flow_migrate.h"
#include "data/pins.h"

#include <string.h>

enum { LIMIT = 1000, MOST = 10000 };

static void put_flow(Work *w, Json *j, const Workflow *flow)
{
    json_map(j);
    json_key(j, "name"); json_text(j, flow->key);
    json_key(j, "label"); json_text(j, label_show(&flow->label, w->cx.lang, flow->key));
    json_key(j, "form"); json_text(j, flow->form->key);
    json_key(j, "version"); json_int(j, flow->version);
    json_key(j, "older");
    json_list(j);
    for (int i = 0; i < flow->nolder; i++) json_int(j, flow->older[i]->version);
    json_list_end(j);
    json_map_end(j);
}

bool api_workflows(Work *w, const Request *q, Response *r)
{
    static const char *const none[] = { NULL };

    if (!request_args_only(&w->cx, q, none)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "workflows");
    json_list(&j);
    for (int i = 0; i < w->app->nworkflow; i++) put_flow(w, &j, w->app->workflow[i]);
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

static bool workflow_map(Cx *cx, const Workflow *flow, const Node *map, MigrateAsk *ask)
{
    StageMap *out = ARENA_ARRAY(cx->a, StageMap, map ? map->n + 1 : 1);

    ask->map = out;
    if (map && !node_is(map, NODE_MAP) && !node_blank(map))
        return cx_issue(cx, at_field("map"), "wrong_kind", "a map (key: value) is expected here");
    for (int i = 0; map && i < map->n; i++) {
        const char *key = node_text(map->item[i]);
        Stage *to = key ? workflow_stage(flow, key) : NULL;
        if (to) out[ask->nmap++] = (StageMap){ map->item[i]->key, to };
        else cx_issue(cx, at_field("map"), "unknown_stage", "unknown stage `%s`", key ? key : "?");
    }
    return cx_check(cx);
}

static bool look(Work *w, Response *r, const MigrateAsk *ask)
{
    MigrateRow *row;
    int n;

    if (!flow_migrate_look(w, ask, &row, &n)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "records");
    json_list(&j);
    for (int i = 0; i < n; i++) {
        json_map(&j);
        json_key(&j, "version"); json_int(&j, row[i].version);
        json_key(&j, "stage"); json_text(&j, row[i].stage);
        json_key(&j, "to"); json_text(&j, row[i].to ? row[i].to->key : NULL);
        json_key(&j, "count"); json_int(&j, row[i].n);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    return true;
}

static bool migrate(Work *w, Response *r, const MigrateAsk *ask)
{
    MigrateDone done;

    if (!flow_migrate(w, ask, &done)) return false;
    Json j = response_json(r, 200);
    json_map(&j);
    json_key(&j, "moved"); json_int(&j, done.moved);
    json_key(&j, "refused");
    json_list(&j);
    for (int i = 0; i < done.nrefused; i++) {
        json_map(&j);
        json_key(&j, "record"); json_int(&j, done.refused[i].record);
        json_key(&j, "why"); json_text(&j, done.refused[i].why);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_key(&j, "after");
    if (done.more) json_int(&j, done.last);
    else json_null(&j);
    json_map_end(&j);
    return true;
}

bool api_workflow_migrate(Work *w, const Request *q, Response *r)
{
    static const char *const known[] = { "from_version", "map", "dry_run", "after", "limit", NULL };
    static const char *const none[] = { NULL };
    const Node *body = request_args_only(&w->cx, q, none) ? request_object(&w->cx, q, known) : NULL;
    const Workflow *flow = app_workflow(w->app, q->segment[0]);
    int64_t limit = LIMIT;
    MigrateAsk ask = { .flow = flow };
    bool dry = false;

    if (!body) return false;
    if (!flow) return cx_fail(&w->cx, E_MISSING, "there is no workflow %s", q->segment[0]);
    if (!node_read_int(&w->cx, body, "from_version", &ask.from)
        || !node_read_int(&w->cx, body, "after", &ask.after)
        || !node_read_int(&w->cx, body, "limit", &limit)
        || !node_read_bool(&w->cx, body, "dry_run", &dry)) return cx_check(&w->cx);
    ask.limit = (int)(limit < 1 ? 1 : limit > MOST ? MOST : limit);
    if (!workflow_map(&w->cx, flow, node_find(body, "map"), &ask)) return false;
    return dry ? look(w, r, &ask) : migrate(w, r, &ask);
}
