/*
 * label — a text by language: {en: Web, zh: 网站}, or one string for all.
 */
#ifndef DEF_LABEL_H
#define DEF_LABEL_H
#include "base/node.h"

typedef struct Label { int n; const char **lang, **text; } Label;   /* n = 0: none given */

bool label_load(Cx *cx, const Node *map, const char *key, Label *out);   /* absent: n = 0 */
/* What the engine itself says in the two languages it speaks. */
void label_pair(Cx *cx, Label *out, const char *en, const char *zh);
bool label_load_node(Cx *cx, const Node *node, Label *out);
/* The text in that language, else the first one, else `otherwise`. */
const char *label_show(const Label *l, const char *lang, const char *otherwise);
/* For keeping one until its reader is known: one text as it is, several as JSON by language. */
const char *label_store(Arena *a, const Label *l);
/* What label_store made, in that language. */
const char *label_stored(Arena *a, const char *stored, const char *lang);
#endif
