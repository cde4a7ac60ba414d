/*
 * metrics — all figures of this process, and the backlog of its database, as Prometheus text.
 */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H
#include "data/engine.h"

/* Without the backlog, and tenon_database_up 0, when the database does not answer. */
void metrics_put(Engine *e, Str *s);
/* The processor, memory and files of this process, under the names every exporter uses. */
void metrics_process(Str *s);
#endif
