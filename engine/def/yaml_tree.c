/*
 * yaml_tree.c — reading operations, finding places, changing trees.
 */
#include "def/yaml_tree.h"
#include "def/yaml_write.h"

#include <stdlib.h>
#include <string.h>

static const char *const words[] = { "add", "set", "remove", "move", "rename" };

static bool read_path(Cx *cx, const Node *n, YamlPath *out)
{
    *out = (YamlPath){ 0 };
    if (n && n->kind == NODE_LIST) {
        out->seg = ARENA_ARRAY(cx->a, const char *, n->n + 1);
        for (int i = 0; i < n->n; i++)
            if (!(out->seg[out->n++] = node_text(n->item[i]))) return false;
        return true;
    }
    const char *text = node_text(n);
    char **piece;
    if (!text) return false;
    if (!*text) return true;
    out->n = str_split(cx->a, text, '.', &piece);
    out->seg = (const char **)piece;
    return true;
}

static const char *show_path(Arena *a, YamlPath p)
{
    Str s = str_begin(a);
    for (int i = 0; i < p.n; i++) str_printf(&s, "%s%s", i ? "." : "", p.seg[i]);
    return str_show(&s);
}

static bool wrong(Cx *cx, const char *file, const YamlOp *op, const char *key)
{
    return cx_issue(cx, at_line(file, 1, 1), "bad_operation",
        "operation %d: `%s` is missing or of the wrong kind", op->number, key);
}

static bool read_kind(Cx *cx, const char *file, const Node *n, YamlOp *op)
{
    op->word = node_text(node_find(n, "op"));
    for (int i = 0; op->word && i < LEN(words); i++)
        if (str_eq(op->word, words[i])) {
            op->kind = (OpKind)i;
            return true;
        }
    return cx_issue(cx, at_line(file, 1, 1), "bad_operation",
        "operation %d: `op` is one of add, set, remove, move, rename", op->number);
}

static bool read_was(Cx *cx, const char *file, const Node *n, YamlOp *op)
{
    bool on = false;
    if (!n) return true;
    if (node_bool(n, &on)) {
        if (on && op->path.n) op->was = op->path.seg[op->path.n - 1];
        return true;
    }
    op->was = node_text(n);
    return op->was || wrong(cx, file, op, "was");
}

bool yaml_op_read(Cx *cx, const char *file, const Node *n, int number, YamlOp *op)
{
    static const char *const known[] = { "op", "path", "value", "before", "after", "to", "name",
        "was", "source" };
    *op = (YamlOp){ .number = number };
    if (!node_is(n, NODE_MAP)) return wrong(cx, file, op, "op");
    for (int i = 0; i < n->n; i++)
        if (!str_in(n->item[i]->key, known, LEN(known)))
            return cx_issue(cx, at_line(file, 1, 1), "bad_operation",
                "operation %d: unknown key `%s`", number, n->item[i]->key);
    if (!read_kind(cx, file, n, op)) return false;
    if (!read_path(cx, node_find(n, "path"), &op->path)) return wrong(cx, file, op, "path");
    op->shown = show_path(cx->a, op->path);
    op->value = node_find(n, "value");
    op->before = node_text(node_find(n, "before"));
    op->after = node_text(node_find(n, "after"));
    op->name = node_text(node_find(n, "name"));
    op->source = node_text(node_find(n, "source"));
    op->moves = node_find(n, "to") != NULL;
    if (op->moves && !read_path(cx, node_find(n, "to"), &op->to)) return wrong(cx, file, op, "to");
    if (!read_was(cx, file, node_find(n, "was"), op)) return false;
    if (!op->path.n && op->kind != OP_SET) return wrong(cx, file, op, "path");
    if (op->kind <= OP_SET && !op->value) return wrong(cx, file, op, "value");
    if (op->kind == OP_RENAME && !op->name) return wrong(cx, file, op, "name");
    return true;
}

Node *yaml_path_node(Arena *a, YamlPath path)
{
    Node *list = node_list(a);
    for (int i = 0; i < path.n; i++) node_add(a, list, node_new_text(a, path.seg[i]));
    return list;
}

Node *yaml_op_node(Arena *a, const YamlOp *op)
{
    Node *n = node_map(a);
    node_put_text(a, n, "op", words[op->kind]);
    node_put(a, n, "path", yaml_path_node(a, op->path));
    if (op->value) node_put(a, n, "value", node_copy(a, op->value));
    if (op->before) node_put_text(a, n, "before", op->before);
    if (op->after) node_put_text(a, n, "after", op->after);
    if (op->moves) node_put(a, n, "to", yaml_path_node(a, op->to));
    if (op->name) node_put_text(a, n, "name", op->name);
    if (op->was) node_put_text(a, n, "was", op->was);
    if (op->source) node_put_text(a, n, "source", op->source);
    return n;
}

YamlPath yaml_path_parent(YamlPath path)
{
    if (path.n) path.n--;
    return path;
}

YamlPath yaml_path_child(Arena *a, YamlPath path, const char *seg)
{
    YamlPath p = { ARENA_ARRAY(a, const char *, path.n + 1), path.n + 1 };
    for (int i = 0; i < path.n; i++) p.seg[i] = path.seg[i];
    p.seg[path.n] = seg;
    return p;
}

static int position(const char *seg)
{
    size_t n = strspn(seg, "0123456789");
    return n && n < 9 && !seg[n] ? atoi(seg) : -1;
}

int yaml_index(const Node *parent, const char *seg)
{
    if (!parent || !seg) return -1;
    if (parent->kind == NODE_LIST) {
        int i = position(seg);
        return i < parent->n ? i : -1;
    }
    for (int i = 0; parent->kind == NODE_MAP && i < parent->n; i++)
        if (str_eq(parent->item[i]->key, seg)) return i;
    return -1;
}

const char *yaml_seg(Arena *a, const Node *parent, int index)
{
    if (parent->kind == NODE_LIST) return arena_printf(a, "%d", index);
    return index < parent->n ? parent->item[index]->key : NULL;
}

Node *yaml_at(Node *root, YamlPath path)
{
    for (int i = 0; root && i < path.n; i++) {
        int k = yaml_index(root, path.seg[i]);
        root = k < 0 ? NULL : root->item[k];
    }
    return root;
}

int yaml_slot(const Node *parent, const char *last, const char *before, const char *after)
{
    int n = parent->kind >= NODE_LIST ? parent->n : 0;
    if (before) return yaml_index(parent, before);
    if (after) {
        int i = yaml_index(parent, after);
        return i < 0 ? -1 : i + 1;
    }
    if (parent->kind != NODE_LIST || !last || str_eq(last, "-")) return n;
    int i = position(last);
    return i <= n ? i : -1;
}

bool yaml_same(const Node *a, const Node *b)
{
    NodeKind kind = yaml_kind(a);
    if (kind != yaml_kind(b)) return false;
    if (kind == NODE_NULL) return true;
    if (kind < NODE_LIST) return str_eq(a->text, b->text);
    if (a->n != b->n) return false;
    for (int i = 0; i < a->n; i++)
        if ((kind == NODE_MAP && !str_eq(a->item[i]->key, b->item[i]->key))
            || !yaml_same(a->item[i], b->item[i])) return false;
    return true;
}

Node *yaml_take_out(Node *parent, int index)
{
    Node *n = parent->item[index];
    for (int i = index + 1; i < parent->n; i++) parent->item[i - 1] = parent->item[i];
    parent->n--;
    return n;
}

void yaml_put_in(Arena *a, Node *parent, int index, const char *key, const Node *value)
{
    Node *v = node_copy(a, value);
    if (parent->kind < NODE_LIST) parent->kind = key ? NODE_MAP : NODE_LIST;
    v->key = key;
    v->hash = key ? node_hash(key) : 0;
    ARENA_PUSH(a, parent->item, parent->n, parent->cap, v);
    for (int i = parent->n - 1; i > index; i--) parent->item[i] = parent->item[i - 1];
    parent->item[index] = v;
}
