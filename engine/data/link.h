/*
 * link — values of link, user and department fields: from logins, names and {"by": …} to ids.
 */
#ifndef DATA_LINK_H
#define DATA_LINK_H
#include "data/record.h"

/* The live record whose unique field `by` has that value; 0 when there is none. No right is
   asked. */
MUST bool link_find(Work *w, const Field *by, const Node *value, int64_t *id);
/* A node that names a record → its id as a node; NULL after an issue on f. Ids and blanks
   pass. */
Node *link_resolve(Work *w, const Field *f, Node *in);
/* May this person point to that record: is it there, and readable? An issue on f otherwise. */
bool link_exists(Work *w, const Field *f, int64_t id);
#endif
