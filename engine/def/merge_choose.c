/*
 * merge_choose.c — somebody has a word for what collides.
 *
 * Both words are said by bending what the texts were: for `theirs` my text takes their value, so
 * that I changed nothing else; for `mine` the text we both began with takes it, so that they
 * changed nothing. What is left does not collide, and is merged as ever.
 */
#include "def/merge.h"
#include "def/yaml_edit.h"

static const char *said(const Node *choice, const char *path)
{
    return choice && choice->kind == NODE_MAP ? node_text(node_find(choice, path)) : NULL;
}

static bool by_lines(const Clash *c)
{
    return !c->order && (!*c->path || str_starts(c->path, "line "));
}

static Node *add_op(Arena *a, Node *ops, const char *word, const char *path, const char *last)
{
    Node *op = node_add(a, ops, node_map(a)), *list = node_list(a);
    char **part;
    int n = *path ? str_split(a, path, '.', &part) : 0;

    node_put_text(a, op, "op", word);
    for (int i = 0; i < n; i++) node_add(a, list, node_new_text(a, part[i]));
    if (last) node_add(a, list, node_new_text(a, last));
    node_put(a, op, "path", list);
    return op;
}

/* Each key after the one it follows there, as far as all have both. */
static void add_moves(Arena *a, Node *ops, const Clash *c)
{
    const Node *now = c->theirs;
    const char *last = NULL;

    for (int i = 0; node_is(now, NODE_MAP) && i < now->n; i++) {
        const char *key = now->item[i]->key;
        if (!node_find(c->mine, key) || !node_find(c->base, key)) continue;
        if (last) node_put_text(a, add_op(a, ops, "move", c->path, key), "after", last);
        last = key;
    }
}

/* The text with their values where `word` was said. NULL: it cannot be written so. */
static const char *bent(Cx *cx, const char *file, const char *text, const Merge *clash,
    const Node *choice, const char *word)
{
    Cx in = cx_begin(cx->a, cx->lang);
    Node *ops = node_list(cx->a);

    for (int i = 0; i < clash->n; i++) {
        const Clash *c = &clash->clash[i];
        if (!str_eq(said(choice, c->path), word)) continue;
        if (c->order) {
            add_moves(cx->a, ops, c);
        } else if (c->theirs) {
            node_put(cx->a, add_op(cx->a, ops, "set", c->path, NULL), "value",
                node_copy(cx->a, c->theirs));
        } else if (str_eq(word, "mine") ? c->base : c->mine) {
            add_op(cx->a, ops, "remove", c->path, NULL);
        }
    }
    return ops->n ? yaml_edit_apply(&in, file, text, ops) : text;
}

static bool whole(const MergeAsk *ask, const char *word, Merge *out)
{
    *out = (Merge){ .file = out->file };
    out->text = str_eq(word, "mine") ? ask->mine : ask->theirs;
    return true;
}

/* Nothing but one of the texts as it is. */
static bool ask_whole(Cx *cx, const MergeAsk *ask, Merge *out)
{
    Clash c = { .path = "", .base = node_new_text(cx->a, ask->base),
        .theirs = node_new_text(cx->a, ask->theirs), .mine = node_new_text(cx->a, ask->mine) };

    *out = (Merge){ .file = out->file };
    ARENA_PUSH(cx->a, out->clash, out->n, out->cap, c);
    return cx_fail(cx, E_CONFLICT, "%s was changed in two ways", ask->file);
}

bool merge_chosen(Cx *cx, const MergeAsk *ask, const Node *choice, Merge *out)
{
    MergeAsk now = *ask;

    *out = (Merge){ .file = arena_dup(cx->a, ask->file) };
    if (said(choice, "")) return whole(ask, said(choice, ""), out);
    if (merge_texts(cx, ask, out) || !out->n) return out->n == 0 && !cx->err;
    for (int i = 0; i < out->n; i++)
        if (!said(choice, out->clash[i].path)) return false;
    if (by_lines(out->clash)) {
        cx_clear(cx);
        return whole(ask, said(choice, out->clash->path), out);
    }
    cx_clear(cx);
    now.base = bent(cx, ask->file, ask->base, out, choice, "mine");
    now.mine = bent(cx, ask->file, ask->mine, out, choice, "theirs");
    now.ops = NULL;
    if (!now.base || !now.mine) return ask_whole(cx, ask, out);
    if (merge_texts(cx, &now, out)) return true;
    if (!out->n || !by_lines(out->clash)) return out->n ? cx_clear(cx), ask_whole(cx, ask, out) : false;
    const char *word = said(choice, out->clash->path);
    if (!word) return false;
    cx_clear(cx);
    return whole(&now, word, out);
}
