/*
 * rule_api — what Lua may call, and how records and values look there.
 */
#ifndef DATA_RULE_API_H
#define DATA_RULE_API_H
#include "data/record.h"

struct lua_State;
void rule_api_open(struct lua_State *L);      /* registers the calls; for hooks_open */

/* Runs FORM.EVENT handlers for a record. Before-handlers change `r` in place. */
MUST bool rule_event(Work *w, const char *event, Record *r, const Record *old);
bool rule_has(Work *w, const char *event, const Form *f);
MUST bool rule_event_named(Work *w, const Form *f, const char *event, const char *name, Record *r, const Record *old);
MUST bool rule_action(Work *w, const char *action, Record *r, const Node *params);
MUST bool rule_schedule(Work *w, const char *plugin, const char *name);
MUST bool rule_committed(Work *w, const Form *f, int64_t id, const Node *body);
#endif
