/*
 * cmd_new.c — new: an app to start from, as text to read and to change. Which ones there are stands
 * in templates/; the shipped app is one of them.
 */
#include "main/cmd.h"
#include "def/starter.h"
#include "base/sys.h"

#include <stdio.h>
#include <string.h>

#define FIRST "ideas"          /* without --template */

/* Of who sits at the terminal, as far as it says so. */
static const char *reader(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *said = NULL;

    for (int i = 0; i < LEN(names) && (!said || !*said); i++) said = sys_env(names[i]);
    return said && str_starts(said, "zh") ? "zh" : "en";
}

static int list(Cmd *c)
{
    const char *lang = reader();
    Node *out = node_map(c->a), *all = node_put(c->a, out, "templates", node_list(c->a));
    const Starter *s;
    int n = starter_list(&c->cx, &s);

    for (int i = 0; i < n; i++) {
        const char *label = label_show(&s[i].label, lang, s[i].name), *help = label_show(&s[i].help, lang, "");
        Node *one = node_add(c->a, all, node_map(c->a));
        node_put_text(c->a, one, "name", s[i].name);
        node_put_text(c->a, one, "label", label);
        node_put_text(c->a, one, "help", help);
        if (!c->json) printf("%-18s %s: %s\n", s[i].name, label, help);
    }
    if (c->json) printf("%s\n", node_json(c->a, out));
    return EXIT_DONE;
}

static bool put(Cmd *c, const char *dir, const char *name, const char *text, size_t n)
{
    const char *path = path_join(c->a, dir, name);
    char *folder = arena_dup(c->a, path);

    *strrchr(folder, '/') = 0;
    return dir_make(&c->cx, folder) && file_write(&c->cx, path, text, n);
}

static const char *readme(Cmd *c, const Starter *s)
{
    const char *label = label_show(&s->label, "en", s->name), *help = label_show(&s->help, "en", "");
    bool demo = app_source(s->file, s->nfile, "demo/demo.lua") != NULL;

    return arena_printf(c->a, "# %s\n\n%s.\n\n"
        "    tenon check          # read everything, report mistakes\n"
        "    tenon test           # run scenarios/\n"
        "%s"
        "    tenon apply          # make the database\n"
        "    printf 'a long password' | tenon user add --login ann --roles admin --password-stdin\n"
        "    tenon serve          # http://127.0.0.1:8080\n\n"
        "`app.yaml` names languages, roles and the menu; `forms/` holds one form a file, `workflows/`\n"
        "its stages, `plugins/` rules in Lua, `scenarios/` tests. A changed file is live at once\n"
        "while the server runs.\n", label, help, demo
        ? "    tenon serve --demo   # look at it with demo data: in a database of its own by --db\n" : "");
}

/* What one has there is never mixed with a new app. */
static bool write_app(Cmd *c, const Starter *s, const char *dir)
{
    static const char ignore[] = "/data/\n";
    const char **there, *text = readme(c, s);
    int n;

    if (file_exists(path_join(c->a, dir, "app.yaml"))) return cx_fail(&c->cx, E_CONFLICT, "%s is an app already", dir);
    if (!dir_list(&c->cx, dir, "", &there, &n)) return false;
    if (n) return cx_fail(&c->cx, E_CONFLICT, "%s is not empty: it has %s", dir, there[0]);
    for (int i = 0; i < s->nfile; i++)
        if (!put(c, dir, s->file[i].path, s->file[i].text, s->file[i].n)) return false;
    return put(c, dir, "README.md", text, strlen(text)) && put(c, dir, ".gitignore", ignore, strlen(ignore));
}

int run_new(Cmd *c)
{
    const char *dir = c->narg ? c->arg[0] : NULL, *name = cmd_option(c, "template");

    if (cmd_flag(c, "list")) return dir || name ? cmd_usage(c, "--list stands alone") : list(c);
    if (!dir) return cmd_usage(c, "in which folder?");
    const Starter *s = starter_find(&c->cx, name ? name : FIRST);
    if (!s || !write_app(c, s, dir)) return cmd_failed(c);
    if (c->json) {
        Node *out = node_map(c->a);
        node_put_text(c->a, out, "dir", dir);
        node_put_text(c->a, out, "template", s->name);
        printf("%s\n", node_json(c->a, out));
        return EXIT_DONE;
    }
    printf("%s is an app now: tenon check %s && tenon serve %s\n", dir, dir, dir);
    return EXIT_DONE;
}
