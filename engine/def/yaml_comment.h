/*
 * yaml_comment — the comments of an entry that moves, and its text apart from them.
 */
#ifndef DEF_YAML_COMMENT_H
#define DEF_YAML_COMMENT_H
#include "def/yaml_doc.h"

/* An entry's text taken apart: comments ("# …") above it, the entry as it stands in a flow, the
   comment behind it. `text` is NULL when it cannot stand in a flow as it is. */
typedef struct EntryText {
    const char *text, *tail;
    const char **above; int nabove, above_cap;
} EntryText;
/* `map`: of a map, else of a list. `whole`: all comments go into `above`, there is no text. */
EntryText entry_text(YamlDoc *d, const char *source, bool map, bool whole);
/* Comment lines at a column, each with its line end. */
void comment_lines(YamlDoc *d, Str *out, const EntryText *e, int col);
#endif
