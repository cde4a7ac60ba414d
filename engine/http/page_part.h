/*
 * page_part — controls that are several: the stars of a rating, the parts of an address; and
 * the words between them. For page_field.
 */
#ifndef HTTP_PAGE_PART_H
#define HTTP_PAGE_PART_H
#include "http/page.h"

/* `options`: one for each star. */
void page_stars(Work *w, Node *out, const Field *f, const char *value);
/* `parts`: each a field of its own, read-only where `out` is. */
void page_parts(Work *w, Node *out, const FieldAsk *ask);
/* A heading or a note, without flags; NULL of a button, which stands at the top of the page. */
Node *page_bare(Work *w, const FieldAsk *ask);
#endif
