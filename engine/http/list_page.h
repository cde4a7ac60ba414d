/*
 * list_page — what lists, boards, calendars and galleries share: which view, its tabs, the
 * filter, its chips and mistakes. All of it stands in the address, so it can be kept and sent.
 */
#ifndef HTTP_LIST_PAGE_H
#define HTTP_LIST_PAGE_H
#include "http/page.h"
#include "data/passed.h"
#include "data/saved_view.h"

typedef struct ListLook {
    const Form *form;
    const View *view; const char *view_key;
    SavedViews kept; const SavedView *saved;       /* those there are; the one that is open */
    const char *filter, *q, *sort, *columns, *workflow;      /* NULL: not asked for */
    bool whole;                /* nothing is left out by a view: what a card counts */
    const char *passed; Passed way;                /* records a report counts (data/passed.h) */
    const char *month, *week;                      /* of a calendar: 2026-11, 2026-11-23 */
} ListLook;

/* From the address. E_MISSING when the form may not be read at all. */
MUST bool list_look(Work *w, const Request *q, ListLook *x);
/* The address of what x says; after: a cursor or NULL. `below`: of a page of the list such as
   "filter", or NULL. */
const char *list_url(Arena *a, const ListLook *x, const char *after);
const char *list_url_below(Arena *a, const ListLook *x, const char *below);
/* The same as [{name, value}] for a form, less those of `without` (ends with NULL). */
Node *list_state(Arena *a, const ListLook *x, const char *const *without);
/* Tabs, chips, links of the page. */
void list_frame(Work *w, Node *page, const ListLook *x);
/* The failure of a query as a note under the filter; false: it is none of the person's. */
bool list_refused(Work *w, Node *page);
/* The order a query asks for: that of the address, less what this person cannot sort by; else
   the view's. */
void list_order(Work *w, const ListLook *x, ListAsk *ask);
/* The view's sorts, less those by fields this person may not sort by. v may be NULL. */
const Sort *list_sorts(Work *w, const View *v, int *n);
/* The columns, less those this person may not see; *lost: how many of those asked for are gone. */
int list_columns(Work *w, const ListLook *x, Field ***out, int *lost);
/* A table to look at the records of a filter in: one that filters nothing, if there is one. */
const View *list_table(const Form *f);
/* {href, title, cells}; the first cell is the link. */
Node *list_row(Work *w, const Record *r, Field *const *field, int n);
/* The text of a row of a filter as people read it: "Stage is New". NULL: written by hand. */
struct FilterRow;
const char *list_chip(Work *w, const struct FilterRow *row);
/* board_page.c, calendar_page.c, gallery_page.c */
bool board_show(Work *w, const Request *q, Response *r, const ListLook *x);
bool calendar_show(Work *w, const Request *q, Response *r, const ListLook *x);
bool gallery_show(Work *w, const Request *q, Response *r, const ListLook *x);
#endif
