/*
 * filter_build — a filter as rows that one picks: field, operator, values. A row is the text of
 * an expression and nothing else; an expression that has the shape of a row is shown as one.
 *
 * The operators are one table: a pattern of an expression each (expr/shape.h).
 */
#ifndef DATA_FILTER_BUILD_H
#define DATA_FILTER_BUILD_H
#include "data/query.h"

typedef enum FilterTakes {
    TAKES_NONE, TAKES_ONE, TAKES_TWO, TAKES_LIST, TAKES_DAYS   /* DAYS: a whole number of them */
} FilterTakes;
typedef struct FilterOp {
    const char *key, *label;       /* label: English, a key of the translations */
    FilterTakes takes;
    unsigned kinds;                /* of which fields */
    const char *pattern;
} FilterOp;

typedef struct FilterRow {
    const Field *field;            /* NULL: written by hand */
    const FilterOp *op;
    const char *const *value; int nvalue;
    const char *text;              /* the row as an expression */
} FilterRow;

/* May one pick this field at all: of a kind that has operators, and this person may filter by
   it? */
bool filter_offered(Work *w, const Form *f, const Field *field);
/* The fields one may pick, the form's own first. */
int filter_fields(Work *w, const Form *f, const Field ***out);
/* The operators of a field, the usual one first. */
int filter_ops(Work *w, const Field *field, const FilterOp ***out);
const FilterOp *filter_op(const Field *field, const char *key);      /* NULL: not of this field */
/* The pieces of a filter in order; -1 after an issue: it is no expression. */
int filter_rows(Work *w, const Form *f, const char *text, FilterRow **out);
/* The expression of a row. NULL after an issue on `value`: one is missing or is none of the
   field's. */
const char *filter_row_text(Work *w, const Field *field, const FilterOp *op,
    const char *const *value, int n);
/* May this person filter by it? E_INPUT with the place, E_DENIED. */
MUST bool filter_check(Work *w, const Form *f, const char *text);
/* Rows joined, less the one at `without` (-1: all); NULL when nothing is left. */
const char *filter_join(Arena *a, const FilterRow *row, int n, int without);
#endif
