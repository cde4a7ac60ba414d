/*
 * process_ask — which workflow, and which of its records, an address asks a report for.
 */
#ifndef HTTP_PROCESS_ASK_H
#define HTTP_PROCESS_ASK_H
#include "http/request.h"
#include "data/process.h"
#include "data/service.h"

/* From the path's first segment, `from` and `to` (days or times of the reader's zone) and `filter`.
   E_MISSING when its form may not be read at all. */
MUST bool process_ask(Work *w, const Request *q, ProcessAsk *out);
/* process_report, process_now and the service levels of the same period. */
MUST bool process_whole(Work *w, const ProcessAsk *ask, Process *p, ServiceRow **level, int *n);
/* api_service.c: one stage's levels. */
void service_put(Work *w, const ServiceRow *row, Json *j);
#endif
