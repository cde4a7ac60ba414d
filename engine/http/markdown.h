/*
 * markdown — Markdown as a tree that web/pages/markdown.html draws.
 *
 * HTML in the text is text. A node has `kind` (p, h, ul, ol, li, aside, code, rule, table, tr,
 * th, td, text, br, strong, em, del, mono, link) and `items`; what else it has stands beside
 * its kind in markdown.c. The template escapes it as it escapes everything, so that no markup
 * passes through; addresses other than http, https and mailto are left out.
 */
#ifndef HTTP_MARKDOWN_H
#define HTTP_MARKDOWN_H
#include "base/node.h"

/* A list of blocks; of a text that cannot be parsed, or is nested too deeply, one paragraph. */
Node *markdown_tree(Arena *a, const char *text);
/* Its beginning in one line without marks, for cells of lists. */
const char *markdown_plain(Arena *a, const char *text);
#endif
