/*
 * move_part — what the files of moves share.
 */
#ifndef DATA_MOVE_PART_H
#define DATA_MOVE_PART_H
#include "data/move.h"
#include "data/timer.h"

/* May the acting person make this move from here, by its `by`? Without `by` whoever may change
   the record; moves that run by themselves are nobody's. */
bool move_mine(Work *w, const Transition *t, const Record *r);
/* Who may, in words. */
const char *move_people(Work *w, const Transition *t, const Record *r);
void move_to(Work *w, Record *r, const Workflow *flow, const Stage *stage);
/* migrate_stage.c: the record stands there now, with that version's timers; only another stage is
   a move. */
MUST bool migrate_record(Work *w, Record *r, const Workflow *on, const Stage *stage);
/* Does the stage let people change the field? (edit, hide, lock) */
bool stage_lets(const Stage *s, const Field *f);
/* Drops the timers of any stage of any version: the record goes on in another. */
MUST bool stage_forget(Work *w, const Record *r);
/* Timers of the stage a record stands in. */
MUST bool stage_timers(Work *w, Record *r);
/* Fires "after:FLOW.TRANSITION". */
MUST bool stage_fire_after(Work *w, const Timer *t);
#endif
