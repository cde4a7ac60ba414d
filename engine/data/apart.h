/*
 * apart — one portion of a long walk over records, in an arena of its own, so that memory does
 * not grow with the table.
 */
#ifndef DATA_APART_H
#define DATA_APART_H
#include "data/work.h"

/* Runs fn; what it allocated is gone afterwards, and what this request knew of records is asked
   anew. A failure is kept. */
MUST bool work_apart(Work *w, bool (*fn)(Work *w, void *arg), void *arg);
#endif
