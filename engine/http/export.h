/*
 * export — all records one may export, as CSV or JSON, into a file: memory stays small however
 * many there are. Used by the API and the command line.
 */
#ifndef HTTP_EXPORT_H
#define HTTP_EXPORT_H
#include "data/passed.h"
#include "data/query.h"

#include <stdio.h>

typedef struct ExportAsk {
    const Form *form;
    const char *filter, *q;            /* or NULL */
    const Passed *passed;              /* or NULL */
    Field **field; int nfield;         /* none: all that the person may see */
    bool json;                         /* a JSON list; else CSV */
    bool bom;                          /* CSV: starts with a byte-order mark, for Excel */
} ExportAsk;
/* A field of a record as a cell shows it to this person; what is hidden is empty. */
const char *export_cell(Work *w, Arena *a, const Record *r, const Field *f);
/* E_DENIED without the right; records outside the export scope are left out. */
MUST bool export_write(Work *w, const ExportAsk *ask, FILE *to);
#endif
