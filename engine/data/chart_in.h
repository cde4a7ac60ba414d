/*
 * chart_in — what the files that make charts share.
 */
#ifndef DATA_CHART_IN_H
#define DATA_CHART_IN_H
#include "data/chart.h"

/* chart_order.c: puts rows and series in order, adds days that are missing, merges what is beyond the
   limits. The titles of linked records are fetched. */
MUST bool chart_arrange(Work *w, const Card *c, Chart *k);
/* A blank one for every series. */
Val *chart_blanks(Arena *a, int n);
Val chart_add(Val x, Val y);
#endif
