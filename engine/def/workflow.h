/*
 * workflow — stages and transitions of one form.
 */
#ifndef DEF_WORKFLOW_H
#define DEF_WORKFLOW_H
#include "def/due.h"

typedef struct Stage {
    const char *key; Label label, guide; const char *status;   /* open won lost done */
    int probability; bool has_probability;
    Due due;
    bool lock; bool has_edit;  /* has_edit: only `edit` may be changed here */
    Field **edit; int nedit; Field **hide; int nhide; Field **locked; int nlocked;
    int index; const Node *at;
} Stage;

typedef struct Transition {
    const char *key; Label label, message;
    Stage **from; int nfrom; Stage *to;
    People by; Expr *if_;
    Field **require; int nrequire;
    Step *step; int nstep;
    Val after;                 /* duration: runs by itself; blank: no */
    int index; const Node *at;
} Transition;

/* Records that stand in a stage that went are moved there when this is published. */
typedef struct StageMap { const char *was; Stage *now; } StageMap;

typedef struct Workflow {
    const char *key, *was; Label label; Form *form; Expr *when; int order;
    Stage *stage; int nstage;
    Transition *transition; int ntransition;
    StageMap *migrate; int nmigrate;
    int64_t version;           /* of the stored definition; set when published */
    const char *file; const Node *at;
} Workflow;

Workflow *workflow_load(Cx *cx, App *app, const char *file, const Node *n);   /* after forms */
bool workflow_bind(Cx *cx, App *app, Workflow *w);
Stage *workflow_stage(const Workflow *w, const char *key);
Transition *workflow_transition(const Workflow *w, const char *key);
bool transition_leaves(const Transition *t, const Stage *s);
#endif
