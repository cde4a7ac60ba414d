/*
 * yaml_edit_in — what the files of yaml_edit share: a text under a list of operations.
 */
#ifndef DEF_YAML_EDIT_IN_H
#define DEF_YAML_EDIT_IN_H
#include "def/yaml_edit.h"
#include "def/yaml_splice.h"
#include "def/yaml_tree.h"

typedef struct Edit {
    Cx *cx; Arena *a;
    const char *file, *text; size_t n;
    const YamlOp *op;
    YamlDoc d;
    Node *want;
    Node **undo; int nundo, undo_cap;         /* the first is to run last */
} Edit;

/* The text is read; `want` is a copy of its tree. Change both, then commit. */
bool edit_begin(Edit *e);
bool edit_commit(Edit *e);

/* Issues; false. */
Place edit_place(const Edit *e);
bool edit_nothing(Edit *e, YamlPath path);
bool edit_single(Edit *e);

/* The map or list whose entry `index` is the node at `path`; NULL for the root. */
Node *edit_holder(Node *root, YamlPath path, int *index);
/* One more operation that undoes: the caller fills in what it needs besides the path. */
Node *edit_undo(Edit *e, OpKind kind, YamlPath path);

typedef struct Adding {
    const Node *value;
    const char *before, *after, *source;
    bool anew;                /* only the comments of the source */
} Adding;
/* `slot` becomes the entry's index. */
bool edit_add(Edit *e, YamlPath path, Adding x, int *slot);
/* Where the source does not fit the value is written anew, with its comments. */
bool edit_add_source(Edit *e, YamlPath path, Adding x, int *slot);
bool edit_remove(Edit *e, YamlPath path);

/* Whole operations, with what undoes them. */
bool edit_run_remove(Edit *e, const YamlOp *op);
bool edit_run_set(Edit *e, const YamlOp *op);
bool edit_run_move(Edit *e, const YamlOp *op);
#endif
