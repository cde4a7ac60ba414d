/*
 * ways — how a person is told, as the profile shows it.
 */
#ifndef HTTP_WAYS_H
#define HTTP_WAYS_H
#include "http/page.h"

/* Puts `ways` into the page: {channels, kinds, emails, days, time, quiet}; nothing in an app
   without channels. */
MUST bool ways_panel(Work *w, Node *page);
#endif
