/*
 * cmd_debug.c — what the engine made of the app: expressions, permissions, rules, routes.
 */
#include "main/cmd.h"
#include "data/auth.h"
#include "data/perm.h"
#include "base/out.h"
#include "http/route.h"
#include "rule/hooks.h"

#include <stdio.h>
#include <stdlib.h>

static int look(Cmd *c, CmdWork fn)
{
    Engine *e;
    if (!cmd_open(c, true, &e)) return cmd_failed(c);
    bool ok = cmd_with(c, e, fn, c);
    engine_close(e);
    return ok ? EXIT_DONE : cmd_failed(c);
}

static bool find_value(Work *w, const Form *f, const Expr *e, const char *id, const char **out)
{
    Record *r;
    Val v;
    if (!record_load(w, f, strtoll(id, NULL, 10), true, &r)) return false;
    if (!r) return cx_fail(&w->cx, E_MISSING, "there is no such record");
    Eval env = record_eval(w, r, NULL);
    if (!expr_eval(e, &env, &v)) return false;
    *out = v.kind == VAL_BLANK ? "blank" : val_show(w->cx.a, v);
    return true;
}

/* Pairs of names and texts: lines, or one JSON object. */
static void show_pairs(Cmd *c, const char *const *name, const char *const *text, int n)
{
    Node *map = node_map(c->a);
    for (int i = 0; i < n; i++) {
        if (!text[i]) continue;
        if (c->json) node_put_text(c->a, map, name[i], text[i]);
        else printf("%s: %s\n", name[i], text[i]);
    }
    if (c->json) printf("%s\n", node_json(c->a, map));
}

static bool debug_expr(Work *w, void *arg)
{
    Cmd *c = arg;
    const Form *f = cmd_form(w, c->arg[0]);
    if (!f || (cmd_option(c, "as") && !auth_become_login(w, cmd_option(c, "as")))) return false;
    ExprWhere where = app_where(w->app, f, USE_FILTER);
    Expr *e = expr_load(&w->cx, NULL, c->arg[1], &where);
    if (!e) return cx_check(&w->cx);
    Sql sql = sql_begin(w->cx.a, db_dialect(w->db));
    ExprSql ask = { .asker = work_asker(w) };
    if (!expr_sql(&w->cx, e, &ask, &sql)) return false;
    Str tree = str_begin(w->cx.a);
    Json j = json_begin(&tree);
    expr_json(e, &j);
    static const char *const names[] = { "type", "sql", "browser", "value" };
    const char *text[] = { type_show(w->cx.a, expr_type(e)), sql_explain(w->cx.a, &sql),
        expr_in_browser(e) ? str_show(&tree) : "asks the server", NULL };
    const char *id = cmd_option(c, "id");
    if (id && !find_value(w, f, e, id, &text[3])) return false;
    show_pairs(c, names, text, LEN(names));
    return true;
}

int run_debug_expr(Cmd *c)
{
    return look(c, debug_expr);
}

static bool debug_sql(Work *w, void *arg)
{
    Cmd *c = arg;
    const Form *f = cmd_form(w, c->arg[0]);
    Sql sql = sql_begin(w->cx.a, db_dialect(w->db));
    int act = 0;
    while (act < ACT_COUNT && !str_eq(act_name[act], c->arg[1])) act++;
    if (!f) return false;
    if (act == ACT_COUNT) return cx_fail(&w->cx, E_INPUT, "there is no action %s", c->arg[1]);
    if (!auth_become_login(w, cmd_option(c, "as")) || !perm_where(w, f, (Act)act, f->key, &sql))
        return false;
    const char *const name = "sql", *const text = sql_explain(w->cx.a, &sql);
    if (c->json) show_pairs(c, &name, &text, 1);
    else printf("%s\n", text);
    return true;
}

int run_debug_sql(Cmd *c)
{
    if (!cmd_option(c, "as")) return cmd_usage(c, "--as LOGIN is missing");
    return look(c, debug_sql);
}

static void show_rule(Cmd *c, Node *list, const char *kind, const char *what,
    const char *plugin, int line)
{
    const char *file = arena_printf(c->a, "plugins/%s.lua", plugin);
    if (c->json) {
        Node *one = node_add(c->a, list, node_map(c->a));
        node_put_text(c->a, one, "kind", kind);
        node_put_text(c->a, one, "name", what);
        node_put_text(c->a, one, "file", file);
        if (line) node_put_int(c->a, one, "line", line);
    } else if (line) {
        printf("%-7s %-36s %s:%d\n", kind, what, file, line);
    } else {
        printf("%-7s %-36s %s\n", kind, what, file);
    }
}

static bool debug_rules(Work *w, void *arg)
{
    Cmd *c = arg;
    const Handler *on;
    const Schedule *every;
    const Action *action;
    Node *list = node_list(c->a);
    int n = hooks_handlers(w->box, &on);
    for (int i = 0; i < n; i++)
        show_rule(c, list, "on", on[i].event, on[i].plugin, on[i].line);
    n = hooks_schedules(w->box, &every);
    for (int i = 0; i < n; i++)
        show_rule(c, list, "every", arena_printf(c->a, "%-14s %s", every[i].cron,
            every[i].name), every[i].plugin, 0);
    n = hooks_actions(w->box, &action);
    for (int i = 0; i < n; i++)
        show_rule(c, list, "action", action[i].name, action[i].plugin, action[i].line);
    if (c->json) printf("%s\n", node_json(c->a, list));
    return true;
}

int run_debug_rules(Cmd *c)
{
    return look(c, debug_rules);
}

int run_debug_routes(Cmd *c)
{
    const Route *list;
    int n = route_list(&list);
    Node *all = node_list(c->a);
    for (int i = 0; i < n; i++) {
        int f = list[i].flags;
        if (c->json) {
            Node *one = node_add(c->a, all, node_map(c->a));
            node_put_text(c->a, one, "method", list[i].method);
            node_put_text(c->a, one, "path", list[i].path);
            node_put_text(c->a, one, "help", list[i].help);
            continue;
        }
        printf("%-7s %-52s %s%s%s%s%s\n", list[i].method, list[i].path, list[i].help,
            f & ROUTE_OPEN ? " [open]" : "", f & ROUTE_ADMIN ? " [admin]" : "",
            f & ROUTE_WRITE ? " [csrf]" : "", f & ROUTE_BARE ? " [bare]" : f & ROUTE_SIGNED ? " [signed]" : "");
    }
    if (c->json) printf("%s\n", node_json(c->a, all));
    return EXIT_DONE;
}
