/*
 * way — the path a record took: where it stood, how long, who sent it on, who consented.
 */
#ifndef HTTP_WAY_H
#define HTTP_WAY_H
#include "http/page.h"

/* Puts into page: way_words, one line for all of it, and way [{label, entered, left, took, worked, kept,
   late, sent, who, comment, requests: [{move, state, tone, who, when, comment, tasks: [{user, state,
   tone, when, comment}]}]}], oldest first. The newest request is left out: the page tells of it
   elsewhere (task_show.h). Nothing of a record that went nowhere yet. */
MUST bool way_show(Work *w, Node *page, const Record *r);
#endif
