/*
 * design — what the designer's files share: the app as one's draft would make it, and looking at it
 * as somebody else.
 */
#ifndef HTTP_DESIGN_H
#define HTTP_DESIGN_H
#include "http/definition.h"
#include "data/record.h"

/* Runs fn while w->app is what one's draft would make of the served app; nothing of it is kept.
   False after issues of the draft too. The person is whom it was before, whatever fn did. */
bool design_draft(Work *w, Response *r, bool (*fn)(Work *w, void *arg), void *arg);
/* The same on the records there are, which fn can only look at: what the draft has and the database
   does not is blank. E_CONFLICT where that does not do. */
bool design_look(Work *w, Response *r, bool (*fn)(Work *w, void *arg), void *arg);

/* The same values under the names of another version of the form: what that one does not have, or has
   as another kind of field, is blank. */
Record *design_carried(Work *w, const Form *f, const Record *was);
/* A field of the form that the database does not have yet, where `was` is what is served; NULL: all of
   it is there. */
const Field *design_unmade(const Form *f, const Form *was);

/* The person of that login, for reading only. E_MISSING: nobody who may sign in. */
MUST bool design_become(Work *w, const char *login);
/* Between them the Work may be anybody: what it knew of the person comes back. For reading only. */
typedef struct DesignAs { Person who; const char *lang; bool as_app; void *readable; } DesignAs;
DesignAs design_as_begin(Work *w);
void design_as_end(Work *w, const DesignAs *before);
#endif
