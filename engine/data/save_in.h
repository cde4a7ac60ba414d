/*
 * save_in — one running save, and its steps as save.c lists them.
 *
 * Every step returns false when the write is refused or failed, with the cause in w->cx.
 */
#ifndef DATA_SAVE_IN_H
#define DATA_SAVE_IN_H
#include "data/frame.h"
#include "data/save.h"

typedef struct Save {
    const SaveAsk *ask;
    const Form *form;
    Record *old;              /* as stored before; NULL: create */
    Record *r;                /* as it will be */
    const Transition *move;   /* NULL: no move */
    const char *to;           /* the stage that the input asks for, or NULL */
    int64_t waits;            /* the move became a request for approval; 0: no */
    Handing handing;          /* kept once it is stored; kind NULL: none */
    bool changed;             /* something other than computed fields is to be stored */
    Issue *warning; int nwarning;
    Frame frame;
} Save;

/* E_DENIED for what is no record of the app: files never change. */
MUST bool save_possible(Work *w, const Form *f);
/* Input. */
MUST bool save_load(Work *w, Save *s);        /* the record, may it be touched at all */
MUST bool save_stage_asked(Work *w, Save *s); /* `stage:` in the body */
MUST bool save_read(Work *w, Save *s);
MUST bool save_before(Work *w, Save *s);      /* before-rules */
MUST bool save_enter(Work *w, Save *s);       /* first stage, or the move */
MUST bool save_assign(Work *w, Save *s);      /* whose it is, by rules */
MUST bool save_pool(Work *w, Save *s);        /* which pool a record without an owner is in */
/* Judgement. */
MUST bool save_rights(Work *w, Save *s);      /* of fields */
MUST bool save_judge(Work *w, Save *s);       /* checks, required, duplicates */
MUST bool save_allowed(Work *w, Save *s);     /* of the record */
MUST bool save_consent(Work *w, Save *s);     /* does the move wait for approval? */
/* Effects. */
MUST bool save_store(Work *w, Save *s);       /* row, rows, lists; elsewhere; traces */
MUST bool save_follow_up(Work *w, Save *s);   /* left, entered, do, after-rules, jobs */
/* The row alone (old: NULL for a new one). A unique index that refuses becomes an issue on its
   fields, of the kind `err`. */
MUST bool save_row(Work *w, Record *r, const Record *old, Err err);
/* The committed-rules of a form as a job. */
MUST bool save_committed(Work *w, const Record *old, const Record *now);
/* Records that get a number, or somebody by turns, wait for each other anyway: the turn of the write
   (work_write_turn), NULL for others. */
const char *save_turn(Work *w, const SaveAsk *ask);
#endif
