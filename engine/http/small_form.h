/*
 * small_form — the few inputs that a move or a button asks for before it goes on: a page, and the
 * same as a dialog (web/js/dialog.js).
 */
#ifndef HTTP_SMALL_FORM_H
#define HTTP_SMALL_FORM_H
#include "http/page.h"

typedef struct SmallForm {
    const Form *form;
    Record *r;                     /* NULL: several records, */
    const int64_t *id; int nid;    /* these */
    const char *title, *guide, *submit;
    const char *action, *back;     /* where it goes; back NULL: to the record */
    Node *fields;
    bool comment;
    const Cx *failed;              /* of what was refused, or NULL */
    Node *issues;                  /* the same for people; NULL: of the form's fields */
} SmallForm;

bool small_form_show(Work *w, const Request *q, Response *r, const SmallForm *x);
/* Where one came from, as the form or the address brings it along. */
const char *small_form_back(const Request *q);
/* The failure so far, kept aside; false: not one that a form can show. */
bool small_form_keep(Work *w, Cx *failed);
#endif
