/*
 * delegation — who stands in for oneself, as the profile shows it.
 */
#ifndef HTTP_DELEGATION_H
#define HTTP_DELEGATION_H
#include "http/page.h"

/* Puts `delegation` into the page: {list, forms, fields}; nothing in an app without approvals. */
MUST bool delegation_panel(Work *w, Node *page);
#endif
