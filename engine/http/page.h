/*
 * page — the frame of every page: title, menu, who, messages, language, CSRF; and helpers that
 * turn definitions and records into the Nodes that templates show.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H
#include "http/request.h"
#include "http/template.h"
#include "data/query.h"

/* A map with frame data: title, lang, languages, app, menu, user, csrf, unread, nonce, path. */
Node *page_begin(Work *w, const Request *q, const char *title);
/* Renders pages/NAME.html inside pages/frame.html into the response. */
bool page_end(Work *w, const Request *q, Response *r, const char *name, Node *data);

/* {key, label, help, type, control, value, text, title, required, readonly, options…,
   issue} for one field of a record as the templates in web/fields/ want it. r may be a new
   record. input: what was posted, shown again beside its issue (may be NULL). */
Node *page_field(Work *w, const Record *r, const Field *f, const Node *input, bool edit);
/* A value as a list or record page shows it: {text, href, color, align}. Masked as it must. */
Node *page_value(Work *w, const Record *r, const Field *f);
/* The conditions of a form for web/js/form.js: visible, required, formulas as JSON trees. */
char *page_form_rules(Work *w, const Form *f);
const char *page_href(Arena *a, const Form *f, int64_t id);          /* "/f/FORM/ID" */
#endif
