/*
 * merge.c — what each side changed in the tree; whether that collides; then a text of both.
 *
 * The text is made by lines where that gives the tree that is meant; where both wrote at one
 * place of the text (each added a field at the end) the edits are made again on the other's text.
 * What does not give the tree that is meant is never handed out.
 */
#include "def/merge.h"
#include "base/diff.h"
#include "base/node_yaml.h"
#include "def/yaml_edit.h"

#include <string.h>

/* ---- what one side changed ---- */

typedef struct Change { const char *path; const Node *was, *now; bool order; } Change;
typedef struct Changes { Arena *a; Change *one; int n, cap; } Changes;

static void push(Changes *c, const char *path, const Node *was, const Node *now, bool order)
{
    Change one = { path, was, now, order };
    ARENA_PUSH(c->a, c->one, c->n, c->cap, one);
}

static const char *below(Arena *a, const char *path, const char *key)
{
    return *path ? arena_printf(a, "%s.%s", path, key) : key;
}

/* Do the keys that both have stand in another order? */
static bool reordered(const Node *was, const Node *now)
{
    int last = -1;

    for (int i = 0; i < was->n; i++)
        for (int k = 0; k < now->n; k++) {
            if (!str_eq(was->item[i]->key, now->item[k]->key)) continue;
            if (k < last) return true;
            last = k;
        }
    return false;
}

static void compare(Changes *c, const char *path, const Node *was, const Node *now)
{
    bool maps = node_is(was, NODE_MAP) && node_is(now, NODE_MAP);
    bool lists = node_is(was, NODE_LIST) && node_is(now, NODE_LIST) && was->n == now->n;

    if (!maps && !lists) {
        if (!was != !now || (was && !node_eq(was, now))) push(c, path, was, now, false);
        return;
    }
    for (int i = 0; lists && i < was->n; i++)
        compare(c, below(c->a, path, arena_printf(c->a, "%d", i)), was->item[i], now->item[i]);
    for (int i = 0; maps && i < was->n; i++)
        compare(c, below(c->a, path, was->item[i]->key), was->item[i],
            node_find(now, was->item[i]->key));
    for (int i = 0; maps && i < now->n; i++)
        if (!node_find(was, now->item[i]->key))
            push(c, below(c->a, path, now->item[i]->key), NULL, now->item[i], false);
    if (maps && reordered(was, now)) push(c, path, was, now, true);
}

static Changes changes(Arena *a, const Node *was, const Node *now)
{
    Changes c = { .a = a };

    compare(&c, "", was, now);
    return c;
}

/* ---- do they collide? ---- */

/* Is y the same place as x, or below it? */
static bool covers(const char *x, const char *y)
{
    size_t n = strlen(x);

    return !n || (!strncmp(x, y, n) && (!y[n] || y[n] == '.'));
}

static bool same_order(const Node *x, const Node *y)
{
    return !reordered(x, y);
}

static bool collide(const Change *m, const Change *t)
{
    if (m->order && t->order) return str_eq(m->path, t->path) && !same_order(m->now, t->now);
    if (m->order) return covers(t->path, m->path);
    if (t->order) return covers(m->path, t->path);
    if (str_eq(m->path, t->path)) return !m->now != !t->now || (m->now && !node_eq(m->now, t->now));
    return covers(m->path, t->path) || covers(t->path, m->path);
}

static const Node *at_path(Arena *a, const Node *n, const char *path)
{
    char **part;
    int parts = *path ? str_split(a, path, '.', &part) : 0;

    for (int i = 0; n && i < parts; i++) {
        char *end = part[i];
        long at = 0;
        for (; *end >= '0' && *end <= '9' && at < 1000000; end++) at = at * 10 + (*end - '0');
        if (node_is(n, NODE_LIST)) n = !*end && end > part[i] && at < n->n ? n->item[at] : NULL;
        else n = node_find(n, part[i]);
    }
    return n;
}

typedef struct Trees { const Node *base, *theirs, *mine; } Trees;

static void find_clashes(Arena *a, const Trees *x, const Changes *m, const Changes *t,
    Merge *out)
{
    for (int i = 0; i < m->n; i++)
        for (int k = 0; k < t->n; k++) {
            const Change *one = &m->one[i], *two = &t->one[k];
            if (!collide(one, two)) continue;
            const char *path = strlen(one->path) <= strlen(two->path) ? one->path : two->path;
            Clash c = { path, at_path(a, x->base, path), at_path(a, x->theirs, path),
                at_path(a, x->mine, path), one->order && two->order };
            bool told = false;
            for (int j = 0; j < out->n; j++) told |= str_eq(out->clash[j].path, path);
            if (!told) ARENA_PUSH(a, out->clash, out->n, out->cap, c);
        }
}

/* ---- a text that says both ---- */

static const Node *tree_of(Cx *cx, const char *file, const char *text)
{
    Cx in = cx_begin(cx->a, cx->lang);

    if (!text || str_ends(file, ".lua")) return NULL;
    const Node *n = yaml_parse(&in, file, text, strlen(text));
    return n && !in.nissue && !in.err ? n : NULL;
}

/* Does the tree hold all that either side said, and nothing else? */
static bool holds(Arena *a, const Node *base, const Node *now, const Changes *m,
    const Changes *t)
{
    const Changes *side[] = { m, t };
    Changes both = changes(a, base, now);

    for (int s = 0; s < 2; s++)
        for (int i = 0; i < side[s]->n; i++) {
            const Change *c = &side[s]->one[i];
            const Node *here = at_path(a, now, c->path);
            if (c->order ? !here || !same_order(c->now, here)
                : !here != !c->now || (here && !node_eq(here, c->now))) return false;
        }
    for (int i = 0; i < both.n; i++) {
        bool said = false;
        for (int s = 0; s < 2; s++)
            for (int k = 0; k < side[s]->n; k++)
                said |= covers(side[s]->one[k].path, both.one[i].path)
                    || covers(both.one[i].path, side[s]->one[k].path);
        if (!said) return false;
    }
    return true;
}

static bool clash_by_lines(Cx *cx, const MergeAsk *ask, int line, Merge *out)
{
    Clash c = { .path = line ? arena_printf(cx->a, "line %d", line) : "",
        .base = node_new_text(cx->a, ask->base), .theirs = node_new_text(cx->a, ask->theirs),
        .mine = node_new_text(cx->a, ask->mine) };

    ARENA_PUSH(cx->a, out->clash, out->n, out->cap, c);
    return false;
}

/* Operations that say `m`, for a text that says it not yet. Orders are not among them. */
static Node *ops_of(Arena *a, const Changes *m)
{
    Node *ops = node_list(a);

    for (int i = 0; i < m->n; i++) {
        const Change *c = &m->one[i];
        if (c->order) return NULL;
        Node *op = node_add(a, ops, node_map(a)), *path = node_list(a);
        char **part;
        int n = str_split(a, c->path, '.', &part);
        for (int k = 0; k < n; k++) node_add(a, path, node_new_text(a, part[k]));
        node_put_text(a, op, "op", c->now ? "set" : "remove");
        node_put(a, op, "path", path);
        if (c->now) node_put(a, op, "value", node_copy(a, c->now));
    }
    return ops;
}

/* The edits made again on the other's text. */
static const char *redone(Cx *cx, const MergeAsk *ask, const Node *ops)
{
    Cx in = cx_begin(cx->a, cx->lang);

    return ops && ops->n ? yaml_edit_apply(&in, ask->file, ask->theirs, ops) : NULL;
}

/* False with or without clashes. */
static bool merge_trees(Cx *cx, const MergeAsk *ask, const Trees *x, Merge *out)
{
    Changes m = changes(cx->a, x->base, x->mine), t = changes(cx->a, x->base, x->theirs);
    int line = 0;

    find_clashes(cx->a, x, &m, &t, out);
    if (out->n) return false;
    out->text = diff_merge(cx->a, ask->base, ask->mine, ask->theirs, true, &line);
    for (int way = 0; way < 3; way++) {
        if (way) out->text = redone(cx, ask, way == 1 ? ask->ops : ops_of(cx->a, &m));
        const Node *now = tree_of(cx, ask->file, out->text);
        if (now && holds(cx->a, x->base, now, &m, &t)) return true;
    }
    out->text = NULL;
    return clash_by_lines(cx, ask, line, out);
}

bool merge_texts(Cx *cx, const MergeAsk *ask, Merge *out)
{
    int line = 0;

    *out = (Merge){ .file = arena_dup(cx->a, ask->file) };
    if (str_eq(ask->mine, ask->base) || str_eq(ask->mine, ask->theirs)) {
        out->text = ask->theirs;
        return true;
    }
    out->text = ask->mine;
    if (str_eq(ask->theirs, ask->base)) return true;
    out->text = NULL;
    Trees x = { tree_of(cx, ask->file, ask->base), tree_of(cx, ask->file, ask->theirs),
        tree_of(cx, ask->file, ask->mine) };
    bool ok = false;
    if (x.base && x.theirs && x.mine) ok = merge_trees(cx, ask, &x, out);
    else if (ask->base && ask->theirs && ask->mine) {
        out->text = diff_merge(cx->a, ask->base, ask->mine, ask->theirs, false, &line);
        ok = out->text != NULL || clash_by_lines(cx, ask, line, out);
    } else {
        clash_by_lines(cx, ask, 0, out);
    }
    return ok || cx_fail(cx, E_CONFLICT, "%s was changed in two ways", ask->file);
}
