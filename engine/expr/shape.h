/*
 * shape — a condition as it was written: the pieces that `and` joins, and whether a piece looks
 * like a pattern. So that what one picks from lists and what one types are the same text.
 *
 *     pieces of "a = 1 and (b or c)":  "a = 1", "(b or c)"
 *     pattern "f between v and w":     f a field of the form, v and w one literal, l a list of them
 */
#ifndef EXPR_SHAPE_H
#define EXPR_SHAPE_H
#include "expr/expr.h"

/* -1 after an issue: the text is no expression. Blank text has no piece. */
int expr_pieces(Cx *cx, const char *text, const char ***out);
/* The pieces joined again; one that holds an `or` is put in brackets. "" for none. */
const char *expr_join(Arena *a, const char *const *piece, int n);

typedef struct Shape {
    const char *field;
    const char **value; int n;         /* literals as text, without quotes */
    bool quoted;                       /* texts; else numbers */
} Shape;
/* Is the whole text of that pattern? Tells no issue. */
bool expr_shape(Cx *cx, const char *text, const char *pattern, Shape *out);
/* The text of a shape: what expr_shape finds in it again. */
const char *expr_of_shape(Arena *a, const char *pattern, const Shape *s);
#endif
