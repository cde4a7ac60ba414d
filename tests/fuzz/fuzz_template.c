/* links: http web */
/*
 * fuzz_template — any text to template_parse: refused with one issue, or rendered, and what it
 * shows of the data can never open a tag.
 */
#include "base/node_json.h"
#include "http/template.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char shown[] = "{\"a\": \"<evil x='\\\" onload=\", \"b\": true, "
    "\"list\": [{\"a\": \"<evil>\"}, {\"a\": null}, 3, [\"<evil>\"]], "
    "\"m\": {\"<evil>\": {\"a\": \"</evil\"}}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool parts;
    Arena *a = arena_new();
    Cx cx = cx_begin(a, "en");
    if (!parts) BUG_IF(!template_init(&cx));
    parts = true;
    char *text = mem_alloc(n + 1);
    memcpy(text, data, n);
    Template *t = template_parse(&cx, "fuzz", text);
    BUG_IF(!t != (cx.nissue > 0));
    Node *values = json_parse(&cx, shown, sizeof shown - 1);
    BUG_IF(!values);
    if (t && !strstr(text, "{>")) {                /* parts are linked by template_init */
        Str out = str_begin(a);
        template_run(t, values, "en", &out);
        BUG_IF(!strstr(text, "evil") && strstr(str_show(&out), "<evil"));
    }
    mem_free(text);
    arena_free(a);
    return 0;
}
