/*
 * form_post — a posted HTML form as the body that a save takes.
 *
 *     items.0.product=7 → {items: [{product: 7}]}     colours[]=red → {colours: [red]}
 *
 * Names that begin with _ are the page's own and left out. A checkbox comes after its hidden
 * "false": the last of several values counts. `items[]` alone says that there are no rows; rows
 * that are blank or marked with _remove are left out. Line ends become \n.
 */
#ifndef HTTP_FORM_POST_H
#define HTTP_FORM_POST_H
#include "http/page.h"

/* fresh: a record that is not there yet. */
Node *form_body(Work *w, const Form *f, const Node *posted, bool fresh);
/* The body that the form of this record would send untouched. */
Node *form_was(Work *w, const Record *r);
/* Takes out of a new record's body the read-only fields that came back as `untouched` has them,
   and those that are so always: their defaults may have gone on since they were shown. */
void form_leave(Work *w, Node *body, const Record *untouched);
/* Takes out of the body what its person left as it was; keys that someone else changed
   meanwhile to another value go into *clash (NULL: none). */
void form_merge(Work *w, Node *body, const Node *was, const Record *now, Node **clash);
#endif
