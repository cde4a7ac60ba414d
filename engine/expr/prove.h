/*
 * prove — what can be said of a condition without any record: that it always holds, or never.
 *
 * Sound, not complete: constants are folded, comparisons of one thing with several constants are
 * held against each other, everything else is open.
 */
#ifndef EXPR_PROVE_H
#define EXPR_PROVE_H
#include "expr/expr.h"

typedef enum Truth { TRUTH_OPEN, TRUTH_ALWAYS, TRUTH_NEVER } Truth;

typedef struct Prover {
    Arena *a;
    /* Can the field hold this text? False: a comparison with it is settled. NULL: any. */
    bool (*holds)(void *ctx, const Name *name, const char *value);
    void *ctx;
} Prover;

/* A part of an expression that is settled, though it was written as if it were not. */
typedef struct Doubt {
    int pos;                   /* in the text of the expression */
    Truth truth;
    const Name *name; const char *value;       /* compared with what it cannot hold; or NULL */
} Doubt;

/* Of a whole condition; OPEN for what is no boolean. A literal true or false is ALWAYS, NEVER. */
Truth expr_truth(const Prover *p, const Expr *e);
/* The same when this stage status is known: what a condition says of records in such a stage. */
Truth expr_truth_in(const Prover *p, const Expr *e, const char *status);
/* Its parts, the largest first settled ones; the whole is among them only when it compares with
   what cannot be. */
int expr_doubts(const Prover *p, const Expr *e, Doubt **out);
/* An issue at that place of the expression; `at` is the scalar that holds it. The text is ready. */
void expr_tell(Cx *cx, const Node *at, const Expr *e, int pos, const char *code,
    const char *text);
#endif
