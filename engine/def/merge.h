/*
 * merge — two people's changes of one definition made one, or told apart.
 *
 * Changes collide when they touch the same path of the tree (fields.phone.required) and do not
 * say the same. The order of a map's keys is a change of its own. Texts that are no YAML are
 * compared by lines.
 */
#ifndef DEF_MERGE_H
#define DEF_MERGE_H
#include "base/node.h"

/* A text that is NULL is a file that is not there. */
typedef struct MergeAsk {
    const char *file;
    const char *base, *theirs, *mine;
    const Node *ops;           /* what made `mine` of `base` (see yaml_edit), or NULL */
} MergeAsk;
/* What both changed. Nodes are NULL where there was or is nothing. In texts by lines the path is
   "line N" and the nodes are texts. The whole file: path "". */
typedef struct Clash {
    const char *path;
    const Node *base, *theirs, *mine;
    bool order;                /* of the keys below the path */
} Clash;
typedef struct Merge {
    const char *file;
    const char *text;          /* NULL: the file goes away */
    Clash *clash; int n, cap;
} Merge;

/* False with clashes (E_CONFLICT), or when a text cannot be read (issues). */
MUST bool merge_texts(Cx *cx, const MergeAsk *ask, Merge *out);
/* The same with a word for each clash: `choice` maps its path to `mine` or `theirs`; "" is the whole
   file. What has no word yet is told as the clashes there still are (E_CONFLICT). */
MUST bool merge_chosen(Cx *cx, const MergeAsk *ask, const Node *choice, Merge *out);
#endif
