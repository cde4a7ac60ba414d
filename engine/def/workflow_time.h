/*
 * workflow_time — what a workflow does by itself where a record stands: `wait_for` and what is due.
 */
#ifndef DEF_WORKFLOW_TIME_H
#define DEF_WORKFLOW_TIME_H
#include "def/workflow.h"

/* After the transitions, which these name. */
void workflow_bind_times(Cx *cx, App *app, Workflow *w);
#endif
