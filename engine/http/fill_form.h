/*
 * fill_form — what a page asks for records that lack a value a publication makes them need: an input for
 * each (`fill.FORM.FIELD`), on publish_fields.html.
 */
#ifndef HTTP_FILL_FORM_H
#define HTTP_FILL_FORM_H
#include "http/handlers.h"
#include "data/publish.h"

/* Of a posted form, those that are not blank; how many. */
int fill_values(Work *w, const Request *q, const PlanFill **out);
/* `fills` on the page: what `p` asks, with what was posted; wrong: the issues of that, or NULL. */
void fill_inputs(Work *w, const Request *q, Node *page, const Proposal *p, const Cx *wrong);
#endif
