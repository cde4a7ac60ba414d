/*
 * starter.c — the embedded files below templates/, a folder an app (cmake/web.mjs puts them there).
 */
#include "def/starter.h"
#include "base/asset.h"
#include "base/node_yaml.h"

#include <string.h>

#define BELOW "templates/"

/* Of app.yaml alone: who only chooses needs no more of it. */
static void read_labels(Cx *cx, Starter *s)
{
    const Source *file = app_source(s->file, s->nfile, "app.yaml");
    const Node *app = file ? yaml_parse(cx, file->path, file->text, file->n) : NULL;

    label_load(cx, app, "label", &s->label);
    label_load(cx, app, "help", &s->help);
}

int starter_list(Cx *cx, const Starter **out)
{
    Starter *list = NULL;
    int n = 0, cap = 0, files = 0, nasset;
    const Asset *all = asset_list(&nasset);

    for (int i = 0; i < nasset; i++) {
        if (!str_starts(all[i].path, BELOW)) continue;
        const char *name = all[i].path + strlen(BELOW), *slash = strchr(name, '/');
        if (!slash) continue;
        name = arena_dup_n(cx->a, name, (size_t)(slash - name));
        if (!n || !str_eq(list[n - 1].name, name)) {
            ARENA_PUSH(cx->a, list, n, cap, ((Starter){ .name = name }));
            files = 0;
        }
        Source file = { slash + 1, (const char *)all[i].data, all[i].n };
        ARENA_PUSH(cx->a, list[n - 1].file, list[n - 1].nfile, files, file);
    }
    for (int i = 0; i < n; i++) read_labels(cx, &list[i]);
    *out = list;
    return n;
}

const Starter *starter_find(Cx *cx, const char *name)
{
    Str names = str_begin(cx->a);
    const Starter *list;
    int n = starter_list(cx, &list);

    for (int i = 0; i < n; i++) {
        if (str_eq(list[i].name, name)) return &list[i];
        str_printf(&names, "%s%s", i ? ", " : "", list[i].name);
    }
    cx_fail(cx, E_MISSING, "there is no template %s; there are %s", name, str_show(&names));
    return NULL;
}
