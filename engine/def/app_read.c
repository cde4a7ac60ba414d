/*
 * app_read.c — which files of a folder make an app, and reading them.
 *
 * Names that begin with a dot are editors' and our own leftovers.
 */
#include "def/app.h"
#include "base/sys.h"

#include <string.h>

#define MAX_FILE ((size_t)8 * 1024 * 1024)

static const AppPlace place[] = {
    { "", "app.yaml", "app" },
    { "forms", ".yaml", "form" }, { "forms", ".yml", "form" },
    { "workflows", ".yaml", "workflow" }, { "workflows", ".yml", "workflow" },
    { "dashboards", ".yaml", "dashboard" }, { "dashboards", ".yml", "dashboard" },
    { "plugins", ".lua", "plugin" },
};

int app_places(const AppPlace **out)
{
    *out = place;
    return LEN(place);
}

const char *app_path_kind(const char *path)
{
    if (str_eq(path, "app.yaml")) return "app";
    for (int i = 1; i < LEN(place); i++) {
        size_t n = strlen(place[i].folder), dot = strlen(place[i].ending), all = strlen(path);
        if (strncmp(path, place[i].folder, n) || path[n] != '/' || all < n + 2 + dot) continue;
        if (!str_ends(path, place[i].ending)) continue;
        const char *name = path + n + 1;
        if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
            == strlen(name) && *name != '.') return place[i].kind;
    }
    return NULL;
}

const Source *app_source(const Source *list, int n, const char *path)
{
    for (int i = 0; i < n; i++)
        if (str_eq(list[i].path, path)) return &list[i];
    return NULL;
}

bool app_read_file(Cx *cx, const char *dir, const char *path, char **text, size_t *n)
{
    const char *full = path_join(cx->a, dir, path);

    *text = NULL;
    *n = 0;
    return !file_exists(full) || file_read(cx, full, MAX_FILE, text, n);
}

bool app_read(Cx *cx, const char *dir, Source **out, int *n)
{
    int cap = 0;

    *out = NULL;
    *n = 0;
    if (!file_is_dir(dir)) return cx_fail(cx, E_MISSING, "there is no folder %s", dir);
    for (int i = 0; i < LEN(place); i++) {
        const char **name, *app[] = { "app.yaml" };
        const char *folder = path_join(cx->a, dir, place[i].folder);
        int count = 1;
        if (!i) name = app;
        else if (!file_is_dir(folder)) continue;
        else if (!dir_list(cx, folder, place[i].ending, &name, &count)) return false;
        for (int k = 0; k < count; k++) {
            Source s = { .path = path_join(cx->a, place[i].folder, name[k]) };
            char *text;
            if (!app_read_file(cx, dir, s.path, &text, &s.n)) return false;
            s.text = text;
            if (text) ARENA_PUSH(cx->a, *out, *n, cap, s);
        }
    }
    return true;
}
