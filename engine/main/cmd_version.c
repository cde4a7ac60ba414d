/*
 * cmd_version.c — what is published: apply, log, diff, revert.
 */
#include "main/ops.h"
#include "data/pins.h"
#include "data/version.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_LIMIT = 20, LOG_MOST = 100000 };

static int64_t number(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n && n < 10 && !text[n] ? strtoll(text, NULL, 10) : 0;
}

/* `--migrate FLOW`, FLOW=all or FLOW=old:new,…, as often as needed, as {FLOW: …}. */
Node *cmd_moves(Cmd *c)
{
    Node *map = node_map(c->a);
    for (int i = 0; i < c->noption; i++) {
        if (!str_eq(c->name[i], "migrate")) continue;
        const char *text = c->value[i], *eq = strchr(text, '=');
        char *flow = arena_dup_n(c->a, text, eq ? (size_t)(eq - text) : strlen(text));
        node_put_text(c->a, map, flow, eq ? eq + 1 : "all");
    }
    return map;
}

/* Who does it, unless it is said: whoever is at the terminal. */
static PublishAsk ask_of(Cmd *c)
{
    const char *author = cmd_option(c, "author");
    const FlowMove *move;
    int n;
    if (!pins_moves(&c->cx, cmd_moves(c), &move, &n)) n = 0;
    return (PublishAsk){ .move = move, .nmove = n, .author = author ? author : sys_env("USER"),
        .note = cmd_option(c, "note"), .loss = cmd_flag(c, "allow-loss"), .asked = true };
}

static Node *args_of(Cmd *c, const PublishAsk *ask)
{
    Node *args = node_map(c->a);
    if (ask->author) node_put_text(c->a, args, "author", ask->author);
    if (ask->note) node_put_text(c->a, args, "note", ask->note);
    node_put_bool(c->a, args, "allow_loss", ask->loss);
    node_put(c->a, args, "migrate", cmd_moves(c));
    Node *fill = node_put(c->a, args, "fill", node_list(c->a));
    for (int i = 0; i < c->noption; i++)
        if (str_eq(c->name[i], "fill")) node_add(c->a, fill, node_new_text(c->a, c->value[i]));
    return args;
}

static int publish(Cmd *c, const char *op, const Node *args)
{
    Node *out;
    if (!ops_call(c, op, args, &out)) return cmd_failed(c);
    if (c->json) printf("%s\n", node_json(c->a, out));
    else printf("version %s is published\n", node_text(node_find(out, "version")));
    return EXIT_DONE;
}

int run_apply(Cmd *c)
{
    PublishAsk ask = ask_of(c);
    /* Without a server, opening the database publishes already: then as this. */
    c->ask = &ask;
    return publish(c, "apply", args_of(c, &ask));
}

int run_revert(Cmd *c)
{
    PublishAsk ask = ask_of(c);
    Node *args = args_of(c, &ask);
    int64_t version = number(c->arg[0]);
    if (!version) return cmd_usage(c, "%s is no number of a version", c->arg[0]);
    node_put_int(c->a, args, "version", version);
    return publish(c, "revert", args);
}

/* ---- looking ---- */

static void print_version(const Version *v)
{
    char at[40];
    datetime_show(at, sizeof at, v->at);
    printf("version %lld  %s  %s\n", (long long)v->version, at, v->author ? v->author : "-");
    if (v->note) printf("    %s\n", v->note);
    for (int i = 0; i < v->nfile; i++) printf("  %s %s\n", v->file[i].what, v->file[i].path);
    for (const char *p = v->plan; p && *p; ) {
        int n = (int)strcspn(p, "\n");
        printf("  %.*s\n", n, p);
        p += n + (p[n] == '\n');
    }
}

static bool print_log(Cmd *c, Db *db, int limit)
{
    Version *list;
    int n;
    Str s = str_begin(c->a);
    Json j = json_begin(&s);
    if (!version_list(&c->cx, db, 0, limit, &list, &n)) return false;
    if (!c->json) {
        for (int i = 0; i < n; i++) print_version(&list[i]);
        return true;
    }
    json_map(&j);
    json_key(&j, "versions");
    json_list(&j);
    for (int i = 0; i < n; i++) version_json(&list[i], &j);
    json_list_end(&j);
    json_map_end(&j);
    printf("%s\n", str_show(&s));
    return true;
}

static int closed(Cmd *c, DbPool *pool, Db *db, bool ok)
{
    if (db) db_close(db);
    if (pool) db_pool_close(pool);
    return ok ? EXIT_DONE : cmd_failed(c);
}

int run_log(Cmd *c)
{
    const char *limit = cmd_option(c, "limit");
    DbPool *pool;
    Db *db;
    int64_t n = limit ? number(limit) : LOG_LIMIT;
    if (n < 1 || n > LOG_MOST) return cmd_usage(c, "--limit is a number from 1");
    bool ok = cmd_open_db(c, &pool, &db) && print_log(c, db, (int)n);
    return closed(c, pool, db, ok);
}

static bool print_diff(Cmd *c, Db *db, int64_t from, int64_t to)
{
    Source *old, *new;
    int nold, nnew;
    if (!version_sources(&c->cx, db, from, &old, &nold)) return false;
    if (to ? !version_sources(&c->cx, db, to, &new, &nnew)
        : !app_read(&c->cx, c->app, &new, &nnew)) return false;
    char *diff = version_diff(c->a, old, nold, new, nnew);
    if (!c->json) {
        fputs(diff, stdout);
        return true;
    }
    Str s = str_begin(c->a);
    Json j = json_begin(&s);
    json_map(&j);
    json_key(&j, "from"); json_int(&j, from);
    json_key(&j, "to");
    if (to) json_int(&j, to);
    else json_text(&j, "folder");
    json_key(&j, "diff"); json_text(&j, diff);
    json_map_end(&j);
    printf("%s\n", str_show(&s));
    return true;
}

int run_diff(Cmd *c)
{
    DbPool *pool;
    Db *db;
    int64_t version[2] = { 0, 0 };
    for (int i = 0; i < c->narg; i++)
        if (!(version[i] = number(c->arg[i])))
            return cmd_usage(c, "%s is no number of a version", c->arg[i]);
    bool ok = cmd_open_db(c, &pool, &db) && print_diff(c, db, version[0], version[1]);
    return closed(c, pool, db, ok);
}
