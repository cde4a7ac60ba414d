/*
 * cmd.c — options, failures, and the ways to the app that verbs share.
 */
#include "main/cmd.h"
#include "data/auth.h"
#include "data/copy.h"
#include "base/sys.h"

#include <stdio.h>
#include <string.h>

const char *cmd_option(const Cmd *c, const char *name)
{
    for (int i = 0; i < c->noption; i++)
        if (str_eq(c->name[i], name)) return c->value[i];
    return NULL;
}

bool cmd_flag(const Cmd *c, const char *name)
{
    return cmd_option(c, name) != NULL;
}

static void print_issue(const Issue *i)
{
    if (i->at.file && i->at.line)
        fprintf(stderr, "%s:%d:%d: %s\n", i->at.file, i->at.line, i->at.col, i->text);
    else if (i->at.field) fprintf(stderr, "%s: %s\n", i->at.field, i->text);
    else fprintf(stderr, "%s\n", i->text);
    if (i->source) fprintf(stderr, "%s\n", i->source);
}

static void print_json(const Cx *cx, Arena *a)
{
    Str s = str_begin(a);
    Json j = json_begin(&s);
    json_map(&j);
    json_key(&j, "ok"); json_bool(&j, false);
    json_key(&j, "code"); json_text(&j, err_code(cx->err));
    json_key(&j, "detail"); json_text(&j, cx->text);
    json_key(&j, "issues");
    json_list(&j);
    for (int i = 0; i < cx->nissue; i++) {
        const Issue *is = &cx->issue[i];
        json_map(&j);
        json_key(&j, "file"); json_text(&j, is->at.file);
        json_key(&j, "line"); json_int(&j, is->at.line);
        json_key(&j, "column"); json_int(&j, is->at.col);
        json_key(&j, "field"); json_text(&j, is->at.field);
        json_key(&j, "code"); json_text(&j, is->code);
        json_key(&j, "message"); json_text(&j, is->text);
        json_map_end(&j);
    }
    json_list_end(&j);
    json_map_end(&j);
    printf("%s\n", str_show(&s));
}

int cmd_failed(Cmd *c)
{
    const Cx *cx = &c->cx;
    bool system = cx->err == E_SYS || cx->err == E_DB || cx->err == E_BUSY
        || cx->err == E_MOVED;
    if (c->json) {
        print_json(cx, c->a);
    } else {
        for (int i = 0; i < cx->nissue; i++) print_issue(&cx->issue[i]);
        if (!cx->nissue && cx->text) fprintf(stderr, "tenon: %s\n", cx->text);
        if (cx->detail) fprintf(stderr, "%s\n", cx->detail);
    }
    return system ? EXIT_SYSTEM : EXIT_ISSUES;
}

int cmd_usage(Cmd *c, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "tenon: ");
    vfprintf(stderr, fmt, args);
    fprintf(stderr, "\n");
    va_end(args);
    if (c->command)
        fprintf(stderr, "usage: tenon %s %s\n", c->command->name, c->command->args);
    return EXIT_USAGE;
}

const char *cmd_db(Cmd *c)
{
    const char *db = cmd_option(c, "db");
    if (db) return strchr(db, ':') ? db : arena_printf(c->a, "sqlite:%s", db);
    return arena_printf(c->a, "sqlite:%s", path_join(c->a, c->app, "data/tenon.db"));
}

/* There is something to read. */
static bool is_there(Cmd *c, const char *file)
{
    if (!file || file_exists(file)) return true;
    return cx_fail(&c->cx, E_MISSING, "there is no database %s yet: run `tenon apply` first",
        file);
}

static const char *db_file(const char *db)
{
    return str_starts(db, "sqlite:") ? db + 7 : NULL;
}

bool cmd_open_db(Cmd *c, DbPool **pool, Db **db)
{
    const char *url = cmd_db(c);
    *pool = NULL;
    *db = NULL;
    return is_there(c, db_file(url)) && db_pool_open(&c->cx, url, true, pool)
        && db_open(&c->cx, *pool, db) && copy_is_whole(&c->cx, *db);
}

bool cmd_open(Cmd *c, bool readonly, Engine **out)
{
    const char *db = cmd_db(c), *file = db_file(db);
    if (readonly && !is_there(c, file)) return false;
    if (file && !readonly) {
        const char *slash = strrchr(file, '/');
        if (slash && !dir_make(&c->cx, arena_dup_n(c->a, file, (size_t)(slash - file) + 1)))
            return false;
    }
    EngineOptions o = { .dir = c->app, .db = db, .files = cmd_option(c, "files"), .readonly = readonly, .ask = c->ask };
    return engine_open(&c->cx, &o, out);
}

bool cmd_with(Cmd *c, Engine *e, CmdWork fn, void *arg)
{
    Work *w = engine_take(e, &c->cx, "en");
    if (!w) return false;
    auth_become_app(w, "cli");
    bool ok = fn(w, arg);
    if (!ok) cx_copy(&c->cx, &w->cx);
    engine_give(w);
    return ok;
}

char *cmd_stdin_line(Cmd *c)
{
    char line[1024];
    if (!fgets(line, sizeof line, stdin)) return NULL;
    line[strcspn(line, "\r\n")] = 0;
    return arena_dup(c->a, line);
}

const Form *cmd_form(Work *w, const char *key)
{
    const Form *f = app_form(w->app, key);
    const char **names = ARENA_ARRAY(w->cx.a, const char *, w->app->nform + 1);
    if (f) return f;
    for (int i = 0; i < w->app->nform; i++) names[i] = w->app->form[i]->key;
    const char *near = str_nearest(key, names, w->app->nform);
    if (near) cx_fail(&w->cx, E_MISSING, "there is no form %s; did you mean %s?", key, near);
    else cx_fail(&w->cx, E_MISSING, "there is no form %s", key);
    return NULL;
}
