/*
 * workflow — stages and transitions of one form.
 */
#ifndef DEF_WORKFLOW_H
#define DEF_WORKFLOW_H
#include "def/approve.h"
#include "def/due.h"
#include "def/wait.h"

typedef struct Stage {
    const char *key; Label label, guide; const char *status;   /* open won lost done */
    int probability; bool has_probability;
    Due due;
    bool lock; bool has_edit;  /* has_edit: only `edit` may be changed here */
    Field **edit; int nedit; Field **hide; int nhide; Field **locked; int nlocked;
    int index; const Node *at;
} Stage;

typedef struct Workflow Workflow;

typedef struct Transition {
    const char *key; Label label, message;
    Stage **from; int nfrom; Stage *to;
    const Workflow *into;      /* `to: flow.stage`: whose stage it is; NULL: of this workflow */
    People by; Expr *if_;
    Field **require; int nrequire;
    Step *step; int nstep;
    Wait *wait;                /* what it makes and waits for, or NULL */
    Val after;                 /* duration: runs by itself; blank: no */
    Approve *approve; int napprove;            /* who must consent first */
    int index; const Node *at;
} Transition;

/* Records that stand in a stage that went are moved there when this is published. */
typedef struct StageMap { const char *was; Stage *now; } StageMap;

/* A published version of it on which records still stand is a Workflow of its own, one of `older`
   of today's: see pinned.h. */
struct Workflow {
    const char *key, *was; Label label; Form *form; Expr *when; int order;
    Stage *stage; int nstage;
    Transition *transition; int ntransition;
    StageMap *migrate; int nmigrate;
    bool follows;              /* open records of older versions go on in this one */
    int64_t version;           /* the definition's that gave it its meaning; set when published */
    bool fresh;                /* no published version means the same */
    bool changed;              /* it is not the version that was published last */
    const Workflow **older; int nolder;        /* newest first; none have any themselves */
    const char *file; const Node *at;
};

Workflow *workflow_load(Cx *cx, App *app, const char *file, const Node *n);   /* after forms */
/* An older version of `now`: no record enters it. */
Workflow *workflow_load_older(Cx *cx, App *app, const Workflow *now, const char *file,
    const Node *n);
bool workflow_bind(Cx *cx, App *app, Workflow *w);
Stage *workflow_stage(const Workflow *w, const char *key);
Transition *workflow_transition(const Workflow *w, const char *key);
/* The stage of that name, of today's version or else of the newest that has it; for labels. */
Stage *workflow_any_stage(const Workflow *w, const char *key);
/* The workflow a record is in after the move. */
const Workflow *transition_flow(const Transition *t, const Workflow *now);
/* Where it leads, in words: "Stage", or "Workflow: Stage" of another one. */
const char *transition_target(Arena *a, const Transition *t, const char *lang);
bool transition_leaves(const Transition *t, const Stage *s);
#endif
