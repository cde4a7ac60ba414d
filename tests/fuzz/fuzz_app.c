/* links: def */
/*
 * fuzz_app — any texts as an app's files: the app loads, or there are issues.
 *
 *     app.yaml's text, then parts that each begin with a line  # == forms/x.yaml
 */
#include "def/prove.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char plain[] = "app: test\nlanguages: [en, zh]\ntime_zone: Asia/Shanghai\n"
    "country: CN\nroles: {sales: {}, boss: {includes: [sales]}}\n";

enum { MOST = 16 };

static int split(Arena *a, const char *text, size_t n, Source *out)
{
    const char *end = text + n, *path = "app.yaml";
    bool app = false;
    int count = 0;
    while (count < MOST - 1) {
        const char *next = memmem(text, (size_t)(end - text), "# == ", 5);
        if (!next) next = end;
        if (next > text) {
            out[count++] = (Source){ path, text, (size_t)(next - text) };
            app |= str_eq(path, "app.yaml");
        }
        if (next == end) break;
        next += 5;
        const char *line = memchr(next, '\n', (size_t)(end - next));
        size_t len = (size_t)((line ? line : end) - next);
        path = arena_dup_n(a, next, len < 60 ? len : 60);
        text = next + len + (line != NULL);
    }
    if (!app) out[count++] = (Source){ "app.yaml", plain, sizeof plain - 1 };
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, "en");
    Source source[MOST];
    char *text = mem_alloc(n + 1);
    memcpy(text, data, n);
    int count = split(a, text, n, source);
    App *app = app_load_sources(&cx, source, count, NULL);
    BUG_IF(!app != (cx.nissue > 0 || cx.err));
    if (app) prove_app(&cx, app);
    app_give(app);
    mem_free(text);
    arena_free(a);
    return 0;
}
