/*
 * why — the engine explains itself: which role and rule allow or refuse, what rules said.
 */
#ifndef DATA_WHY_H
#define DATA_WHY_H
#include "data/record.h"

/* JSON: {action, allowed, because: [{role, rule, text}], explained: […], runs: […],
   transitions: […]}.
   action NULL: all. Works for records the person may not read too (CLI, admin). */
MUST bool why_json(Work *w, const Form *f, int64_t id, const char *action, Json *out);
/* NULL on failure. */
char *why_text(Work *w, const Form *f, int64_t id, const char *action);
/* As a key "transitions" of the open map: [{name, label, to, allowed, why, missing}]. name NULL: all. */
MUST bool why_moves_json(Work *w, const Record *r, const char *name, Json *out);
#endif
