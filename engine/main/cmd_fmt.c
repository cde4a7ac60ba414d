/*
 * cmd_fmt.c — tidies the YAML of an app, or of the files named.
 */
#include "main/cmd.h"
#include "def/yaml_format.h"
#include "base/sys.h"

#include <stdio.h>
#include <string.h>

#define MAX_FILE ((size_t)8 * 1024 * 1024)

typedef struct Files { const char **path; int n, cap; Node *changed; } Files;

static bool add_folder(Cmd *c, Files *f, const char *folder)
{
    const char **name, *dir = path_join(c->a, c->app, folder);
    int n;
    if (!file_is_dir(dir)) return true;
    if (!dir_list(&c->cx, dir, ".yaml", &name, &n)) return false;
    for (int i = 0; i < n; i++)
        ARENA_PUSH(c->a, f->path, f->n, f->cap, path_join(c->a, dir, name[i]));
    return true;
}

static bool find_files(Cmd *c, Files *f)
{
    static const char *const folder[] = { "forms", "workflows", "dashboards", "scenarios",
        "tests/scenarios" };
    for (int i = 0; i < c->narg; i++) ARENA_PUSH(c->a, f->path, f->n, f->cap, c->arg[i]);
    if (c->narg) return true;
    const char *app = path_join(c->a, c->app, "app.yaml");
    if (!file_exists(app)) return cx_fail(&c->cx, E_MISSING, "there is no app.yaml");
    ARENA_PUSH(c->a, f->path, f->n, f->cap, app);
    for (int i = 0; i < LEN(folder); i++)
        if (!add_folder(c, f, folder[i])) return false;
    return true;
}

static bool format_file(Cmd *c, Files *f, const char *path)
{
    char *text;
    size_t n, now;
    if (!file_read(&c->cx, path, MAX_FILE, &text, &n)) return false;
    const char *tidy = yaml_format(&c->cx, path, text, n, &now);
    if (!tidy || (now == n && !memcmp(text, tidy, n))) return true;
    node_add(c->a, f->changed, node_new_text(c->a, path));
    return cmd_flag(c, "check") || file_write(&c->cx, path, tidy, now);
}

int run_fmt(Cmd *c)
{
    Files f = { .changed = node_list(c->a) };
    bool check = cmd_flag(c, "check"), ok = find_files(c, &f);
    for (int i = 0; ok && i < f.n; i++) ok = format_file(c, &f, f.path[i]);
    for (int i = 0; !c->json && i < f.changed->n; i++)
        printf("%s %s\n", check ? "would tidy" : "tidied", node_text(f.changed->item[i]));
    if (!ok || !cx_check_as(&c->cx, E_DEF)) return cmd_failed(c);
    if (c->json) {
        Node *out = node_map(c->a);
        node_put(c->a, out, check ? "untidy" : "tidied", f.changed);
        printf("%s\n", node_json(c->a, out));
    } else if (!f.changed->n) printf("%d files, all tidy\n", f.n);
    return check && f.changed->n ? EXIT_ISSUES : EXIT_DONE;
}
