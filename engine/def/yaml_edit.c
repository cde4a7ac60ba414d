/*
 * yaml_edit.c — operations, one after the other: splice, read again, compare, or refuse.
 *
 *     begin   the text is read; `want` is a copy of its tree
 *     (a change to `want`, the same as splices)
 *     commit  the new text is read; is its tree `want`?
 */
#include "def/yaml_edit.h"
#include "base/node_yaml.h"
#include "def/yaml_edit_in.h"

#include <string.h>

Place edit_place(const Edit *e)
{
    return at_line(e->file, 1, 1);
}

bool edit_begin(Edit *e)
{
    if (!doc_open(e->cx, &e->d, e->file, e->text, e->n)) return false;
    e->want = node_copy(e->a, e->d.root);
    return true;
}

bool edit_commit(Edit *e)
{
    size_t n;
    char *text = doc_result(&e->d, &n);
    Cx inner = cx_begin(e->a, e->cx->lang);
    Node *tree = yaml_parse(&inner, e->file, text, n);
    if (!tree || inner.nissue || !yaml_same(tree, e->want))
        return cx_issue(e->cx, edit_place(e), "cannot_edit", "operation %d, %s: this place is "
            "written in a way that cannot be changed safely; change the text by hand",
            e->op->number, e->op->shown);
    e->text = text;
    e->n = n;
    return true;
}

bool edit_nothing(Edit *e, YamlPath path)
{
    Str s = str_begin(e->a);
    for (int i = 0; i < path.n; i++) str_printf(&s, "%s%s", i ? "." : "", path.seg[i]);
    return cx_issue(e->cx, edit_place(e), "no_such_path",
        "operation %d, %s: there is nothing at `%s`; read the file again", e->op->number,
        e->op->shown, str_show(&s));
}

static bool taken(Edit *e, const char *key)
{
    return cx_issue(e->cx, edit_place(e), "exists", "operation %d, %s: `%s` exists already; use "
        "`set`, or another name", e->op->number, e->op->shown, key);
}

bool edit_single(Edit *e)
{
    return cx_issue(e->cx, edit_place(e), "no_container", "operation %d, %s: this place holds a "
        "single value, so nothing can be inside it; use `set` on it first", e->op->number,
        e->op->shown);
}

/* The entry whose value the node at `path` is. */
Node *edit_holder(Node *root, YamlPath path, int *index)
{
    *index = 0;
    if (!path.n) return NULL;
    Node *holder = yaml_at(root, yaml_path_parent(path));
    *index = yaml_index(holder, path.seg[path.n - 1]);
    return holder;
}

Node *edit_undo(Edit *e, OpKind kind, YamlPath path)
{
    YamlOp op = { .kind = kind, .path = path };
    Node *n = yaml_op_node(e->a, &op);
    ARENA_PUSH(e->a, e->undo, e->nundo, e->undo_cap, n);
    return n;
}

bool edit_add(Edit *e, YamlPath path, Adding x, int *slot)
{
    YamlPath up = yaml_path_parent(path);
    const char *last = path.seg[path.n - 1];
    int hold;
    if (!edit_begin(e)) return false;
    Node *parent = yaml_at(e->d.root, up), *holder = edit_holder(e->d.root, up, &hold);
    if (!parent) return edit_nothing(e, up);
    bool none = yaml_kind(parent) == NODE_NULL;
    if (parent->kind < NODE_LIST && !none) return edit_single(e);
    bool list = none ? str_eq(last, "-") || str_eq(last, "0") : parent->kind == NODE_LIST;
    if (!list && yaml_index(parent, last) >= 0) return taken(e, last);
    *slot = yaml_slot(parent, list ? last : NULL, x.before, x.after);
    if (*slot < 0)
        return edit_nothing(e, yaml_path_child(e->a, up, x.before ? x.before
            : x.after ? x.after : last));
    const char *key = list ? NULL : last;
    splice_add(&e->d, holder, hold, parent, *slot, x.after != NULL, key, x.value, x.source,
        x.anew);
    Node *want = yaml_at(e->want, up);
    if (none) want->kind = list ? NODE_LIST : NODE_MAP;
    yaml_put_in(e->a, want, *slot, key, x.value);
    return edit_commit(e);
}

/* A text that does not fit here is left out, the value is written anew. */
bool edit_add_source(Edit *e, YamlPath path, Adding x, int *slot)
{
    Cx *cx = e->cx, inner = cx_begin(e->a, cx->lang);
    if (x.source) {
        e->cx = &inner;
        bool ok = edit_add(e, path, x, slot);
        e->cx = cx;
        if (ok) return true;
        x.anew = true;
    }
    return edit_add(e, path, x, slot);
}

static bool do_add(Edit *e, const YamlOp *op)
{
    int slot;
    Adding x = { op->value, op->before, op->after, op->source, false };
    if (!edit_add_source(e, op->path, x, &slot)) return false;
    YamlPath up = yaml_path_parent(op->path);
    const Node *parent = yaml_at(e->want, up);
    if (up.n && yaml_kind(yaml_at(e->d.root, up)) == NODE_NULL)
        node_put(e->a, edit_undo(e, OP_SET, up), "value", node_new_null(e->a));
    else edit_undo(e, OP_REMOVE, yaml_path_child(e->a, up, yaml_seg(e->a, parent, slot)));
    return true;
}

bool edit_remove(Edit *e, YamlPath path)
{
    YamlPath up = yaml_path_parent(path);
    int hold, index;
    if (!edit_begin(e)) return false;
    Node *parent = yaml_at(e->d.root, up), *holder = edit_holder(e->d.root, up, &hold);
    index = yaml_index(parent, path.seg[path.n - 1]);
    if (index < 0) return edit_nothing(e, path);
    splice_remove(&e->d, holder, hold, parent, index);
    yaml_take_out(yaml_at(e->want, up), index);
    return edit_commit(e);
}

/* Where it stood: behind the entry before it when a blank line follows, else before the next. */
static void undo_remove(Edit *e, YamlPath path, const Node *parent, int i, Node *n)
{
    YamlDoc *d = &e->d;
    bool block = doc_is_block(d, parent);
    bool gap = block && i && !entry_led(d, parent, i)
        && doc_blank(d, entry_end(d, parent, i)) && entry_end(d, parent, i) < d->n;
    node_put(e->a, n, "value", node_copy(e->a, parent->item[i]));
    node_put_text(e->a, n, "source", splice_source(d, parent, i));
    if (parent->kind == NODE_LIST)
        node_put(e->a, n, "path", yaml_path_node(e->a, path));
    if (gap) node_put_text(e->a, n, "after", yaml_seg(e->a, parent, i - 1));
    else if (parent->kind == NODE_MAP && i + 1 < parent->n)
        node_put_text(e->a, n, "before", parent->item[i + 1]->key);
}

bool edit_run_remove(Edit *e, const YamlOp *op)
{
    YamlPath up = yaml_path_parent(op->path);
    if (!edit_begin(e)) return false;
    const Node *parent = yaml_at(e->d.root, up);
    int index = yaml_index(parent, op->path.seg[op->path.n - 1]);
    if (index < 0) return edit_nothing(e, op->path);
    undo_remove(e, op->path, parent, index, edit_undo(e, OP_ADD, op->path));
    return edit_remove(e, op->path);
}

static bool rename_was(Edit *e, const YamlOp *op, YamlPath path)
{
    const Node *value = yaml_at(e->want, path);
    if (value->kind != NODE_MAP && yaml_kind(value) != NODE_NULL) return edit_single(e);
    YamlOp was = { .kind = OP_SET, .number = op->number, .word = op->word, .shown = op->shown,
        .path = yaml_path_child(e->a, path, "was"), .value = node_new_text(e->a, op->was) };
    return edit_run_set(e, &was);
}

static bool do_rename(Edit *e, const YamlOp *op)
{
    YamlPath up = yaml_path_parent(op->path);
    if (!edit_begin(e)) return false;
    Node *parent = yaml_at(e->d.root, up);
    int index = yaml_index(parent, op->path.seg[op->path.n - 1]);
    if (index < 0) return edit_nothing(e, op->path);
    if (parent->kind != NODE_MAP) return edit_single(e);
    if (str_eq(op->name, parent->item[index]->key)) return true;
    if (yaml_index(parent, op->name) >= 0) return taken(e, op->name);
    YamlPath now = yaml_path_child(e->a, up, op->name);
    node_put_text(e->a, edit_undo(e, OP_RENAME, now), "name", parent->item[index]->key);
    splice_key(&e->d, parent, index, op->name);
    yaml_at(e->want, op->path)->key = op->name;
    return edit_commit(e) && (!op->was || rename_was(e, op, now));
}

static bool (*const run[])(Edit *e, const YamlOp *op) = {
    [OP_ADD] = do_add, [OP_SET] = edit_run_set, [OP_REMOVE] = edit_run_remove, [OP_MOVE] = edit_run_move,
    [OP_RENAME] = do_rename,
};

bool yaml_edit(Cx *cx, const char *file, const char *text, size_t n, const Node *ops,
    YamlEdit *out)
{
    Edit e = { .cx = cx, .a = cx->a, .file = file, .text = text, .n = n };
    if (!node_is(ops, NODE_LIST))
        return cx_issue(cx, at_line(file, 1, 1), "bad_operation",
            "a list of operations is expected");
    for (int i = 0; i < ops->n; i++) {
        YamlOp op;
        e.op = &op;
        if (!yaml_op_read(cx, file, ops->item[i], i + 1, &op) || !run[op.kind](&e, &op))
            return false;
    }
    if (!edit_begin(&e)) return false;
    *out = (YamlEdit){ arena_dup_n(cx->a, e.text, e.n), e.n, e.d.root, node_list(cx->a) };
    for (int i = e.nundo - 1; i >= 0; i--) node_add(cx->a, out->inverse, e.undo[i]);
    return true;
}

char *yaml_edit_apply(Cx *cx, const char *file, const char *text, const Node *ops)
{
    YamlEdit out;
    return yaml_edit(cx, file, text, strlen(text), ops, &out) ? out.text : NULL;
}
