/*
 * flow_form — what a page asks of open records when a workflow changes: take them along, and where
 * those go whose stage went (`migrate` = FLOW, `to.FLOW.STAGE` = a stage).
 */
#ifndef HTTP_FLOW_FORM_H
#define HTTP_FLOW_FORM_H
#include "http/handlers.h"
#include "def/pinned.h"

/* Of a posted form; how many. */
int flow_moves(Work *w, const Request *q, const FlowMove **out);
/* What a migration came to, told by the page it leads back to. */
void flow_told(Work *w, const Request *q, Node *page);
#endif
