/*
 * yaml_edit_set.c — a set of a map over a map, or of a list over a list, becomes the smaller
 * operations it consists of, so that what is equal keeps its bytes and its comments.
 */
#include "def/yaml_edit_in.h"

static bool set_at(Edit *e, YamlPath path, const Node *value);

static bool set_map(Edit *e, YamlPath path, const Node *old, const Node *value)
{
    for (int i = 0; i < old->n; i++)
        if (yaml_index(value, old->item[i]->key) < 0
                && !edit_remove(e, yaml_path_child(e->a, path, old->item[i]->key))) return false;
    for (int i = 0; i < value->n; i++) {
        const char *key = value->item[i]->key;
        YamlPath at = yaml_path_child(e->a, path, key);
        int slot;
        Adding x = { .value = value->item[i], .after = i ? value->item[i - 1]->key : NULL };
        if (!i && value->n > 1 && yaml_index(old, key) < 0)
            for (int k = 1; k < value->n && !x.before; k++)
                if (yaml_index(old, value->item[k]->key) >= 0) x.before = value->item[k]->key;
        bool fine = yaml_index(old, key) >= 0 ? set_at(e, at, value->item[i])
                                              : edit_add(e, at, x, &slot);
        if (!fine) return false;
    }
    return true;
}

/* What is equal at both ends stays; between them entry for entry. */
static bool set_list(Edit *e, YamlPath path, const Node *old, const Node *value)
{
    int head = 0, tail = 0, slot;
    int least = old->n < value->n ? old->n : value->n;
    while (head < least && yaml_same(old->item[head], value->item[head])) head++;
    while (tail < least - head
            && yaml_same(old->item[old->n - 1 - tail], value->item[value->n - 1 - tail])) tail++;
    int both = least - head - tail;
    for (int i = head; i < head + both; i++)
        if (!set_at(e, yaml_path_child(e->a, path, arena_printf(e->a, "%d", i)), value->item[i]))
            return false;
    for (int i = old->n - tail - 1; i >= head + both; i--)
        if (!edit_remove(e, yaml_path_child(e->a, path, arena_printf(e->a, "%d", i))))
            return false;
    for (int i = head + both; i < value->n - tail; i++) {
        Adding x = { .value = value->item[i],
            .after = i ? arena_printf(e->a, "%d", i - 1) : NULL };
        if (!edit_add(e, yaml_path_child(e->a, path, arena_printf(e->a, "%d", i)), x, &slot))
            return false;
    }
    return true;
}

/* Do the keys that both have stand in one order? */
static bool one_order(const Node *old, const Node *value)
{
    int last = -1, common = 0;
    for (int i = 0; i < value->n; i++) {
        int at = yaml_index(old, value->item[i]->key);
        if (at < 0) continue;
        if (at < last) return false;
        last = at;
        common++;
    }
    return common > 0;
}

static bool set_at(Edit *e, YamlPath path, const Node *value)
{
    int hold;
    if (!edit_begin(e)) return false;
    Node *old = yaml_at(e->d.root, path), *holder = edit_holder(e->d.root, path, &hold);
    if (yaml_same(old, value)) return true;
    if (old->kind == value->kind && old->n && value->n) {
        if (value->kind == NODE_LIST) return set_list(e, path, old, value);
        if (one_order(old, value)) return set_map(e, path, old, value);
    }
    if (!holder) return edit_single(e);
    splice_value(&e->d, holder, hold, value);
    Node *up = yaml_at(e->want, yaml_path_parent(path));
    const char *key = up->item[hold]->key;
    yaml_take_out(up, hold);
    yaml_put_in(e->a, up, hold, key, value);
    return edit_commit(e);
}

/* What is missing on the way becomes maps. */
static bool set_missing(Edit *e, const YamlOp *op)
{
    YamlPath path = op->path;
    Node *value = node_copy(e->a, op->value);
    int slot;
    while (path.n > 1 && !yaml_at(e->d.root, yaml_path_parent(path))) {
        Node *map = node_map(e->a);
        node_put(e->a, map, path.seg[path.n - 1], value);
        value = map;
        path = yaml_path_parent(path);
    }
    Adding x = { value, op->before, op->after, NULL, false };
    edit_undo(e, OP_REMOVE, path);
    return edit_add(e, path, x, &slot);
}

bool edit_run_set(Edit *e, const YamlOp *op)
{
    if (!edit_begin(e)) return false;
    const Node *old = yaml_at(e->d.root, op->path);
    if (!old) return set_missing(e, op);
    node_put(e->a, edit_undo(e, OP_SET, op->path), "value", node_copy(e->a, old));
    return set_at(e, op->path, op->value);
}
