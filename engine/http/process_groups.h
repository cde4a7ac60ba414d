/*
 * process_groups — the service levels of a workflow in groups: by month, or by a field of its form.
 */
#ifndef HTTP_PROCESS_GROUPS_H
#define HTTP_PROCESS_GROUPS_H
#include "http/page.h"
#include "data/process.h"
#include "data/service.h"

/* Puts into page: bys [{value, label, selected}], what one may group by; groups of `by` (NULL: none)
   [{stage, label, left, in_time, late, kept, open, open_late, mean}]. False: E_INPUT for what
   nothing can be grouped by. */
MUST bool process_groups(Work *w, Node *page, const ProcessAsk *ask, const char *by);
#endif
