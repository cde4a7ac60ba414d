/*
 * asked — who is asked for consent may read what it is about, while and after being asked; so may
 * who is told, and who stands in for them. A part of the right to read (data/perm.h), for forms with
 * `approve`.
 */
#ifndef DATA_ASKED_H
#define DATA_ASKED_H
#include "data/record.h"

/* The condition on a row of `alias`; "EXISTS (…)". */
MUST bool asked_where(Work *w, const Form *f, const char *alias, Sql *out);
/* The same for one record. False also when the database fails: w->cx.err. */
bool asked_on(Work *w, const Record *r);
#endif
