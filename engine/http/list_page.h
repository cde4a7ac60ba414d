/*
 * list_page — what lists and boards share: which view, its tabs, the filter and its mistakes.
 */
#ifndef HTTP_LIST_PAGE_H
#define HTTP_LIST_PAGE_H
#include "http/page.h"

typedef struct ListLook {
    const Form *form;
    const View *view; const char *view_key;
    const char *filter, *q, *sort, *workflow;      /* as asked for; NULL: not */
} ListLook;

/* From the address. E_MISSING when the form may not be read at all. */
MUST bool list_look(Work *w, const Request *q, ListLook *x);
/* Tabs, filter box, links of the page. */
void list_frame(Work *w, Node *page, const ListLook *x);
/* The failure of a query as a note under the filter; false: it is none of the person's. */
bool list_refused(Work *w, Node *page);
const char *list_url(Arena *a, const ListLook *x, const char *filter, const char *q,
    const char *sort, const char *after);
/* The view's sorts, less those by fields this person may not sort by. v may be NULL. */
const Sort *list_sorts(Work *w, const View *v, int *n);
/* {href, title, cells}; the first cell is the link. */
Node *list_row(Work *w, const Record *r, Field *const *field, int n);
/* board_page.c */
bool board_show(Work *w, const Request *q, Response *r, const ListLook *x);
#endif
