/*
 * pattern — the regular expressions of fields: PCRE2 with UTF-8, no JIT, bounded at run time.
 */
#ifndef DEF_PATTERN_H
#define DEF_PATTERN_H
#include "base/cx.h"

/* Compiled into the arena of cx; NULL with a reason in *why. The whole text must match. */
void *pattern_load(Cx *cx, const char *pattern, const char **why);
/* A match that takes too long counts as none. */
bool pattern_match(Cx *cx, const void *pattern, const char *text);
#endif
