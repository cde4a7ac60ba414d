/*
 * timeline — what happened to a record and what comes next, as a page tells it.
 */
#ifndef HTTP_TIMELINE_H
#define HTTP_TIMELINE_H
#include "http/page.h"

/* [{what, text, note, changes: [{label, old, now}], when, who, via}], newest first; *next: the
   history entry to go on before, 0 if that was all. */
MUST bool timeline_list(Work *w, const Record *r, int64_t before, Node **out, int64_t *next);
/* [{text, when, late}]: reminders, moves by time. */
MUST bool timeline_next(Work *w, const Record *r, Node **out);
/* When the stage should be left, in words; NULL: it has no due time. */
const char *timeline_stage_due(Work *w, const Record *r);
#endif
