/*
 * assign_in — whom a rule is about, and what becomes of each.
 */
#ifndef DATA_ASSIGN_IN_H
#define DATA_ASSIGN_IN_H
#include "data/assign.h"

typedef enum LeftOut { LEFT_NOT, LEFT_AWAY, LEFT_DAY, LEFT_OPEN, LEFT_NO_TURN } LeftOut;
typedef struct Candidate {
    int64_t id; Record *user; const char *name; int64_t weight;
    int64_t today, open, cap;                  /* cap: the one that leaves them out */
    LeftOut left;
} Candidate;

/* One rule as it stands for the record: of a table, one for each of its records. */
typedef struct Round {
    const Assign *a; const AssignRule *rule;
    const char *key; Label label;              /* of the turns; of the explanation */
    AssignBy by;
    int64_t cap_day, cap_open;                 /* of a table's record; below 0: the rule's */
    Candidate *who; int n, cap;
} Round;

/* The rounds of a rule, their candidates loaded: active people in order of id. */
MUST bool assign_rounds(Work *w, const Assign *a, const AssignRule *rule, const Record *r,
    Round **out, int *n);
/* Loads those whose ids stand there: names and fields; who is not active goes. */
MUST bool assign_load_people(Work *w, Round *round);
#endif
