/*
 * yaml_format — a YAML text tidied where no one can disagree.
 *
 * Blocks are indented by two, lists under their key too; no spaces at line ends, no two blank
 * lines in a row, one line end at the end; `{a: 1, b}` has no spaces inside its braces, none
 * before a comma and at least one behind it. Comments, order, quotes, aligned columns, what is
 * flow and what is block, and the line ends stay. The text means the same before and after, or
 * it is refused.
 */
#ifndef DEF_YAML_FORMAT_H
#define DEF_YAML_FORMAT_H
#include "base/node.h"

/* The tidy text, the same when it is tidy; NULL after issues. Formatting it again changes
   nothing. */
char *yaml_format(Cx *cx, const char *file, const char *text, size_t n, size_t *out);
#endif
