/*
 * schema — definitions against database: the plan. Pure: it reads, and decides; migrate acts.
 */
#ifndef DATA_SCHEMA_H
#define DATA_SCHEMA_H
#include "data/convert.h"
#include "data/known.h"

/* In the order in which they run. */
typedef enum StepWhat {
    PLAN_REFUSED, PLAN_NOTE, PLAN_LOSS, PLAN_DROP_VIEW, PLAN_DROP_INDEX, PLAN_RENAME, PLAN_TABLE,
    PLAN_COLUMN, PLAN_CONVERT, PLAN_FILL, PLAN_COMPUTE, PLAN_DROP, PLAN_INDEX, PLAN_VIEW,
    PLAN_GUARD
} StepWhat;
typedef struct PlanStep {
    StepWhat what;
    const char *form, *field;
    const char *text;         /* for people: "add field x (text)" */
    const char *sql;          /* what will run; NULL for notes, refusals and conversions */
    int64_t rows;             /* touched; -1 unknown */
    Convert *convert;         /* PLAN_CONVERT; what it loses stands there */
    int64_t *record; int nrecord;              /* some of those a refusal is about */
    const char *fill;         /* a PlanFill of this name gives the records a value; NULL: none does */
} PlanStep;
/* What the database remembers of the definition it was made for (_schema): views, and the
   stages of workflows. */
typedef struct PlanNote { const char *name, *text; } PlanNote;
/* A form or field as it will be known, and as it was. */
typedef struct PlanKnown { Known *now; const Known *was; } PlanKnown;
/* `form`: as it is called now; NULL: it is a form that is renamed. */
typedef struct PlanPair { const char *form, *was, *now; } PlanPair;
/* Records that stand in stage `was` of a version of a workflow get on: `now` of `on` (today's, or an
   older version that takes them up); now NULL: there must be none. Without `was` all records of a
   form that had no workflow enter one. */
typedef struct PlanStage {
    const Form *form; const char *flow, *was; int64_t version;
    const Workflow *on; const Stage *now;
} PlanStage;
typedef struct Plan {
    PlanStep *step; int n, cap;
    bool refused;
    bool loses;               /* asks before it runs: something does not come back */
    const App *app;
    const char *hash;         /* app's */
    int64_t version;          /* the database's; 0: nothing was published yet */
    const char *at, *author;  /* when, by whom */
    bool same;                /* that version is this app */
    int64_t former;           /* this app is that earlier version, text for text; 0: it is not */
    PlanNote *note; int nnote, note_cap;
    Field **fill; int nfill, fill_cap;         /* computed fields of existing rows */
    PlanKnown *known; int nknown, known_cap;   /* what is in comes after what it is in */
    PlanStage *stage; int nstage, stage_cap;
    PlanPair *pair; int npair, pair_cap;       /* what rows of the engine's tables must follow */
    struct Progress *progress;                 /* told while it is applied; NULL: nobody asks */
} Plan;

/* A value for records that have none, as it was given (a text of a command line, a value of JSON);
   a wrong one is an issue at fill.NAME. */
typedef struct PlanFill { const char *form, *field; const Node *value; } PlanFill;
/* NAME is "form.field", of rows "form.subform.field". False: it is not. */
bool plan_fill_read(Arena *a, const char *name, const Node *value, PlanFill *out);
typedef struct PlanAsk { const PlanFill *fill; int nfill; } PlanAsk;

/* The engine's own tables (_timer, _history …), made when missing. */
MUST bool schema_system(Cx *cx, Db *db);
bool schema_is_system(const char *table);
MUST bool schema_plan(Cx *cx, Db *db, const App *app, Plan *out);
/* The same with answers to what a plan asks; `ask` may be NULL. */
MUST bool schema_plan_with(Cx *cx, Db *db, const App *app, const PlanAsk *ask, Plan *out);
bool plan_empty(const Plan *p);
char *plan_show(Arena *a, const Plan *p);     /* lines for a terminal */
/* Every SQL statement, a line each, in the order they run. */
char *plan_sql(Arena *a, const Plan *p);
void plan_json(const Plan *p, Json *out);
/* The form and fields of a unique index, by db_violated(). An index keeps its name when its
   field is renamed, so the database is asked what it is over. False: it is none of the app's. */
bool schema_unique(Cx *cx, Db *db, const App *app, const char *index, const Form **form,
    Field *const **field, int *n);
#endif
