/*
 * flow_draw — the lines between the stages of a workflow, drawn beside their list.
 */
#ifndef HTTP_FLOW_DRAW_H
#define HTTP_FLOW_DRAW_H
#include "http/page.h"
#include "data/process.h"

/* Height of a stage in the list, as pages.css has it. */
enum { FLOW_ROW = 56 };
/* Into page: lines [{d, tone, width}] and lines_high; tone: on, back, lost, unused. The stages stand
   below each other in the order of `p`; how often a move was made gives a line its strength. */
void flow_draw(Work *w, Node *page, const Workflow *flow, const Process *p);
#endif
