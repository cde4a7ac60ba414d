/*
 * query — reading records: one, list, count, group. The permission is always joined in.
 */
#ifndef DATA_QUERY_H
#define DATA_QUERY_H
#include "data/perm.h"

/* E_MISSING when it is not there or may not be read. Full: lists and rows too. */
MUST bool query_one(Work *w, const Form *f, int64_t id, Record **out);

typedef enum CountHow { COUNT_NONE, COUNT_EXACT, COUNT_ESTIMATE } CountHow;
typedef struct ListAsk {
    const Form *form;
    const char *filter;       /* expression as typed; checked for rights; NULL: none */
    const Expr *also;         /* a bound filter (view); NULL: none */
    Eval *self;               /* what `this.` in it means; NULL: the record asked about */
    const char *sort;         /* "-amount,id"; NULL: `sorts`, or id down */
    const Sort *sorts; int nsort;
    const char *q;            /* text to look for in searchable fields */
    const char *after;        /* cursor */
    int limit;                /* 0: 50; `limits.page` is kept where requests are read */
    CountHow count;
    int most;                 /* COUNT_ESTIMATE: counts so far and one more; 0: 10,000 */
    bool binned;              /* the recycle bin instead */
    const char *related;      /* key of a link field: only records linking to `related_id` */
    int64_t related_id;
    const struct Passed *passed;               /* only those that took this way (passed.h) */
    Field *const *field; int nfield;           /* which lists and rows to load; NULL: no lists */
    Asker *asker;             /* params of the filter (rules); NULL: the Work's */
    bool (*param)(void *ctx, const char *name, Type *type); void *ctx;
} ListAsk;
typedef struct List {
    Record **record; int n;
    const char *next;         /* cursor or NULL */
    int64_t count;            /* -1: not asked */
} List;
MUST bool query_list(Work *w, const ListAsk *ask, List *out);

/* Groups: by = "stage,month(closed_on)", of = "count(),sum(amount)". Values in order. */
typedef struct GroupAsk {
    const Form *form;
    const char *by, *of, *filter;
    const Expr *also;
    int limit;
    const struct Passed *passed;               /* only those that took this way (passed.h) */
} GroupAsk;
typedef struct GroupRow { Val *key, *value; } GroupRow;
typedef struct Groups { Expr **by, **of; int nby, nof; GroupRow *row; int n; } Groups;
MUST bool query_group(Work *w, const GroupAsk *ask, Groups *out);

/* Fetches the titles of all links of these records in one query a form. */
MUST bool query_titles(Work *w, Record *const *r, int n, Field *const *field, int nfield);
/* Those of these records, and which of them may be read, for record_title_of; `id` is sorted and each
   stands once. */
MUST bool query_titles_of(Work *w, const Form *f, int64_t *id, int n);

/* Loads list fields and subform rows of many records, one query a field. */
MUST bool query_fill(Work *w, Record *const *r, int n, Field *const *field, int nfield);

/* Streams all records that match, in id order, in pages; for export, rules, timers. */
typedef bool (*RecordFn)(Work *w, Record *r, void *arg);
MUST bool query_each(Work *w, const ListAsk *ask, RecordFn fn, void *arg);
/* The same a page at a time, for what is looked up for all of them at once. */
typedef bool (*RecordsFn)(Work *w, Record *const *r, int n, void *arg);
MUST bool query_pages(Work *w, const ListAsk *ask, RecordsFn fn, void *arg);

/* Writes a record as JSON: its id, and the fields this person may read; masks applied. `field`
   NULL: all. Titles of links are included. */
void record_json(Work *w, const Record *r, Field *const *field, int nfield, Json *out);
#endif
