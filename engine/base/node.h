/*
 * node — a document tree: what YAML and JSON become, and what the API and rules build.
 *
 * Maps keep the order of the file. Scalars keep their text; YAML hands over plain scalars
 * untyped (`no`, `1:30` stay text) and the reader of an attribute gives them a type. JSON
 * scalars come typed. Every node knows where it stands: file, line, column (from 1), and the
 * byte range in the source.
 */
#ifndef BASE_NODE_H
#define BASE_NODE_H
#include "base/cx.h"
#include "base/val.h"

typedef enum NodeKind {
    NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_TEXT, NODE_LIST, NODE_MAP
} NodeKind;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    bool b;                   /* NODE_BOOL */
    bool plain;               /* YAML scalar without quotes */
    const char *text;         /* NUMBER and TEXT: as written; BOOL: "true"/"false" */
    const char *key;          /* in a map: its key */
    uint32_t hash;            /* node_hash of the key; 0: not known */
    const Node *key_at;       /* where the key stands (for issues), or NULL */
    Node **item; int n, cap;  /* LIST and MAP */
    const Node *base;         /* MAP: where a key is looked for that it has not; or NULL */
    const char *file; int line, col;
    size_t start, end;        /* bytes in the source */
};

/* Reading. find: absent is NULL. All are safe on NULL nodes. */
Node *node_find(const Node *map, const char *key);
uint32_t node_hash(const char *key);                     /* never 0 */
Node *node_find_hashed(const Node *map, const char *key, uint32_t hash);
const char *node_text(const Node *n);                    /* NUMBER, TEXT, BOOL; else NULL */
bool node_is(const Node *n, NodeKind kind);
bool node_int(const Node *n, int64_t *out);              /* NUMBER or plain text that is one */
bool node_bool(const Node *n, bool *out);                /* true/false only */
bool node_blank(const Node *n);                          /* NULL, null, "", empty plain */
Place node_place(const Node *n);
Place node_key_place(const Node *n);                     /* of the key, else of the value */
bool node_eq(const Node *a, const Node *b);              /* same tree; map order counts not */

/* Building, in an arena; texts are copied. */
Node *node_map(Arena *a);
/* A map that finds what it has not in another one: what many have in common stands once. Only
   finding looks there. */
Node *node_map_over(Arena *a, const Node *base);
Node *node_list(Arena *a);
Node *node_new_null(Arena *a);
Node *node_new_bool(Arena *a, bool b);
Node *node_new_int(Arena *a, int64_t i);
Node *node_new_number(Arena *a, const char *text);
Node *node_new_text(Arena *a, const char *text);         /* NULL gives NODE_NULL */
/* Replaces; returns the value. */
Node *node_put(Arena *a, Node *map, const char *key, Node *value);
Node *node_add(Arena *a, Node *list, Node *value);       /* returns value */
Node *node_put_text(Arena *a, Node *map, const char *key, const char *text);
Node *node_put_int(Arena *a, Node *map, const char *key, int64_t i);
Node *node_put_bool(Arena *a, Node *map, const char *key, bool b);
bool node_remove(Node *map, const char *key);
Node *node_copy(Arena *a, const Node *n);

/* One checked walk over a map: reports every key that is not in `known` as unknown_key with a
   suggestion. Keys in `later` are reported as "not available yet". NULL-terminated lists. */
void node_check_keys(Cx *cx, const Node *map, const char *const *known,
    const char *const *later);
/* Typed access for loaders: a wrong kind is an issue at the node; false then. Absent is true
   and leaves *out. */
bool node_read_text(Cx *cx, const Node *map, const char *key, const char **out);
bool node_read_int(Cx *cx, const Node *map, const char *key, int64_t *out);
bool node_read_bool(Cx *cx, const Node *map, const char *key, bool *out);
#endif
