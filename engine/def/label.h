/*
 * label — a text by language: {en: Web, zh: 网站}, or one string for all.
 */
#ifndef DEF_LABEL_H
#define DEF_LABEL_H
#include "base/node.h"

typedef struct Label { int n; const char **lang, **text; } Label;   /* n = 0: none given */

bool label_load(Cx *cx, const Node *map, const char *key, Label *out);   /* absent: n = 0 */
bool label_load_node(Cx *cx, const Node *node, Label *out);
/* The text in that language, else the first one, else `otherwise`. */
const char *label_show(const Label *l, const char *lang, const char *otherwise);
#endif
