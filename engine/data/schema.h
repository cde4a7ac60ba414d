/*
 * schema — definitions against database: the plan. Pure: it reads, and decides; migrate acts.
 */
#ifndef DATA_SCHEMA_H
#define DATA_SCHEMA_H
#include "data/work.h"

typedef enum StepWhat {
    PLAN_TABLE, PLAN_COLUMN, PLAN_INDEX, PLAN_DROP_INDEX, PLAN_VIEW, PLAN_FILL, PLAN_NOTE,
    PLAN_REFUSED
} StepWhat;
typedef struct PlanStep {
    StepWhat what;
    const char *form, *field;
    const char *text;         /* for people: "add field x (text)" */
    const char *sql;          /* what will run; NULL for notes and refusals */
    int64_t rows;             /* touched; -1 unknown */
} PlanStep;
/* What the database remembers of the definition it was made for (_schema): of each column what
   its values are, of each workflow its stages. */
typedef struct PlanNote { const char *name, *text; } PlanNote;
typedef struct Plan Plan;
struct Plan {
    PlanStep *step; int n, cap;
    bool refused, loses;
    const App *app;
    const char *hash;         /* app's */
    PlanNote *note; int nnote, note_cap;
    Field **fill; int nfill, fill_cap;         /* computed fields of existing rows */
};

/* The engine's own tables (_timer, _history …), made when missing. */
MUST bool schema_system(Cx *cx, Db *db);
MUST bool schema_plan(Cx *cx, Db *db, const App *app, Plan *out);
bool plan_empty(const Plan *p);
char *plan_show(Arena *a, const Plan *p);     /* lines for a terminal */
void plan_json(const Plan *p, Json *out);
/* The form and fields of a unique index, by db_violated(). False: it is none of the app's. */
bool schema_unique(Arena *a, const App *app, const char *index, const Form **form,
    Field *const **field, int *n);
#endif
