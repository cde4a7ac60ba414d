/*
 * given — values of params (def/param.h): picked out of what came, checked, read.
 */
#ifndef DATA_GIVEN_H
#define DATA_GIVEN_H
#include "data/action_steps.h"
#include "def/param.h"

/* One value; an issue on its name when it does not fit. A user may be named by login. */
void given_read(Work *w, const Param *p, const Node *n, Val *out);
/* All of a map by name, as given.NAME for steps. E_INPUT; names that nobody asks for too. n may be
   NULL: nothing was given, and nothing is required. */
MUST bool given_values(Work *w, const Param *p, int count, const Node *n, StepValue **out);
/* Such a map from the body of a web call: each from its place there, the rest is left. */
Node *given_pick(Arena *a, const Param *p, int count, const Node *body);
#endif
