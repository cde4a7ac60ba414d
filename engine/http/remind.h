/*
 * remind — moments that people choose, and their own reminders on pages.
 */
#ifndef HTTP_REMIND_H
#define HTTP_REMIND_H
#include "http/page.h"
#include "data/own_reminder.h"

/* A moment in the person's zone, or one of the words of data/snooze.h; an issue on the field
   otherwise. */
MUST bool remind_moment(Work *w, const char *field, const char *text, int64_t *at);
/* The same from a page: the button `to` of pages/moment.html, or with "at" its field `at`. */
MUST bool remind_chosen(Work *w, const Request *q, int64_t *at);
/* Puts one's own `reminders` into the page, the next first: [{id, text, when, title, href}]; with a
   record its own only, without its title. */
MUST bool remind_panel(Work *w, Node *page, const Record *r);
#endif
