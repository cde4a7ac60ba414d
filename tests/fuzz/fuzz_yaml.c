/* links: base */
/*
 * fuzz_yaml — any bytes to yaml_parse: it ends, spans lie inside the text and children inside
 * their parents, and a tree without an issue is read the same a second time.
 */
#include "base/node_yaml.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const Node *node, size_t n)
{
    BUG_IF(node->start > node->end || node->end > n || node->line < 1 || node->col < 1);
    BUG_IF(node->kind == NODE_TEXT && !utf8_valid(node->text, strlen(node->text)));
    for (int i = 0; i < node->n; i++) {
        const Node *item = node->item[i];
        BUG_IF(item->start < node->start || item->end > node->end);
        BUG_IF(node->kind == NODE_MAP && (!item->key || item->key_at->end > item->start));
        check(item, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    char *text = mem_alloc(n ? n : 1);           /* no NUL behind it: reads past are seen */
    if (n) memcpy(text, data, n);
    Cx cx = cx_begin(a, NULL);
    Node *root = yaml_parse(&cx, "fuzz", text, n);
    BUG_IF(!root && !cx.nissue);
    if (root) check(root, n);
    if (root && !cx.nissue) BUG_IF(!node_eq(root, yaml_parse(&cx, "fuzz", text, n)));
    mem_free(text);
    arena_free(a);
    return 0;
}
