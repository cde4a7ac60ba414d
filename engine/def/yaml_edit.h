/*
 * yaml_edit — changes a YAML text by operations and keeps all the rest: comments, order,
 * quotes, line ends, indentation, every byte that is not part of the change.
 *
 * An operation is a map:
 *     {op: add,    path: fields.phone, value: {type: phone}, before: email}
 *     {op: add,    path: layout.0.fields.2, value: phone}      a position; "-" is the end
 *     {op: set,    path: fields.phone.label.en, value: Phone}  replaces, or adds what is missing
 *     {op: remove, path: fields.phone}                         with its comments
 *     {op: move,   path: fields.phone, before: email}          also after; to: another parent
 *     {op: rename, path: fields.phone, name: mobile, was: true}
 * A path is a text with dots or a list of texts. `before` and `after` name a sibling (its key,
 * or its position before the change); without them the place is the end. `was: true` writes
 * `was: phone` into the value, which must be a map. The last entry that is removed leaves {} or
 * []; adding to these, or to nothing, makes a block where it does not fit on the line.
 *
 * Each operation is spliced into the text, the text is read again and its tree compared with the
 * tree that was meant; what differs is refused, so a text is changed as asked or not at all.
 */
#ifndef DEF_YAML_EDIT_H
#define DEF_YAML_EDIT_H
#include "base/node.h"

typedef struct YamlEdit {
    char *text; size_t n;
    Node *tree;               /* of the new text */
    Node *inverse;            /* operations that undo these, to be run on the new text */
} YamlEdit;
/* False after an issue that names the operation and its path. In cx's arena. */
bool yaml_edit(Cx *cx, const char *file, const char *text, size_t n, const Node *ops,
    YamlEdit *out);
/* The new text, or NULL after issues. */
char *yaml_edit_apply(Cx *cx, const char *file, const char *text, const Node *ops);
#endif
