/*
 * due_why — what `why` says of due times: that of the stage a record stands in, and those of
 * what it waits for.
 */
#ifndef DATA_DUE_WHY_H
#define DATA_DUE_WHY_H
#include "data/record.h"

/* The key "due" of a map: how each was counted, when time stood still, what came and comes. */
MUST bool due_why_json(Work *w, const Record *r, Json *out);
/* The same as lines for people. */
MUST bool due_why_lines(Work *w, const Record *r, const char ***line, int *n);
#endif
