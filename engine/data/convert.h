/*
 * convert — a field's values become values of another type.
 *
 * Old values are told by their kind (spec.h): the old definition is not needed. Each converts
 * exactly, or nearly (rounded, cut), or not at all; the last two are losses, which are kept in
 * _unconverted and come back by themselves when the field gets a type again that holds them and
 * nobody has changed the record meanwhile.
 */
#ifndef DATA_CONVERT_H
#define DATA_CONVERT_H
#include "data/work.h"

#define CONVERT_SAMPLE 5

typedef struct Lost { int64_t record; const char *was, *now; } Lost;      /* now NULL: blank */
typedef struct Convert {
    const Field *field;       /* what it becomes */
    const char *kind;         /* what it was, links under today's names */
    const char *table, *column;            /* where the old values stand when it runs; column
                                              NULL: a table (record, position, value) */
    const char *table_was, *column_was;    /* where they stand before the plan has begun */
    bool reshaped;            /* the new place is another one */
    int64_t rows, lost;       /* lost -1: known only when it runs */
    Lost sample[CONVERT_SAMPLE]; int nsample;
    struct Progress *progress;                 /* told of rows while it runs; may be NULL */
} Convert;

/* Can values of that kind be meant as this field's at all? */
bool convert_sensible(const char *kind, const Field *to);
/* Does it hold whatever is written as text? */
bool convert_takes_all(const Field *to);
/* Is every value of the kind one of the field's as it stands? */
bool convert_idle(const char *kind, const char *now);
/* Sets rows, lost and the sample; reads only. */
MUST bool convert_count(Cx *cx, Db *db, const App *app, Convert *c);
/* Inside a write, after the renames. Sets the same. */
MUST bool convert_run(Cx *cx, Db *db, const App *app, Convert *c, int64_t version);
/* How many values break the field's own bounds. `kind` is the field's as stored. */
MUST bool convert_unfit(Cx *cx, Db *db, const App *app, Convert *c, int64_t *n);
#endif
