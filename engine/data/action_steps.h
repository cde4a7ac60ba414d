/*
 * action_steps — the steps of a `do`: those of def/action, and actions that plugins declare.
 *
 * A step with files of its own: its StepFn here or in its header, one line in action_steps.c.
 */
#ifndef DATA_ACTION_STEPS_H
#define DATA_ACTION_STEPS_H
#include "data/record.h"
#include "def/action.h"

enum { STEP_LOOP_MOST = 10000, STEP_LOG_MOST = 200 };

typedef struct StepValue { const char *name; Val value; struct StepValue *up; } StepValue;
/* One run of steps. */
typedef struct StepRun {
    Work *w;
    const Record *old;        /* what `old.` means; NULL: nothing */
    StepValue *named;         /* what steps named so far, innermost first */
    Node *log;                /* a list of what each step was given and did; NULL: not asked */
    Node *entry;              /* the running step's, for step_note */
    const Step *at;           /* the step that runs, or that failed */
    bool binned;              /* the record is in the bin */
    bool as_person;           /* with the rights of who writes, not the app's */
    bool stopped; const char *message;         /* by `stop` */
} StepRun;

/* One step on a record as the step before left it (NULL: there is none); a failure is in cx. */
typedef bool (*StepFn)(StepRun *run, const Step *s, Record *r);

/* Runs them as the app, each on the record as the one before left it. *changed: reload it. */
MUST bool steps_run(Work *w, const Step *step, int n, const Record *r, bool *changed);
/* The same in a run that is kept; `f` NULL: without a record. */
MUST bool steps_go(StepRun *run, const Step *step, int n, const Form *f, int64_t id);
/* What an expression over no record gives, with what is named. */
MUST bool steps_ask(StepRun *run, const Expr *e, Val *out);
/* For steps: an expression's value on the record; a note for the log; a name for what came of it. */
MUST bool step_eval(StepRun *run, const Expr *e, const Record *r, Val *out);
void step_note(StepRun *run, const char *key, Node *value);
void step_keep(StepRun *run, const char *name, Val v);
/* The values of a set or create, computed on the record the step runs for. */
MUST bool step_body(StepRun *run, const Step *s, const Record *r, Node **out);
/* Makes one record as a `create` says, its values over r. */
MUST bool step_make(StepRun *run, const Step *s, const Record *r, Record **out);
/* A value as a body holds it: what record_read reads back to the same. */
Node *value_node(Work *w, Val v);

bool step_set(StepRun *run, const Step *s, Record *r);
bool step_create(StepRun *run, const Step *s, Record *r);
bool step_update(StepRun *run, const Step *s, Record *r);
bool step_upsert(StepRun *run, const Step *s, Record *r);
bool step_delete(StepRun *run, const Step *s, Record *r);
bool step_transition(StepRun *run, const Step *s, Record *r);
bool step_find(StepRun *run, const Step *s, Record *r);
bool step_query(StepRun *run, const Step *s, Record *r);
bool step_for_each(StepRun *run, const Step *s, Record *r);
#endif
