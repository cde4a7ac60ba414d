/*
 * node_json.c — jansson reads, we copy into the arena. Reals are written back with the fewest
 * digits (15 to 17) that read the same double, so 1.005 stays "1.005".
 */
#include "base/node_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64

static const char *real_text(Arena *a, double d)
{
    char text[40];
    if (d == 0) return "0";                      /* no minus zero */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d) break;
    }
    return arena_dup(a, text);
}

static Node *convert(Cx *cx, json_t *from, int depth);

static Node *convert_list(Cx *cx, json_t *from, int depth)
{
    Node *list = node_list(cx->a);
    size_t n = json_array_size(from);
    list->item = ARENA_ARRAY(cx->a, Node *, n);
    for (size_t i = 0; i < n; i++) {
        Node *item = convert(cx, json_array_get(from, i), depth + 1);
        if (!item) return NULL;
        list->item[list->n++] = item;
    }
    list->cap = list->n;
    return list;
}

static Node *convert_map(Cx *cx, json_t *from, int depth)
{
    Node *map = node_map(cx->a);
    const char *key;
    json_t *value;
    map->cap = (int)json_object_size(from);
    map->item = ARENA_ARRAY(cx->a, Node *, map->cap);
    json_object_foreach(from, key, value) {
        Node *item = convert(cx, value, depth + 1);
        if (!item) return NULL;
        item->key = arena_dup(cx->a, key);
        item->hash = node_hash(key);
        map->item[map->n++] = item;
    }
    return map;
}

static Node *convert(Cx *cx, json_t *from, int depth)
{
    if (depth > MAX_DEPTH) {
        cx_fail(cx, E_SYNTAX, "nested deeper than %d levels", MAX_DEPTH);
        return NULL;
    }
    switch (json_typeof(from)) {
    case JSON_OBJECT: return convert_map(cx, from, depth);
    case JSON_ARRAY: return convert_list(cx, from, depth);
    case JSON_STRING: return node_new_text(cx->a, json_string_value(from));
    case JSON_INTEGER: return node_new_int(cx->a, json_integer_value(from));
    case JSON_REAL: return node_new_number(cx->a, real_text(cx->a, json_real_value(from)));
    case JSON_TRUE: return node_new_bool(cx->a, true);
    case JSON_FALSE: return node_new_bool(cx->a, false);
    case JSON_NULL: break;
    }
    return node_new_null(cx->a);
}

Node *json_parse(Cx *cx, const char *text, size_t n)
{
    json_error_t error = { .line = 1, .text = "a NUL character" };
    json_t *root = NULL;
    if (!memchr(text, 0, n))
        root = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!root) {
        cx_fail(cx, E_SYNTAX, "%d:%d: %s", error.line, error.column, error.text);
        return NULL;
    }
    Node *node = convert(cx, root, 1);
    json_decref(root);
    return node;
}
