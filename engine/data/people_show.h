/*
 * people_show — who could, in words: the answer to "who may do this, then?".
 */
#ifndef DATA_PEOPLE_SHOW_H
#define DATA_PEOPLE_SHOW_H
#include "data/perm.h"

/* A clause such as `by` by its labels: roles, fields with who stands in them, departments, the
   people an expression gives now. */
const char *people_show(Work *w, const People *p, const Record *r);
/* The roles that some grant of the form lets do it, and admins. */
const char *people_roles(Work *w, const Form *f, Act act);
#endif
