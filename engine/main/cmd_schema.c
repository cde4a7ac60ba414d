/*
 * cmd_schema.c — JSON Schemas of the kinds of files, for editors: one to the terminal, or all
 * into a folder.
 */
#include "main/scenario.h"
#include "base/sys.h"
#include "def/json_schema.h"

#include <stdio.h>
#include <string.h>

static const FileKind scenario_kind = { "scenario", "scenarios/NAME.yaml", "a test of the app",
    scenario_attrs, scenario_steps, 0 };

int cmd_kinds(Arena *a, const FileKind **out)
{
    const FileKind *kind;
    int n = file_kinds(&kind);
    FileKind *all = ARENA_ARRAY(a, FileKind, n + 1);
    for (int i = 0; i < n; i++) all[i] = kind[i];
    all[n] = scenario_kind;
    all[n++].nstep = scenario_nsteps;
    *out = all;
    return n;
}

static void lines(Str *out, const Node *n, int depth)
{
    bool map = node_is(n, NODE_MAP);
    if ((!map && !node_is(n, NODE_LIST)) || !n->n) {
        Json j = json_begin(out);
        json_node(&j, n);
        return;
    }
    for (int i = 0; i < n->n; i++) {
        str_printf(out, "%s\n%*s", i ? "," : map ? "{" : "[", 2 * depth + 2, "");
        if (map) {
            Json j = json_begin(out);
            json_text(&j, n->item[i]->key);
            str_add(out, ": ");
        }
        lines(out, n->item[i], depth + 1);
    }
    str_printf(out, "\n%*s%s", 2 * depth, "", map ? "}" : "]");
}

static const char *schema_text(Cmd *c, const FileKind *kind)
{
    Str s = str_begin(c->a);
    lines(&s, json_schema(c->a, kind), 0);
    str_add(&s, "\n");
    return str_show(&s);
}

static bool write_all(Cmd *c, const char *dir, const FileKind *kind, int n)
{
    if (!dir_make(&c->cx, dir)) return false;
    for (int i = 0; i < n; i++) {
        const char *text = schema_text(c, &kind[i]);
        const char *name = arena_printf(c->a, "%s.schema.json", kind[i].name);
        const char *path = path_join(c->a, dir, name);
        if (!file_write(&c->cx, path, text, strlen(text))) return false;
        printf("%s\n", path);
    }
    return true;
}

int run_schema(Cmd *c)
{
    const FileKind *kind;
    int n = cmd_kinds(c->a, &kind);
    const char *all = cmd_option(c, "all");
    Str names = str_begin(c->a);
    if (all && c->narg) return cmd_usage(c, "either a kind or --all");
    if (all) return write_all(c, all, kind, n) ? EXIT_DONE : cmd_failed(c);
    for (int i = 0; i < n; i++) {
        if (c->narg && str_eq(kind[i].name, c->arg[0])) {
            printf("%s", schema_text(c, &kind[i]));
            return EXIT_DONE;
        }
        str_printf(&names, "%s%s", i ? ", " : "", kind[i].name);
    }
    return cmd_usage(c, "say which kind of file: %s", str_show(&names));
}
