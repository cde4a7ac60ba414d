/*
 * action — steps of transitions, buttons and automations.
 *
 * The engine's own stand in the tables of action.c (what one says, how it is loaded) and
 * data/action_steps.c (how it runs): a new one is a line in each, and a word of StepKind. Any
 * other name is an action that a plugin declares, checked by rule/actions once those are loaded.
 *
 * A step may name what it found or made (`as`, `let`); the expressions of the steps behind it
 * read the value under that name. While steps are being loaded the names stand in app->named.
 */
#ifndef DEF_ACTION_H
#define DEF_ACTION_H
#include "def/people.h"

typedef enum StepKind {
    STEP_SET, STEP_CREATE, STEP_UPDATE, STEP_UPSERT, STEP_DELETE, STEP_TRANSITION, STEP_FIND,
    STEP_QUERY, STEP_LET, STEP_NOTIFY, STEP_FOR_EACH, STEP_WHEN, STEP_STOP, STEP_ASSIGN,
    STEP_WEBHOOK, STEP_EMAIL, STEP_PLUGIN, STEP_KINDS
} StepKind;
typedef struct SetTo { Field *field; Value value; } SetTo;
typedef struct Step Step;
/* when: the first whose condition holds (NULL: always) runs. */
typedef struct Branch { Expr *if_; Step *step; int nstep; } Branch;
typedef struct Named { const char *name; Expr *value; } Named;
struct Step {
    StepKind kind; const char *name; const Node *at;
    Form *form;                /* whose records: set the record's own; create, update … the others */
    SetTo *set; int nset;
    Expr *record;              /* update, delete, transition: which one; NULL: see `where` */
    Expr *where;               /* over `form`; `this` is the record the steps run on */
    struct Sort *sort; int nsort;
    int limit;                 /* query */
    Field *by;                 /* upsert: what is unique */
    const char *as;            /* what came of it, by name; NULL: nobody asks */
    const char *move, *to;     /* transition: its name, or the stage it leads to */
    Expr *in;                  /* for_each: a list of records, in place of `where` */
    Branch *branch; int nbranch;               /* when; for_each: the one it repeats */
    Named *let; int nlet;
    People people;             /* notify: to whom */
    Label label_text;          /* the texts as written: notify, transition's comment, stop */
    Expr **texts; int ntext;   /* by label_text.lang */
    const char *const *via; int nvia;
    const Node *params;        /* plugin action: its parameters as written */
    void *own;                 /* what a step with files of its own has loaded */
};

/* A value that a step named, for those behind it; a loop's and a branch's end with it. */
struct StepName { const char *name; Type type; const struct StepName *up; };

/* The steps of a list; `form` NULL: there is no record. */
bool steps_load(Cx *cx, App *app, Form *form, const Node *list, Step **out, int *n);
/* For loaders: expressions over the record the steps run on. */
ExprWhere step_where(const App *app, const Form *form);
/* A name for what comes of a step, for those behind it; an issue when it is taken. */
bool step_name(Cx *cx, App *app, const Form *form, Place place, const char *name, Type type);
/* given.NAME, for all steps of an automation: in app->named until the caller takes it away. */
void step_given(Cx *cx, App *app, const char *name, Type type);
/* Values for fields of `target`, from expressions over a record of `form`. */
bool step_values(Cx *cx, App *app, Form *form, Form *target, const Node *map, Step *s);
/* `form` and `values` of what a step makes, the values over a record of `here`. */
bool create_load(Cx *cx, App *app, Form *here, const Node *n, Step *s);
/* Is it one of the engine's own? */
bool step_is_own(const char *name);

/* Loads one step's body into *s; false after issues. Those of action_data.c and action_flow.c. */
typedef bool (*StepLoad)(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_set(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_create(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_update(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_upsert(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_delete(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_transition(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_find(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_query(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_let(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_for_each(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_when(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_stop(Cx *cx, App *app, Form *form, const Node *n, Step *s);
bool step_load_assign(Cx *cx, App *app, Form *form, const Node *n, Step *s);    /* def/assign */
extern const Attr step_create_attrs[], step_update_attrs[], step_upsert_attrs[], step_delete_attrs[], step_move_attrs[],
    step_find_attrs[], step_query_attrs[], step_for_each_attrs[], step_when_attrs[], step_stop_attrs[];
#endif
