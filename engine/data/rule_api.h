/*
 * rule_api — what Lua may call, and how records and values look there.
 *
 * Rules run as the app, with the plugin's name in w->rule; the caller's rights come back when
 * they end. In a write they share the write's budget, outside of one (schedules, committed)
 * each call has the budget of a job and every write in it is one of its own.
 */
#ifndef DATA_RULE_API_H
#define DATA_RULE_API_H
#include "data/record.h"

struct lua_State;
void rule_api_open(struct lua_State *L);      /* registers the calls; for hooks_open */

/* Runs FORM.EVENT handlers for a record. Before-handlers change `r` in place; what they set
   does not count as given by the person. */
MUST bool rule_event(Work *w, const char *event, Record *r, const Record *old);
bool rule_has(Work *w, const char *event, const Form *f);
/* FORM.EVENT.NAME: entered, left, before_transition. */
MUST bool rule_event_named(Work *w, const Form *f, const char *event, const char *name,
    Record *r, const Record *old);
/* Parameters from outside (a button's form) or from YAML: checked against their declaration,
   issues on their names. */
MUST bool rule_action(Work *w, const char *action, Record *r, const Node *params);
/* Is the action's button offered on this record? False with w->cx.err: it could not be told. */
struct Action;
bool rule_offered(Work *w, const struct Action *act, const Record *r);
MUST bool rule_schedule(Work *w, const char *plugin, const char *name);
/* The job after a commit; body {"old": {…}} is what the record was, as a plain table. */
MUST bool rule_committed(Work *w, const Form *f, int64_t id, const Node *body);
/* `login`, with the person; fail() refuses it, a mistake in a rule is logged and does not. */
MUST bool rule_login(Work *w);
/* `message`, with {to, text, kind, record}, in the write that sends it. */
struct Notice;
MUST bool rule_message(Work *w, const struct Notice *n);
/* The table of calls for docs, and [{name, args, help}] in the language for editors. */
void rule_calls_markdown(Str *out);
struct Node *rule_calls(Arena *a, const char *lang);

/* A mistake in a rule (E_RULE in w->cx) is kept as a failed run (run_log.h) of "plugins/NAME.lua",
   beside the write that it refuses; so many of a plugin an hour. f may be NULL. */
void rule_failed(Work *w, const Form *f, int64_t record, const char *event);
#endif
