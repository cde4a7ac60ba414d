/*
 * rule_try — rules tried by a write that is made by the real write path and then undone.
 *
 * w->app and w->box are those that are tried, w->who the person who acts. Limits hold as always; what
 * otherwise runs outside of a write (`committed`, schedules) has TRY_MORE_MS here.
 */
#ifndef DATA_RULE_TRY_H
#define DATA_RULE_TRY_H
#include "data/rule_in.h"

enum { TRY_MORE_MS = 500 };

typedef struct RuleTry {
    const char *event;        /* one of rule_try_events */
    const Form *form; int64_t id;              /* 0: a new record, for a transition too */
    const Node *values;       /* of the record, or what an action asks; may be NULL */
    const char *name;         /* of the transition, the button, the schedule "PLUGIN.NAME" */
    Person teller; const char *lang;           /* who reads the outcome */
} RuleTry;
extern const char *const rule_try_events[];    /* create update delete transition action schedule */

/* What became of it, and of everything it did:
   {ok, error: {code, message, trace, plugin, line}, issues: [{field, message}], record: {id, title},
   changes: [{form, record, title, what, rule, fields: [{field, label, old, new}]}],
   messages: [{to, text}], explained: [{rule, text}], log: [{plugin, text}],
   jobs: [{kind, to, about}], reminders: [{at, text}],
   after: [{error…}] of `committed`}; what there is none of is left out. */
MUST bool rule_try(Work *w, const RuleTry *ask, Node **out);

/* Where the tables stood before, and what came into them since; data/rule_tried.c. */
typedef struct TryMarks { int64_t history, message, explain, job, timer; } TryMarks;
MUST bool rule_try_marks(Work *w, TryMarks *out);
MUST bool rule_try_gather(Work *w, const TryMarks *since, Node *out);
/* Bodies of the jobs of `committed` since. */
MUST bool rule_try_committed(Work *w, const TryMarks *since, const char ***body, int *n);
#endif
