/*
 * yaml_write — a tree as YAML text: flow where it is short, block where it is long.
 *
 * Texts are quoted only where the core schema or a character needs it; a text of several lines
 * becomes a literal block, a long line a folded one; what is not ASCII stays as it is. Nodes
 * may come from JSON (typed) or from YAML (plain scalars keep being plain).
 */
#ifndef DEF_YAML_WRITE_H
#define DEF_YAML_WRITE_H
#include "base/node.h"

typedef struct YamlStyle {
    const char *eol;          /* "\n" or "\r\n" */
    int step;                 /* columns a map stands further right than its key */
    int dash;                 /* the same of a list's dash */
    int width;                /* a line should not be longer */
    char quote;               /* of texts that need quotes or had them: " or ' */
    bool open;                /* containers in block style even where they are short */
} YamlStyle;
YamlStyle yaml_style(void);   /* LF, 2, 2, 100, " */

/* What a scalar means: plain text may be null, a boolean or a number. Of containers: kind. */
NodeKind yaml_kind(const Node *n);
/* On one line, as it may stand inside { } and [ ]. */
char *yaml_flow(Arena *a, const Node *n, char quote);
char *yaml_key(Arena *a, const char *key);
/* What follows `key:` or `-` that stands at column `col`, from the space to the last line end:
   " 5\n", " {a: 1}\n", "\n  a: …\n", " |\n  …\n". `item`: after a dash. `used`: columns of the
   line before it. */
void yaml_value(Str *out, const Node *n, int col, int used, bool item, const YamlStyle *style);
#endif
