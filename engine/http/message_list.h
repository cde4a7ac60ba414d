/*
 * message_list — messages as lines of a page: [{text, when, unread, href, late}].
 */
#ifndef HTTP_MESSAGE_LIST_H
#define HTTP_MESSAGE_LIST_H
#include "http/page.h"
#include "data/notice.h"

Node *message_list(Work *w, const Message *m, int n);
#endif
