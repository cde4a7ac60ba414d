/*
 * action — steps of transitions, buttons and automations.
 *
 * `set`, `create`, `notify` and `assign` are the engine's; any other name is an action that a plugin
 * declares, checked by rule/actions once the plugins are loaded.
 */
#ifndef DEF_ACTION_H
#define DEF_ACTION_H
#include "def/people.h"

typedef enum StepKind { STEP_SET, STEP_CREATE, STEP_NOTIFY, STEP_ASSIGN, STEP_PLUGIN } StepKind;
typedef struct SetTo { Field *field; Value value; } SetTo;
typedef struct Step {
    StepKind kind; const char *name; const Node *at;
    Form *form;                /* set: the record's form; create: the new record's */
    SetTo *set; int nset;
    People to; Expr *text;     /* notify: texts[0] */
    Label label_text;          /* the texts as written */
    Expr **texts; int ntext;   /* by label_text.lang */
    const char **via; int nvia;
    struct Assign *assign;     /* assign: by whose rules */
    const Node *params;        /* plugin action: its parameters as written */
} Step;

/* `form` and `values` of what a step makes, the values over a record of `here`. */
bool create_load(Cx *cx, App *app, Form *here, const Node *n, Step *s);
bool steps_load(Cx *cx, App *app, Form *form, const Node *list, Step **out, int *n);
#endif
