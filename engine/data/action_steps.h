/*
 * action_steps — the steps of a `do`: set, create, notify, assign, and actions that plugins declare.
 */
#ifndef DATA_ACTION_STEPS_H
#define DATA_ACTION_STEPS_H
#include "data/record.h"

/* Runs them as the app, each on the record as the one before left it. *changed: reload it. */
MUST bool steps_run(Work *w, const Step *step, int n, const Record *r, bool *changed);
/* Makes one record as a `create` says, its values over r. */
MUST bool step_create(Work *w, const Step *s, const Record *r, Record **out);
/* A value as a body holds it: what record_read reads back to the same. */
Node *value_node(Work *w, Val v);
#endif
