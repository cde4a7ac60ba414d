/*
 * task_show — how pages tell of tasks and requests.
 */
#ifndef HTTP_TASK_SHOW_H
#define HTTP_TASK_SHOW_H
#include "http/page.h"

/* A state of a task or request, in words; the tone of its chip. */
const char *task_word(Work *w, const char *state);
const char *task_tone(const char *state);
/* Puts `approval` into the page of a record: {words, waits, tasks, buttons, own, log}; nothing when there never
   was a request. Locks its buttons: may_update, may_delete. */
MUST bool task_panel(Work *w, Node *page, const Record *r);
#endif
