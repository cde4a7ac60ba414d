/*
 * attr_tree — the tables of attributes as a tree, for an editor that draws its inputs from them.
 */
#ifndef DEF_ATTR_TREE_H
#define DEF_ATTR_TREE_H
#include "def/attr.h"

/* {kinds: {form: KEYS, …}, shapes: {NAME: {of: KEYS} or {by, types: {TYPE: {label, help, of: KEYS}}}},
   functions: [{name, args, help}], reserved: names that nothing may have}
   in the reader's language. KEYS: [{key, label, help, kind, example, words, of, shape, pattern, keys,
   least, most, with, unless, flags…}], what does not hold left out. `kind` is the name of the
   AttrKind in small letters; flags are `needed`, `one`, `filled`, `refs`, `grouped`, `alone`.
   `by` is the key whose value says the type ("" of steps: the type is the one key). */
Node *attr_tree(Arena *a, const char *lang);
/* A key or type as people read it, translated where the language has a word: "per_day" is "Per day". */
const char *attr_label(Arena *a, const char *lang, const char *key);
#endif
