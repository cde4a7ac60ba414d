/*
 * explain — what was said of a record before it had an id becomes rows.
 */
#ifndef DATA_EXPLAIN_H
#define DATA_EXPLAIN_H
#include "data/record.h"

MUST bool explain_flush(Work *w, const Record *r);       /* after the insert, in its save */
#endif
