/* links: def */
/*
 * fuzz_yaml_edit — any text, any operations behind a line "====": it ends, and what is not
 * refused is YAML that the inverse brings back to the same tree. Tidying is done at once.
 */
#include "base/node_json.h"
#include "base/node_yaml.h"
#include "def/yaml_edit.h"
#include "def/yaml_format.h"
#include "def/yaml_tree.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void edit(Cx *cx, const char *text, const char *ops)
{
    YamlEdit out, back;
    Node *list = json_parse(cx, ops, strlen(ops));
    cx_clear(cx);
    Node *before = yaml_parse(cx, "fuzz", text, strlen(text));
    if (!list || !before || cx->nissue) return;
    if (!yaml_edit(cx, "fuzz", text, strlen(text), list, &out)) {
        BUG_IF(!cx->nissue);
        return;
    }
    BUG_IF(out.n != strlen(out.text));
    if (yaml_edit(cx, "fuzz", out.text, out.n, out.inverse, &back))
        BUG_IF(before->n && !yaml_same(before, back.tree));
}

static void tidy(Cx *cx, const char *text)
{
    size_t n, m;
    cx_clear(cx);
    char *once = yaml_format(cx, "fuzz", text, strlen(text), &n);
    if (!once) return;
    char *twice = yaml_format(cx, "fuzz", once, n, &m);
    BUG_IF(twice && !str_eq(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    char *text = arena_dup_n(a, (const char *)data, n), *ops = strstr(text, "====\n");
    if (ops) *ops = 0;
    if (ops) edit(&cx, text, ops + 5);
    tidy(&cx, text);
    arena_free(a);
    return 0;
}
