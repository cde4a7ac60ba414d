/*
 * kept — what some role may not see: for texts and messages that are one for all who read them.
 */
#ifndef DEF_KEPT_H
#define DEF_KEPT_H
#include "def/form.h"

/* A role that finds the field, or what it is computed from, hidden or masked, if only for some
   records; NULL: everybody who may read the record sees it. */
const Role *field_kept(const Field *x);
#endif
