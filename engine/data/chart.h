/*
 * chart — the groups of a card as a table: rows, and columns that are series.
 *
 * A card with one expression in `by` has a series for each value; with two the second one makes the
 * series; a pivot has its rows from `by` and its columns from `across`, for each value one. Groups
 * stand in the order of what they are of (options, stages, days), names and people by size. Days
 * without records are there. What is beyond the limit is one last group where it adds up (sums and
 * counts); else it is left out, and `cut` says so. Between the first
 * and the last number of a bar's, line's or area's series that adds up, days without records count 0.
 */
#ifndef DATA_CHART_H
#define DATA_CHART_H
#include "data/dash_ask.h"

/* What a group or a series is of. */
typedef struct Dim {
    const char *text;          /* the expression */
    const Expr *expr;
    const Field *field;        /* the field, or the one that a day, a weekday … is of; or NULL */
    const char *step;          /* start_of's unit: week month quarter year; or NULL */
    const char *part;          /* weekday, month, quarter: numbers with names; or NULL */
} Dim;
/* A number of the records of a group. */
typedef struct Measure {
    const char *text;
    const Expr *expr;
    const char *how;           /* sum average min max count; NULL: some other expression */
    const Field *field;        /* NULL for counts and other expressions */
    const Field *money;        /* of another expression: the money it is computed of, when that is one */
    const Form *form;          /* whose records */
} Measure;

typedef struct Series { Val key; int of; bool others; } Series;       /* of: which measure */
typedef struct ChartRow { Val *key; bool others; Val *cell; Val *total; } ChartRow;
typedef struct Chart {
    Dim *by; int nby; Dim *across;             /* across NULL: the series are the measures */
    Measure *of; int nof;
    Series *series; int nseries;
    ChartRow *row; int nrow;                   /* nby keys, nseries cells, of a pivot nof totals */
    Val *total; Val *all;                      /* of a pivot: by series, by measure; else NULL */
    const char *cut;           /* of what is left out, which are shown: latest first largest; NULL: nothing is */
} Chart;

/* E_DENIED when the card names what this person may not read. */
MUST bool chart_groups(Work *w, const Card *c, const char *filter, Chart *out);
/* The value of a metric or of both of a gauge: n texts, of all records together. */
MUST bool chart_values(Work *w, const Card *c, const char *filter, const char *const *text, int n, Measure *of,
    Val *out);
/* How a dimension or measure is meant; the expression itself is not looked at for rights. */
void chart_dim(Work *w, const Form *f, Dim *out);
void chart_measure(Work *w, const Form *f, Measure *out);
/* money percent number …, of another currency than the app's its code; "": a count, or some other expression. */
const char *measure_unit(const Measure *m);
/* Does it add up over groups? */
bool measure_adds(const Measure *m);
#endif
