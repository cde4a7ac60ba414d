/*
 * yaml_edit_move.c — an entry leaves one place and enters another with its own text, comments
 * and all, where that fits; else its value is written anew.
 */
#include "def/yaml_edit_in.h"

static bool move_within(Edit *e, const YamlOp *op, Node *parent, int from)
{
    int slot = yaml_slot(parent, NULL, op->before, op->after), at;
    if (slot < 0) return edit_nothing(e, yaml_path_child(e->a, yaml_path_parent(op->path),
        op->before ? op->before : op->after));
    if (slot == from || slot == from + 1) return true;
    const char *key = parent->kind == NODE_MAP ? parent->item[from]->key : "-";
    bool list = parent->kind == NODE_LIST;
    int to = slot > from ? slot - 1 : slot;
    YamlPath up = yaml_path_parent(op->path);
    Adding x = { parent->item[from], NULL, NULL, splice_source(&e->d, parent, from), false };
    bool follow = op->after != NULL;
    if (follow) x.after = list ? arena_printf(e->a, "%d", to - 1) : op->after;
    else if (slot < parent->n)
        x.before = list ? arena_printf(e->a, "%d", to) : parent->item[slot]->key;
    Node *back = edit_undo(e, OP_MOVE, yaml_path_child(e->a, up, list
        ? arena_printf(e->a, "%d", to) : key));
    int next = list ? (slot > from ? from : from + 1) : from + 1;
    if (next < parent->n) node_put_text(e->a, back, "before", yaml_seg(e->a, parent, next));
    return edit_remove(e, op->path)
        && edit_add_source(e, yaml_path_child(e->a, up, key), x, &at);
}

static bool move_away(Edit *e, const YamlOp *op, Node *parent, int from)
{
    const Node *to = yaml_at(e->d.root, op->to);
    int at;
    if (!to) return edit_nothing(e, op->to);
    bool inside = op->to.n >= op->path.n;
    for (int i = 0; inside && i < op->path.n; i++)
        inside = str_eq(op->to.seg[i], op->path.seg[i]);
    if (inside)
        return cx_issue(e->cx, edit_place(e), "inside_itself",
            "operation %d, %s: it cannot be moved into itself", op->number, op->shown);
    const char *key = op->name ? op->name : parent->kind == NODE_MAP ? parent->item[from]->key
        : NULL;
    if (to->kind == NODE_LIST) key = "-";
    if (!key) return edit_single(e);
    bool whole = to->kind == parent->kind && (to->kind == NODE_LIST
        || str_eq(key, parent->item[from]->key));
    Adding x = { parent->item[from], op->before, op->after,
        splice_source(&e->d, parent, from), !whole };
    YamlOp gone = *op;
    if (!edit_add_source(e, yaml_path_child(e->a, op->to, key), x, &at)) return false;
    Node *target = yaml_at(e->want, op->to);
    edit_undo(e, OP_REMOVE, yaml_path_child(e->a, op->to, yaml_seg(e->a, target, at)));
    /* Further inside the same list the positions have moved. */
    bool below = to->kind == NODE_LIST && op->path.n > op->to.n;
    for (int i = 0; below && i < op->to.n; i++) below = str_eq(op->to.seg[i], op->path.seg[i]);
    int on = below ? yaml_index(to, op->path.seg[op->to.n]) : -1;
    if (on >= at) {
        gone.path = yaml_path_child(e->a, op->path, NULL);
        gone.path.n--;
        gone.path.seg[op->to.n] = arena_printf(e->a, "%d", on + 1);
    }
    return edit_run_remove(e, &gone);
}

static bool same_path(YamlPath a, YamlPath b)
{
    bool same = a.n == b.n;
    for (int i = 0; same && i < a.n; i++) same = str_eq(a.seg[i], b.seg[i]);
    return same;
}

bool edit_run_move(Edit *e, const YamlOp *op)
{
    YamlPath up = yaml_path_parent(op->path);
    if (!edit_begin(e)) return false;
    Node *parent = yaml_at(e->d.root, up);
    int from = yaml_index(parent, op->path.seg[op->path.n - 1]);
    if (from < 0) return edit_nothing(e, op->path);
    if (!op->moves || same_path(op->to, up)) return move_within(e, op, parent, from);
    return move_away(e, op, parent, from);
}
