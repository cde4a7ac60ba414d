/*
 * watch.c — what the app folder looks like: names and stamps of its files, as one number.
 */
#include "data/engine_parts.h"
#include "base/sys.h"

static uint64_t mix(uint64_t h, uint64_t x)
{
    return (h ^ x) * 1099511628211u;
}

static uint64_t add_folder(Arena *a, uint64_t h, const char *dir, const char *ending)
{
    Cx cx = cx_begin(a, NULL);
    const char **name;
    int n;

    if (!dir_list(&cx, dir, ending, &name, &n)) return mix(h, 1);
    for (int i = 0; i < n; i++) {
        h = mix(h, str_hash(name[i]));
        h = mix(h, file_stamp(path_join(a, dir, name[i])));
    }
    return h;
}

uint64_t watch_state(Arena *a, const char *dir)
{
    const AppPlace *place;
    int n = app_places(&place);
    uint64_t h = 14695981039346656037u;

    h = mix(h, file_stamp(path_join(a, dir, "app.yaml")));
    for (int i = 1; i < n; i++)
        h = add_folder(a, h, path_join(a, dir, place[i].folder), place[i].ending);
    return h;
}
