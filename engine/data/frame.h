/*
 * frame — what one running save has gathered (w->write), innermost first.
 *
 * Saves nest (a rule's write inside a write): each has a frame of its own. It remembers the
 * records that expressions followed to, until anything is stored, and what rules explained
 * before the new record had an id.
 */
#ifndef DATA_FRAME_H
#define DATA_FRAME_H
#include "data/record.h"

#define FRAME_DEPTH 8                         /* a deeper chain of writes is refused */

/* explain(): id 0 until the record has one and the text is a row. */
typedef struct Said { const Form *form; int64_t id; const char *rule, *text; } Said;

typedef struct Frame {
    struct Frame *up;
    const Form *form;
    Said *said; int nsaid, said_cap;
    Record **seen; int nseen, seen_cap;
} Frame;

/* Begins and ends a save; begin fails with E_RULE when the chain is too deep. */
MUST bool frame_begin(Work *w, Frame *f, const Form *form);
void frame_end(Work *w, Frame *f);
Record *frame_seen(Work *w, const Form *f, int64_t id);      /* NULL: not yet */
void frame_see(Work *w, Record *r);
void frame_stale(Work *w);                    /* something was stored: forget what was seen */
void frame_say(Work *w, const Form *f, int64_t id, const char *text);
const char *frame_said(Work *w, const Frame *f);             /* lines, or NULL */
#endif
