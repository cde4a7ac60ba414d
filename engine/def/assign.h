/*
 * assign — who gets a record: ordered rules, the first that fits and finds somebody decides.
 *
 * As `assign:` of a form (a new record whose field is blank) and as a step of a `do`. Values of
 * rules (weight, caps) are read for each person: `this.` is the record.
 */
#ifndef DEF_ASSIGN_H
#define DEF_ASSIGN_H
#include "def/people.h"

typedef enum AssignBy { ASSIGN_ROUND_ROBIN, ASSIGN_LEAST_OPEN, ASSIGN_FIRST, ASSIGN_RANDOM } AssignBy;
extern const char *const assign_words[4];

/* Each record of a form is a rule, in order; `people` are tried one after the other. A field of
   `rows` stands in a row of that subform, its weight beside it. */
typedef struct AssignTable {
    Form *form; Expr *where;                   /* over its records, this. is the one assigned */
    Field **sort; bool *down; int nsort;
    Field *rows;
    Field **people; int npeople;
    Field *weight, *by, *cap_day, *cap_open;   /* NULL: as the rule says */
} AssignTable;

typedef struct AssignRule {
    const char *key; Label label; const Node *at;
    Expr *if_;                                 /* NULL: always fits */
    People among;
    const char **login; int64_t *share; int nmember;     /* members: {login: weight} */
    AssignTable *table;                        /* of among, members and table one is there */
    const struct Role *role;                   /* only who has it directly; NULL: anybody */
    AssignBy by;
    Value weight, cap_day, cap_open;           /* not given: 1, no cap */
    const Calendar *hours;                     /* NULL: at any time */
} AssignRule;

typedef struct Assign {
    Form *form; Field *field; const Node *at;
    AssignRule *rule; int nrule;
    Expr *open;                                /* which records one has to do with; NULL: all */
    People other;                              /* else; n 0: nobody */
    Label label_text; Expr **texts; int ntext; /* what who got it is told; 0: nothing */
} Assign;

/* The map of a form or of a step. NULL after issues. */
Assign *assign_load(Cx *cx, App *app, Form *form, const Node *map);
/* A number of at least `least`, or =expression of users that gives one. Absent: not given. */
bool amount_load(Cx *cx, const App *app, const Form *form, const Node *map, const char *key,
    int64_t least, Value *out);
/* Which records of the form count as open: `open:` of the map, else by the stage's status. */
bool open_load(Cx *cx, const App *app, const Form *form, const Node *map, Expr **out);
#endif
