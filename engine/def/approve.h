/*
 * approve — consent that a transition waits for: one entry of its `approve`.
 *
 * Entries whose `when` holds are asked one after another; `beside` asks together with the one
 * before. Who is asked is computed when the entry's turn comes.
 */
#ifndef DEF_APPROVE_H
#define DEF_APPROVE_H
#include "def/due.h"

struct Stage;

typedef enum IfNobody { NOBODY_REFUSE, NOBODY_SKIP, NOBODY_ASK } IfNobody;
typedef struct Approve {
    Label label; Expr *when;
    People by;
    int need;                  /* so many must approve; 0: all of them */
    bool in_order;             /* one after another, as `by` gives them */
    int up;                    /* so many up the line from `by`; 0: they alone, < 0: to its end */
    bool departments;          /* the line goes by the heads of departments, from that of `by` up */
    People until;              /* n 0: nobody; the line ends with the first of these */
    bool not_self, skip_decided, beside;
    const char *const *via; int nvia;          /* how those who are asked are told; none: the inbox */
    People cc;                 /* told with the question, and may read the record */
    IfNobody nobody; People instead;
    bool comment;              /* a decision needs one */
    Field **edit; int nedit;   /* what a decision may change */
    Field **require; int nrequire;             /* what consent must fill, a signature maybe */
    struct Stage *reject_to;   /* where a refused record goes; NULL: it stays */
    Due due;                   /* when the decision is due, counted from when somebody is asked */
    int index; const Node *at;
} Approve;

/* `approve` of a transition of that form; `stage_of` finds a stage by its node. */
bool approve_load(Cx *cx, App *app, Form *form, const Node *list,
    struct Stage *(*stage_of)(Cx *cx, void *ctx, const Node *n), void *ctx, Approve **out, int *n);
#endif
