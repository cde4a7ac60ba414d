/*
 * cmd_app.c — the definitions: check, plan, trim; and tick, backup.
 */
#include "main/ops.h"
#include "data/content.h"
#include "data/copy.h"
#include "data/migrate.h"
#include "data/pins.h"
#include "data/rule_api.h"
#include "def/prove.h"
#include "def/rewrite.h"
#include "rule/hooks.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The app, with its rules. pins: what it is loaded over, or NULL. `found`: what a prover has to say;
   or NULL. */
static App *load(Cmd *c, const Pins *pins, Cx *found)
{
    Source *source;
    int n;
    expr_init();
    App *app = app_read(&c->cx, c->app, &source, &n)
        ? app_load_over(&c->cx, source, n, c->app, pins) : NULL;
    if (!app || c->cx.nissue) {
        app_give(app);
        if (!cx_check_as(&c->cx, E_DEF)) return NULL;
        cx_fail(&c->cx, E_DEF, "the app cannot be read");
        return NULL;
    }
    Box *box = hooks_open(&c->cx, app, NULL, rule_api_open);
    bool ok = box && hooks_check(&c->cx, app, box);
    if (ok && found) {
        prove_app(found, app);
        hooks_prove(found, app, box);
        prove_sort(found);
    }
    if (box) box_free(box);
    if (cx_check_as(&c->cx, E_DEF) && ok) return app;
    app_give(app);
    return NULL;
}

int run_check(Cmd *c)
{
    Cx found = cx_begin(c->a, NULL);
    bool strict = cmd_flag(c, "strict");
    App *app = load(c, NULL, strict ? &found : NULL);
    if (!app) {
        if (!c->json && c->cx.nissue)
            fprintf(stderr, "%d issue%s\n", c->cx.nissue, c->cx.nissue == 1 ? "" : "s");
        return cmd_failed(c);
    }
    if (strict) {
        int status = cmd_findings(c, app, &found);
        app_give(app);
        return status;
    }
    int forms = 0;
    for (int i = 0; i < app->nform; i++)
        forms += !app->form[i]->parent && !app->form[i]->builtin;
    if (c->json)
        printf("{\"ok\": true, \"forms\": %d, \"workflows\": %d}\n", forms, app->nworkflow);
    else printf("%s: %d forms, %d workflows, no issues\n", app->key, forms, app->nworkflow);
    app_give(app);
    return EXIT_DONE;
}

/* The database as it is, or an empty one when there is none. */
static bool open_db(Cmd *c, DbPool **pool, Db **db, char **dir)
{
    const char *url = cmd_db(c);
    *dir = NULL;
    bool missing = str_starts(url, "sqlite:") && !file_exists(url + 7);
    if (missing) {
        char name[] = "/tmp/tenon-plan-XXXXXX";
        if (!mkdtemp(name)) return cx_fail(&c->cx, E_SYS, "cannot make a temporary folder");
        *dir = arena_dup(c->a, name);
        url = arena_printf(c->a, "sqlite:%s/empty.db", name);
    }
    return db_pool_open(&c->cx, url, !missing, pool) && db_open(&c->cx, *pool, db)
        && copy_is_whole(&c->cx, *db) && (!missing || schema_system(&c->cx, *db));
}

static void remove_dir(Cmd *c, const char *dir)
{
    static const char *const files[] = { "empty.db", "empty.db-wal", "empty.db-shm",
        "empty.db.lock", "empty.db-lock" };
    for (int i = 0; dir && i < LEN(files); i++) unlink(path_join(c->a, dir, files[i]));
    if (dir) rmdir(dir);
}

static void print_version(const Plan *plan)
{
    if (!plan->version) printf("the database is empty\n");
    else printf("the database is at version %lld of %s%s%s%s\n", (long long)plan->version,
        plan->at ? plan->at : "?", plan->author ? " by " : "", plan->author ? plan->author : "",
        plan->same ? ", which is this app" : "");
    if (plan->former)
        printf("this app is version %lld again\n", (long long)plan->former);
}

/* The texts that a rename changes, and the lines of rules that it does not. */
typedef struct Texts { char *diff; Node *lua; } Texts;

static bool read_texts(Cmd *c, Db *db, const App *app, const App *to, Texts *out)
{
    Source *source;
    int n;
    int64_t version;
    const char *hash;
    App *before = NULL;
    bool ok = migrate_stored(&c->cx, db, &source, &n, &version, &hash);
    Cx inner = cx_begin(c->a, c->cx.lang);
    if (ok && n) before = app_load_sources(&inner, source, n, NULL);
    out->diff = rewrite_diff(c->a, app, to);
    out->lua = node_copy(c->a, rewrite_lua(c->a, app, before));
    app_give(before);
    return ok;
}

static void print_texts(const Texts *t)
{
    printf("%s", t->diff);
    for (int i = 0; i < t->lua->n; i++) {
        const Node *x = t->lua->item[i];
        printf("%s:%s: mentions `%s`, which is renamed: %s\n", node_text(node_find(x, "file")),
            node_text(node_find(x, "line")), node_text(node_find(x, "name")),
            node_text(node_find(x, "text")));
    }
}

static void print_json(Cmd *c, const Plan *plan, const Texts *texts)
{
    Str s = str_begin(c->a);
    Json j = json_begin(&s);
    plan_json(plan, &j);
    Node *n = json_parse(&c->cx, str_show(&s), s.n);
    node_put_text(c->a, n, "diff", texts->diff);
    node_put(c->a, n, "lua", texts->lua);
    printf("%s\n", node_json(c->a, n));
}

static void print_plan(Cmd *c, const Plan *plan, const Texts *texts)
{
    if (c->json) {
        print_json(c, plan, texts);
        return;
    }
    print_version(plan);
    if (plan_empty(plan)) printf("nothing to do: the database is the app\n");
    else printf("%s", plan_show(c->a, plan));
    if (*plan_sql(c->a, plan)) printf("\n%s", plan_sql(c->a, plan));
    if (plan->loses && !plan->refused) printf("\nwaits for --allow-loss\n");
    print_texts(texts);
}

/* As a publication would load it: over the versions that records stand on, renames followed. */
static bool load_over(Cmd *c, Db *db, App **app, App **to)
{
    const FlowMove *move;
    Pins *pins;
    int n;
    if (!pins_moves(&c->cx, cmd_moves(c), &move, &n) || !pins_read(&c->cx, db, move, n, &pins))
        return false;
    *app = load(c, pins, NULL);
    *to = *app ? rewrite_app(&c->cx, *app) : NULL;
    return *to || (cx_check_as(&c->cx, E_DEF) && cx_fail(&c->cx, E_DEF, "the app cannot be read"));
}

int run_plan(Cmd *c)
{
    DbPool *pool = NULL;
    Db *db = NULL;
    char *dir = NULL;
    Plan plan = { 0 };
    Texts texts = { 0 };
    App *app = NULL, *to = NULL;
    bool ok = open_db(c, &pool, &db, &dir) && load_over(c, db, &app, &to)
        && schema_plan(&c->cx, db, to, &plan) && read_texts(c, db, app, to, &texts);
    if (ok) print_plan(c, &plan, &texts);
    if (db) db_close(db);
    if (pool) db_pool_close(pool);
    remove_dir(c, dir);
    app_give(to);
    app_give(app);
    if (!ok) return cmd_failed(c);
    return plan.refused ? EXIT_ISSUES : EXIT_DONE;
}

int run_trim(Cmd *c)
{
    Node *args = node_map(c->a), *out;
    bool yes = cmd_flag(c, "yes");
    node_put_bool(c->a, args, "yes", yes);
    if (!ops_call(c, "trim", args, &out)) return cmd_failed(c);
    const char *text = node_text(node_find(out, "text"));
    if (c->json) printf("%s\n", node_json(c->a, out));
    else if (!text || !*text) printf("nothing is retired\n");
    else printf("%s%s\n", text, yes ? "done" : "with --yes this is dropped for good");
    return EXIT_DONE;
}

int run_tick(Cmd *c)
{
    const char *now = cmd_option(c, "now");
    int64_t at = sys_now();
    Node *args = node_map(c->a), *out;
    if (now && !datetime_parse(now, zone_utc(), &at))
        return cmd_usage(c, "--now wants a time like 2026-03-02T09:00:00+08:00");
    /* In this process rules see that time too; a running server keeps its clock. */
    if (now) sys_clock_set(at);
    node_put_int(c->a, args, "now", at);
    bool ok = ops_call(c, "tick", args, &out);
    sys_clock_clear();
    if (!ok) return cmd_failed(c);
    if (c->json) printf("%s\n", node_json(c->a, out));
    else printf("%s fired\n", node_text(node_find(out, "fired")));
    return EXIT_DONE;
}

int run_backup(Cmd *c)
{
    Node *args = node_map(c->a), *out;
    const char *path = c->arg[0];
    char here[4096];
    /* A running server stands in another folder. */
    if (*path != '/' && getcwd(here, sizeof here)) path = path_join(c->a, here, path);
    node_put_text(c->a, args, "path", path);
    node_put_bool(c->a, args, "no_files", cmd_flag(c, "no-files"));
    if (!ops_call(c, "backup", args, &out)) return cmd_failed(c);
    if (c->json) printf("%s\n", node_json(c->a, out));
    else if (cmd_flag(c, "no-files")) printf("the database was copied to %s\n", path);
    else printf("the database was copied to %s, %s files to %s\n", path,
        node_text(node_find(out, "files")), contents_folder(c->a, "", path));
    return EXIT_DONE;
}
