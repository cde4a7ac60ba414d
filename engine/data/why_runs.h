/*
 * why_runs — which automations ran on a record, for who asks why it is as it is.
 */
#ifndef DATA_WHY_RUNS_H
#define DATA_WHY_RUNS_H
#include "data/record.h"

/* The newest runs on it: {run, automation, label, event, at, state}. */
MUST bool why_runs_json(Work *w, const Record *r, Json *out);
/* A line each. */
MUST bool why_runs_text(Work *w, const Record *r, Str *out);
#endif
