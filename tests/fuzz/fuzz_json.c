/* links: base */
/*
 * fuzz_json — any bytes to json_parse: it ends; what was read is written as JSON that reads
 * as the same tree; what was refused has a failure.
 */
#include "base/node_json.h"
#include "base/out.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    char *text = mem_alloc(n ? n : 1);
    if (n) memcpy(text, data, n);
    Cx cx = cx_begin(a, NULL);
    Node *root = json_parse(&cx, text, n);
    BUG_IF(!root != (cx.err == E_SYNTAX));
    if (root) {
        char *again = node_json(a, root);
        BUG_IF(!node_eq(root, json_parse(&cx, again, strlen(again))));
    }
    mem_free(text);
    arena_free(a);
    return 0;
}
