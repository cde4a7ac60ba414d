/*
 * record — one row in memory: its values, read from outside and checked by type.
 *
 * val[i] belongs to form->field[i] (system fields first). Subform values are VAL_LIST of
 * VAL_REC with p = Record* of the child form; list fields are VAL_LIST of texts or records.
 * A record holds all fields; what a person may see is decided when it is written out.
 *
 * A phone's value is its normal form (VAL_TEXT); its `p` is the text as typed (const char *)
 * when that differs, else NULL. A boolean is never blank once loaded or defaulted.
 */
#ifndef DATA_RECORD_H
#define DATA_RECORD_H
#include "data/work.h"

typedef struct Record Record;
struct Record {
    const Form *form;
    Val *val;                 /* form->nfield values */
    bool *given;              /* named by the input; NULL when loaded */
    const Workflow *workflow; const Stage *stage;        /* NULL without */
    bool full;                /* list fields and subform rows are loaded */
    int64_t found_by;         /* as a query found it that asked for this user's right to read */
    struct Record *parent;    /* a subform's row: the record it belongs to, else NULL */
};

Record *record_new(Work *w, const Form *f);
Record *record_copy(Work *w, const Record *r);           /* values; rows copied too */
int64_t record_id(const Record *r);
int64_t record_version(const Record *r);
Val record_get(const Record *r, const Field *f);
void record_set(Record *r, const Field *f, Val v);
Val record_value(const Record *r, const char *key);      /* blank if there is no such field */

/* A computed or scripted value as the field holds it: rounded, dated, in lists where the field
   is one; blank when it does not fit. */
Val record_fit(Work *w, const Field *f, Val v);
/* Is the value of the field another one? Rows are compared value by value. */
bool record_differs(const Record *a, const Record *b, const Field *f);

/* Loads one row by id, with lists and subform rows. *out NULL when there is none. No right is
   asked; binned rows only if `binned`. */
MUST bool record_load(Work *w, const Form *f, int64_t id, bool binned, Record **out);

/* Reads a body (flat object) onto r: unknown, system, computed fields and wrong values are
   issues; logins, {"by": …}, titles of scenario names are resolved. Sets given[]. Values
   equal to the present ones count as given too. */
MUST bool record_read(Work *w, Record *r, const Node *body);
/* Copies of records chosen now, then blank fields not given. old: as stored, NULL when new. */
MUST bool record_defaults(Work *w, Record *r, const Record *old);
/* The row of that id in a stored record, or NULL. */
const Record *record_row(const Record *r, const Field *rows, int64_t id);
MUST bool record_compute(Work *w, Record *r);            /* all computed fields; rows first */
/* Without rollups: those of a stored record are kept in step by save_ripple. */
MUST bool record_compute_own(Work *w, Record *r);
/* Field, form checks, required, uniqueness within rows, min/max rows. Issues on fields. */
bool record_check(Work *w, Record *r, const Record *old);

/* For expressions: an Eval whose host is w. */
Eval record_eval(Work *w, const Record *r, const Record *old);
/* Title as lists and messages call it. */
const char *record_title(Work *w, const Record *r);
/* Title of any record by id, cached for the request; fetched for many at once by
   query_titles. "" when gone. No right is asked. */
const char *record_title_of(Work *w, const Form *f, int64_t id);

/* Insert or update of row, child rows and side tables. Only inside a write. */
MUST bool record_insert(Work *w, Record *r);
MUST bool record_update(Work *w, Record *r, const Record *old);   /* E_STALE if version moved */
#endif
