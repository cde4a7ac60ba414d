/*
 * several — the same done to several records, each by itself: what the API answers, and the page
 * that tells of each what became of it. A refusal concerns one record, a failure of the program all.
 */
#ifndef HTTP_SEVERAL_H
#define HTTP_SEVERAL_H
#include "http/page.h"

typedef struct Several {
    bool (*run)(Work *w, const Form *f, int64_t id, const void *arg); const void *arg;
    const char *key;          /* API: what says of each that it was done */
    const char *label;        /* page: what was to be done, in the reader's language */
} Several;

/* A `run` that presses a button; arg: a Pressing, its params of the program's types. */
typedef struct Pressing { const char *name; const Node *params; } Pressing;
MUST bool several_press(Work *w, const Form *f, int64_t id, const void *arg);

/* {results: [{id, KEY, code?, message?}]}; records: a list of ids, at most 200, or NULL. */
MUST bool several_answer(Work *w, Response *r, const Form *f, const Node *records,
    const Several *x);
/* The ids of a posted form by that name, each once. E_SIZE: more than 200. */
MUST bool several_ticked(Work *w, const Request *q, const char *name, int64_t **id, int *n);
/* Does it and shows the page; the form's `back` (or `_back`) leads back to the list. */
MUST bool several_page(Work *w, const Request *q, Response *r, const Form *f, const int64_t *id,
    int n, const Several *x);
/* Titles of those that may be read are known afterwards, by one query. */
MUST bool several_titles(Work *w, const Form *f, const int64_t *id, int n);
#endif
