/*
 * yaml_tree — edit operations, and what they mean for a tree: the yardstick of yaml_edit.
 *
 * A path leads from the root by keys and, in lists, positions from 0: "fields.phone.label.en",
 * "layout.0.fields.2". A list of texts is a path too, for keys with dots.
 */
#ifndef DEF_YAML_TREE_H
#define DEF_YAML_TREE_H
#include "base/node.h"

typedef enum OpKind { OP_ADD, OP_SET, OP_REMOVE, OP_MOVE, OP_RENAME } OpKind;
typedef struct YamlPath { const char **seg; int n; } YamlPath;
typedef struct YamlOp {
    OpKind kind;
    int number;               /* in its list, from 1 */
    const char *word, *shown; /* "add", the path as text */
    YamlPath path;
    const Node *value;
    const char *before, *after;       /* a sibling's key or position; NULL: the end */
    bool moves; YamlPath to;  /* OP_MOVE: the new parent; else the same */
    const char *name;         /* OP_RENAME; OP_MOVE: its key in the new parent */
    const char *was;          /* OP_RENAME: what `was` of the value becomes, or NULL */
    const char *source;       /* OP_ADD: the entry's text with its comments, if it fits */
} YamlOp;

/* Keys known, kinds right; false after an issue. */
bool yaml_op_read(Cx *cx, const char *file, const Node *n, int number, YamlOp *out);
/* The operation as the map it was read from. */
Node *yaml_op_node(Arena *a, const YamlOp *op);
Node *yaml_path_node(Arena *a, YamlPath path);
YamlPath yaml_path_parent(YamlPath path);
YamlPath yaml_path_child(Arena *a, YamlPath path, const char *seg);

/* NULL: there is nothing. Index in the parent, -1: none. */
Node *yaml_at(Node *root, YamlPath path);
int yaml_index(const Node *parent, const char *seg);
const char *yaml_seg(Arena *a, const Node *parent, int index);
/* Where among the entries of `parent` a new one goes; `last` is the path's last segment, a
   position in a list. -1: `before` or `after` names nothing. */
int yaml_slot(const Node *parent, const char *last, const char *before, const char *after);

/* Same kinds, keys in the same order, scalars that mean the same. */
bool yaml_same(const Node *a, const Node *b);
/* Entry `index` leaves; or `value` enters with the key (NULL in lists). */
Node *yaml_take_out(Node *parent, int index);
void yaml_put_in(Arena *a, Node *parent, int index, const char *key, const Node *value);
#endif
