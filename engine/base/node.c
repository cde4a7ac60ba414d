/*
 * node.c — reading and building document trees, and the checks every loader shares.
 */
#include "base/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint32_t node_hash(const char *key)
{
    uint32_t h = 2166136261u;
    for (; *key; key++) h = (h ^ (unsigned char)*key) * 16777619u;
    return h ? h : 1;
}

/* Where the key stands in the map itself; -1: nowhere. */
static int place_of(const Node *map, const char *key, uint32_t hash)
{
    for (int i = 0; i < map->n; i++) {
        const Node *n = map->item[i];
        if (n->hash && n->hash != hash) continue;
        if (strcmp(n->key, key) == 0) return i;
    }
    return -1;
}

Node *node_find_hashed(const Node *map, const char *key, uint32_t hash)
{
    for (; map && map->kind == NODE_MAP; map = map->base) {
        int i = place_of(map, key, hash);
        if (i >= 0) return map->item[i];
    }
    return NULL;
}

Node *node_find(const Node *map, const char *key)
{
    return node_is(map, NODE_MAP) ? node_find_hashed(map, key, node_hash(key)) : NULL;
}

const char *node_text(const Node *n)
{
    return n && n->kind >= NODE_BOOL && n->kind <= NODE_TEXT ? n->text : NULL;
}

bool node_is(const Node *n, NodeKind kind)
{
    return n && n->kind == kind;
}

bool node_int(const Node *n, int64_t *out)
{
    bool may = node_is(n, NODE_NUMBER) || (node_is(n, NODE_TEXT) && n->plain);
    if (!may) return false;
    const char *t = n->text;
    if (strspn(t, "+-") > 1 || t[strspn(t, "+-0123456789")]) return false;
    char *end;
    errno = 0;
    long long i = strtoll(t, &end, 10);
    if (errno || *end || end == t) return false;
    *out = i;
    return true;
}

bool node_bool(const Node *n, bool *out)
{
    if (node_is(n, NODE_BOOL)) { *out = n->b; return true; }
    if (!node_is(n, NODE_TEXT) || !n->plain) return false;
    *out = str_eq(n->text, "true");
    return *out || str_eq(n->text, "false");
}

bool node_blank(const Node *n)
{
    if (!n || n->kind == NODE_NULL) return true;
    if (n->kind != NODE_TEXT) return false;
    return !*n->text || (n->plain && (str_eq(n->text, "null") || str_eq(n->text, "~")));
}

Place node_place(const Node *n)
{
    return n ? at_line(n->file, n->line, n->col) : (Place){ 0 };
}

Place node_key_place(const Node *n)
{
    return node_place(n && n->key_at ? n->key_at : n);
}

bool node_eq(const Node *a, const Node *b)
{
    if (!a || !b) return a == b;
    if (a->kind != b->kind) return false;
    if (a->kind == NODE_NULL) return true;
    if (a->kind == NODE_BOOL) return a->b == b->b;
    if (a->kind <= NODE_TEXT) return str_eq(a->text, b->text);
    if (a->n != b->n) return false;
    for (int i = 0; i < a->n; i++) {
        const Node *other = a->kind == NODE_LIST ? b->item[i] : node_find(b, a->item[i]->key);
        if (!other || !node_eq(a->item[i], other)) return false;
    }
    return true;
}

static Node *make(Arena *a, NodeKind kind, const char *text)
{
    Node *n = ARENA_NEW(a, Node);
    n->kind = kind;
    n->text = arena_dup(a, text);
    return n;
}

Node *node_map(Arena *a)
{
    return make(a, NODE_MAP, NULL);
}

Node *node_map_over(Arena *a, const Node *base)
{
    Node *n = node_map(a);
    n->base = base;
    return n;
}

Node *node_list(Arena *a)
{
    return make(a, NODE_LIST, NULL);
}

Node *node_new_null(Arena *a)
{
    return make(a, NODE_NULL, NULL);
}

Node *node_new_bool(Arena *a, bool b)
{
    Node *n = make(a, NODE_BOOL, NULL);
    n->b = b;
    n->text = b ? "true" : "false";
    return n;
}

Node *node_new_int(Arena *a, int64_t i)
{
    return make(a, NODE_NUMBER, arena_printf(a, "%lld", (long long)i));
}

Node *node_new_number(Arena *a, const char *text)
{
    return make(a, NODE_NUMBER, text);
}

Node *node_new_text(Arena *a, const char *text)
{
    return make(a, text ? NODE_TEXT : NODE_NULL, text);
}

Node *node_put(Arena *a, Node *map, const char *key, Node *value)
{
    BUG_IF(map->kind != NODE_MAP || !value);
    value->key = arena_dup(a, key);
    value->hash = node_hash(key);
    int i = place_of(map, key, value->hash);
    if (i >= 0) return map->item[i] = value;
    ARENA_PUSH(a, map->item, map->n, map->cap, value);
    return value;
}

Node *node_add(Arena *a, Node *list, Node *value)
{
    BUG_IF(list->kind != NODE_LIST || !value);
    ARENA_PUSH(a, list->item, list->n, list->cap, value);
    return value;
}

Node *node_put_text(Arena *a, Node *map, const char *key, const char *text)
{
    return node_put(a, map, key, node_new_text(a, text));
}

Node *node_put_int(Arena *a, Node *map, const char *key, int64_t i)
{
    return node_put(a, map, key, node_new_int(a, i));
}

Node *node_put_bool(Arena *a, Node *map, const char *key, bool b)
{
    return node_put(a, map, key, node_new_bool(a, b));
}

bool node_remove(Node *map, const char *key)
{
    for (int i = 0; node_is(map, NODE_MAP) && i < map->n; i++) {
        if (strcmp(map->item[i]->key, key)) continue;
        map->n--;
        memmove(&map->item[i], &map->item[i + 1], sizeof *map->item * (size_t)(map->n - i));
        return true;
    }
    return false;
}

Node *node_copy(Arena *a, const Node *n)
{
    if (!n) return NULL;
    Node *c = ARENA_NEW(a, Node);
    *c = *n;
    c->text = arena_dup(a, n->text);
    c->key = arena_dup(a, n->key);
    c->file = arena_dup(a, n->file);
    c->key_at = node_copy(a, n->key_at);
    c->item = NULL;
    c->n = c->cap = 0;
    for (int i = 0; i < n->n; i++)
        ARENA_PUSH(a, c->item, c->n, c->cap, node_copy(a, n->item[i]));
    return c;
}

static int count(const char *const *list)
{
    int n = 0;
    while (list && list[n]) n++;
    return n;
}

void node_check_keys(Cx *cx, const Node *map, const char *const *known,
    const char *const *later)
{
    int n = count(known);
    for (int i = 0; node_is(map, NODE_MAP) && i < map->n; i++) {
        const char *key = map->item[i]->key;
        Place at = node_key_place(map->item[i]);
        if (str_in(key, known, n)) continue;
        if (str_in(key, later, count(later))) {
            cx_issue(cx, at, "not_available_yet", "`%s` is not available yet", key);
            continue;
        }
        const char *meant = str_nearest(key, known, n);
        if (meant)
            cx_issue(cx, at, "unknown_key", "unknown key `%s`; did you mean `%s`?", key, meant);
        else
            cx_issue(cx, at, "unknown_key", "unknown key `%s`", key);
    }
}

bool node_read_text(Cx *cx, const Node *map, const char *key, const char **out)
{
    const Node *n = node_find(map, key);
    if (!n) return true;
    const char *text = node_text(n);
    if (!text || node_blank(n))
        return cx_issue(cx, node_place(n), "wrong_kind", "%s must be a text", key);
    *out = text;
    return true;
}

bool node_read_int(Cx *cx, const Node *map, const char *key, int64_t *out)
{
    const Node *n = node_find(map, key);
    if (!n || node_int(n, out)) return true;
    return cx_issue(cx, node_place(n), "wrong_kind", "%s must be a whole number", key);
}

bool node_read_bool(Cx *cx, const Node *map, const char *key, bool *out)
{
    const Node *n = node_find(map, key);
    if (!n || node_bool(n, out)) return true;
    return cx_issue(cx, node_place(n), "wrong_kind", "%s must be true or false", key);
}
