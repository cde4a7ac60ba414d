/*
 * related — the records of other forms that link to this one.
 */
#ifndef HTTP_RELATED_H
#define HTTP_RELATED_H
#include "http/page.h"

/* [{label, columns, rows, more, new_href}]: one list a link field this person may read. */
MUST bool related_lists(Work *w, const Record *r, Node **out);
#endif
