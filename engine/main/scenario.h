/*
 * scenario — tests of an app: files of steps, each run against a fresh database with a clock
 * that moves only when a step says so. definitions.md §9 is the language.
 */
#ifndef MAIN_SCENARIO_H
#define MAIN_SCENARIO_H
#include "main/cmd.h"
#include "def/json_schema.h"
#include "data/query.h"
#include "db/scratch.h"

typedef struct Scenario {
    Cmd *c;
    Engine *e;
    const char *file;
    Arena *a;                      /* of this file */
    Node *names;                   /* name → {form, id} */
    int64_t now;
    bool mistaken;                 /* the step itself is wrong: that is no refusal */
    int passed, failed;
    Json *json;                    /* results, with --json */
} Scenario;

/* How a step ended. */
typedef struct Outcome {
    bool ok;
    const char *expected, *actual; /* when it did not */
} Outcome;

/* Runs one file against `db`, emptied; adds to passed and failed. False: it could not be run at
   all (c->cx). */
MUST bool scenario_run(Cmd *c, const Scratch *db, const char *file, Json *json, int *passed,
    int *failed);

/* ---- scenario_keys.c: what may stand in the file; a step is of the first kind it names ---- */
extern const Attr scenario_attrs[], given_attrs[];
extern const AttrVariant scenario_steps[];
extern const int scenario_nsteps;

/* ---- cmd_schema.c ---- */
/* All kinds of files: those that def loads, and scenarios. */
int cmd_kinds(Arena *a, const FileKind **out);

/* ---- scenario_steps.c: what each kind of step does ---- */
enum { STEP_ACTS = 1, STEP_LOOKS = 2, STEP_BEYOND = 4 };   /* BEYOND: rights are not asked */
typedef Outcome (*StepFn)(Scenario *s, Work *w, const Node *step);
typedef struct ScenarioStep {
    const char *key; int flags; StepFn run;        /* keys: scenario_steps */
} ScenarioStep;
/* What is wrong with the keys of a step; NULL: nothing. */
const char *step_mistake(Scenario *s, const ScenarioStep *kind, const Node *step);
/* The kind of a step; NULL after an unknown one. */
const ScenarioStep *step_kind(const Node *step);

/* What failed, as the outcome of a step that should work. */
Outcome step_failed(Work *w);

/* ---- scenario_dashboard.c: the figures of a card ---- */
Outcome step_dashboard(Scenario *s, Work *w, const Node *step);

/* ---- scenario_task.c ---- */
/* Decides, as the acting person, on what the named record waits for: approve reject return transfer add
   withdraw nudge, with the keys of the step. */
MUST bool scenario_task(Scenario *s, Work *w, const Node *step, const char *what, const char *name);
MUST bool scenario_delegate(Work *w, const Node *step);

/* ---- scenario_judge.c: who acts, and whether it went as it should ---- */
Outcome step_run(Scenario *s, const Node *step);
/* Departments, users and records that are there from the start. */
MUST bool steps_given(Scenario *s, Cx *cx, const Node *given);

/* ---- scenario_values.c ---- */
/* The record that a name stands for. */
MUST bool scenario_find(Scenario *s, Work *w, const char *name, const Form **f, int64_t *id);
/* Values as written → a body: names become ids. */
Node *scenario_body(Scenario *s, Work *w, const Form *f, const Node *values);
/* Do the values named stand in the record as JSON? NULL: yes; else what stands there. */
const char *scenario_differs(Scenario *s, Work *w, const Form *f, const Node *values,
    const Node *record);
/* Lets record('a') stand in a filter. */
void scenario_params(Scenario *s, Work *w, ListAsk *ask, Asker *asker);
#endif
