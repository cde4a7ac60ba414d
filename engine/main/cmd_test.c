/*
 * cmd_test.c — test: the app's scenarios, one after another.
 */
#include "main/scenario.h"
#include "base/sys.h"

#include <stdio.h>

static bool add_folder(Cmd *c, const char *folder, const char ***list, int *n, int *cap)
{
    const char **names, *dir = path_join(c->a, c->app, folder);
    int found;
    if (!dir_list(&c->cx, dir, ".yaml", &names, &found)) return false;
    for (int i = 0; i < found; i++)
        ARENA_PUSH(c->a, *list, *n, *cap, path_join(c->a, dir, names[i]));
    return true;
}

int run_test(Cmd *c)
{
    const char **list = c->arg;
    Scratch db;
    int n = c->narg, cap = 0, passed = 0, failed = 0, worst = EXIT_DONE;
    Str out = str_begin(c->a);
    Json j = json_begin(&out);
    if (!n) {
        list = NULL;
        if (!add_folder(c, "scenarios", &list, &n, &cap)
            || !add_folder(c, "tests/scenarios", &list, &n, &cap)) return cmd_failed(c);
    }
    if (!scratch_make(&c->cx, cmd_option(c, "db"), &db)) return cmd_failed(c);
    json_list(&j);
    for (int i = 0; i < n; i++) {
        cx_clear(&c->cx);
        if (scenario_run(c, &db, list[i], c->json ? &j : NULL, &passed, &failed)) continue;
        failed++;
        if (!c->json) printf("not ok %s\n", list[i]);
        int status = cmd_failed(c);
        if (status > worst) worst = status;
    }
    scratch_drop(&db);
    json_list_end(&j);
    if (c->json)
        printf("{\"passed\": %d, \"failed\": %d, \"steps\": %s}\n", passed, failed,
            str_show(&out));
    else printf("%d passed, %d failed\n", passed, failed);
    return failed && worst < EXIT_ISSUES ? EXIT_ISSUES : worst;
}
