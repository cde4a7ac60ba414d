/*
 * api — what the API's files share: answers with one record, lists of fields from a parameter.
 */
#ifndef HTTP_API_H
#define HTTP_API_H
#include "http/handlers.h"
#include "data/automation.h"
#include "data/query.h"
#include "data/save.h"

/* The record as the answer, with its ETag; fields of the request's `fields` only (all if not
   given). */
bool api_show(Work *w, const Request *q, Response *r, const Record *rec, int status);
/* What a write gave: 201 with Location or 200; with warnings and explanations. Who may not read
   the result gets its id and why. */
bool api_saved(Work *w, const Request *q, Response *r, const Saved *saved);
/* What an automation would have done: {state, holds, message, steps}. */
void api_tried(Work *w, const Tried *tried, Response *r);
/* After a failed write: a stale version is answered with the record as it is. Gives false. */
bool api_stale(Work *w, const Form *f, int64_t id, Response *r);
/* "a,b" → fields this person may name. *n = 0 and true when the parameter is absent. Unknown
   ones are E_SYNTAX. */
MUST bool api_fields(Work *w, const Request *q, const char *arg, const Form *f, Field ***out,
    int *n);
/* A list parameter or member: ids. */
bool api_ids(Work *w, const Node *list, const char *name, int64_t **out, int *n);
/* "params": [{name, label, type, required}], what a button or an action asks for. */
void api_params(Work *w, const Param *param, int n, Json *out);
/* A value that e gave (NULL: of no expression); a record as {id, title}, the title where it may be read. */
void api_value(Work *w, const Expr *e, Val v, Json *out);
#endif
