/*
 * due_stage — the due time of the stage a record stands in, which its column stage_due shows. Only
 * inside a write, but for stage_due.
 */
#ifndef DATA_DUE_STAGE_H
#define DATA_DUE_STAGE_H
#include "data/due.h"

/* False: it stands in no stage that is due. */
bool stage_due(Work *w, const Record *r, DueThing *out);
/* How it stands by what the record itself says, without a look into its timer: for lists. */
typedef enum StageDue { DUE_NONE, DUE_RUNS, DUE_SOON, DUE_LATE, DUE_PAUSED } StageDue;
StageDue stage_due_look(Work *w, const Record *r);
MUST bool stage_due_begin(Work *w, Record *r);
MUST bool stage_due_end(Work *w, const Record *r);
/* The record was written: its due time or pause may be another one. */
MUST bool stage_due_follow(Work *w, Record *r);
/* Fires "within:FLOW.STAGE". */
MUST bool stage_due_fire(Work *w, const Timer *t, int64_t late_s);
/* Of what is due of the record itself, not of a part of it (DueKind): it waits for its owner, and what
   follows is done to it. */
bool stage_due_people(Work *w, const DueThing *d, int64_t **user, int *n);
bool stage_due_act(Work *w, const DueThing *d, const LateStep *s);
/* What decides when a stage is due and what follows: another text, and "due:FLOW.STAGE", a timer of
   the app with the payload "0 TEXT", walks the records that stand there. */
const char *stage_due_meaning(Work *w, const Stage *s);
MUST bool stage_due_walk(Work *w, const Timer *t);
/* The stage says no due time any more: nothing is due for those that stand there. */
MUST bool stage_due_blank(Work *w, const Form *f, const char *flow, const char *stage);
#endif
