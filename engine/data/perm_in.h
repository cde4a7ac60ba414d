/*
 * perm_in — what the files of permissions share.
 */
#ifndef DATA_PERM_IN_H
#define DATA_PERM_IN_H
#include "data/perm.h"
#include "base/i18n.h"

bool perm_free(const Work *w);                /* the app, or an admin */
bool perm_held(const Work *w, const Grant *g);
bool scope_open(const Scope *s);              /* every record */
/* Does a stage of any workflow hide it? */
bool perm_stage_hides(const Form *f, const Field *field);
bool scope_holds(Work *w, const Scope *s, const Record *r);
#endif
