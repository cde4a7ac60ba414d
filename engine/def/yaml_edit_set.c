/*
 * yaml_edit_set.c — a set of a map over a map, or of a list over a list, becomes the smaller
 * operations it consists of, so that what is equal keeps its bytes and its comments.
 */
#include "def/yaml_edit_in.h"

#include <string.h>

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

static char *number(Edit *e, int i) { return arena_printf(e->a, "%d", i); }

/* May one be the other, changed? Scalars, lists, maps with a key in common. */
static bool alike(const Node *old, const Node *value)
{
    if (old->kind < NODE_LIST || value->kind < NODE_LIST) return old->kind < NODE_LIST && value->kind < NODE_LIST;
    if (old->kind != value->kind || old->kind == NODE_LIST) return old->kind == value->kind;
    for (int i = 0; i < old->n; i++)
        if (yaml_index(value, old->item[i]->key) >= 0) return true;
    return false;
}

/* Which new entry each old one becomes, -1: none. What is equal stays itself wherever it goes; of
   the others the first is changed into the first that is like it, so that its comments stay.
   NULL: none becomes any. */
static int *pair(Edit *e, const Node *old, const Node *value)
{
    int *to = ARENA_ARRAY(e->a, int, old->n), free = 0, some = 0;
    bool *taken = ARENA_ARRAY(e->a, bool, value->n);

    for (int i = 0; i < old->n; i++) {
        int k = i < value->n && !taken[i] && yaml_same(old->item[i], value->item[i]) ? i : 0;
        while (k < value->n && (taken[k] || !yaml_same(old->item[i], value->item[k]))) k++;
        to[i] = k < value->n ? k : -1;
        if (k < value->n) taken[k] = true;
        some += k < value->n;
    }
    for (int i = 0; i < old->n; i++) {
        if (to[i] >= 0) continue;
        int k = free;
        while (k < value->n && (taken[k] || !alike(old->item[i], value->item[k]))) k++;
        if (k == value->n) continue;
        taken[to[i] = k] = true;
        free = k + 1;
        some++;
    }
    return some ? to : NULL;
}

/* An entry goes up in its list, with its text and comments. */
static bool bring(Edit *e, YamlPath path, int from, int to)
{
    int at;

    if (!edit_begin(e)) return false;
    const Node *list = yaml_at(e->d.root, path);
    Adding x = { .value = list->item[from], .before = number(e, to),
        .source = splice_source(&e->d, list, from) };
    return edit_remove(e, yaml_path_child(e->a, path, number(e, from)))
        && edit_add_source(e, yaml_path_child(e->a, path, "-"), x, &at);
}

/* Changed in place, removed, brought into order, added: in this order, so that positions hold. */
static bool set_list(Edit *e, YamlPath path, int *to, int n, const Node *value)
{
    int slot;

    for (int i = 0; i < n; i++)
        if (to[i] >= 0
            && !set_at(e, yaml_path_child(e->a, path, number(e, i)), value->item[to[i]])) return false;
    for (int i = n - 1; i >= 0; i--) {
        if (to[i] >= 0) continue;
        if (!edit_remove(e, yaml_path_child(e->a, path, number(e, i)))) return false;
        memmove(to + i, to + i + 1, sizeof *to * (size_t)(--n - i));
    }
    for (int i = 0; i < n; i++) {
        int next = i;
        for (int k = i; k < n; k++) if (to[k] < to[next]) next = k;
        int is = to[next];
        if (next != i && !bring(e, path, next, i)) return false;
        memmove(to + i + 1, to + i, sizeof *to * (size_t)(next - i));
        to[i] = is;
    }
    for (int i = 0, k = 0; i < value->n; i++) {
        Adding x = { .value = value->item[i], .after = i ? number(e, i - 1) : NULL };
        if (k < n && to[k] == i) k++;
        else if (!edit_add(e, yaml_path_child(e->a, path, number(e, i)), x, &slot)) return false;
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

static bool listed(Edit *e, YamlPath path)
{
    int hold;
    if (!edit_begin(e)) return false;
    Node *old = yaml_at(e->d.root, path), *holder = edit_holder(e->d.root, path, &hold);
    if (!holder || !splice_listed(&e->d, holder, hold)) return false;
    Node *up = yaml_at(e->want, yaml_path_parent(path)), *list = node_list(e->a);
    const char *key = up->item[hold]->key;
    yaml_put_in(e->a, list, 0, NULL, old);
    yaml_take_out(up, hold);
    yaml_put_in(e->a, up, hold, key, list);
    return edit_commit(e);
}

/* One that others join is listed as it stands there, with its comments. */
static void list_first(Edit *e, YamlPath path, const Node *old, const Node *value)
{
    Cx *cx = e->cx, inner = cx_begin(e->a, cx->lang);
    bool joins = false;

    for (int i = 0; i < value->n; i++) joins |= yaml_same(old, value->item[i]);
    if (!joins) return;
    e->cx = &inner;
    if (!listed(e, path)) cx_clear(&inner);       /* it is written anew */
    e->cx = cx;
}

static bool set_at(Edit *e, YamlPath path, const Node *value)
{
    int hold;
    if (!edit_begin(e)) return false;
    const Node *is = yaml_at(e->d.root, path);
    if (is->kind == NODE_MAP && value->kind == NODE_LIST) {
        list_first(e, path, is, value);
        if (!edit_begin(e)) return false;
    }
    if (!edit_begin(e)) return false;
    Node *old = yaml_at(e->d.root, path), *holder = edit_holder(e->d.root, path, &hold);
    if (yaml_same(old, value)) return true;
    if (old->kind == value->kind && old->n && value->n) {
        int *to = value->kind == NODE_LIST ? pair(e, old, value) : NULL;
        if (to) return set_list(e, path, to, old->n, value);
        if (value->kind == NODE_MAP && one_order(old, value)) return set_map(e, path, old, value);
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
