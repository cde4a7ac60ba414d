/*
 * yaml_splice — single edits of an open YAML text, as splices: untouched bytes stay.
 *
 * Nothing here is trusted: yaml_edit reads the result again and compares it with the tree it
 * meant. What is written too oddly to be changed so gives no splice, and is refused there.
 */
#ifndef DEF_YAML_SPLICE_H
#define DEF_YAML_SPLICE_H
#include "def/yaml_doc.h"

/* An entry before the one at `index` (n: after the last). `follow`: right behind the entry
   before it, not above the comments of the one after it. `holder`: whose entry `hold` the
   parent is; NULL at the root. `source`: its text with comments, or NULL;
   `anew`: the value is written anew, only the comments are taken from there. */
void splice_add(YamlDoc *d, const Node *holder, int hold, const Node *parent, int index,
    bool follow, const char *key, const Node *value, const char *source, bool anew);
void splice_remove(YamlDoc *d, const Node *holder, int hold, const Node *parent, int index);
/* Another value for the entry. */
void splice_value(YamlDoc *d, const Node *parent, int index, const Node *value);
/* The entry, a map on lines of its own, becomes a list of nothing but it: its lines stay, further in.
   False: it does not stand so. */
bool splice_listed(YamlDoc *d, const Node *parent, int index);
void splice_key(YamlDoc *d, const Node *parent, int index, const char *key);
/* The entry's own text: lines with its comments in a block, key and value in a flow. */
char *splice_source(const YamlDoc *d, const Node *parent, int index);
#endif
