/*
 * undo — what the frame's flash offers to take back: {href, label, back}. Nothing where there is
 * no way back for this person.
 */
#ifndef HTTP_UNDO_H
#define HTTP_UNDO_H
#include "http/page.h"

/* ?deleted=ID: out of the bin again. */
void undo_delete(Work *w, const Request *q, Node *page, const Form *f);
/* ?moved=STAGE: a move from here to there that asks for nothing. back: where to go then; NULL:
   to the record. */
void undo_move(Work *w, const Request *q, Node *page, const Record *r, const char *back);
#endif
