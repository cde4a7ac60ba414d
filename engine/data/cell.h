/*
 * cell — the text of a cell of a sheet as the value of a field. The field's own reader judges it;
 * here is only what people write in a table and nowhere else: several values in one cell, a person by
 * name.
 */
#ifndef DATA_CELL_H
#define DATA_CELL_H
#include "data/work.h"

/* The next of several values in a cell, trimmed: parted by a comma or semicolon of any script, a bar
   or a line. NULL at the end. */
const char *cell_piece(Arena *a, const char **p);
/* A date written with slashes, dots or dashes and the year last, as its parts; false: it is none. */
bool cell_date_parts(const char *text, int *first, int *second, int *year, const char **rest);
/* Such a date the way the field's reader takes it; anything else as it is. */
const char *cell_dated(Arena *a, const char *text, bool month_first);
/* Read and checked by the field's type; issues otherwise. */
bool cell_read(Cx *cx, const Field *f, const char *text, const Zone *zone, Val *out);
/* For the body of a record. A failure only of the database; what cannot be meant stays as it is, for
   the field to refuse. */
MUST bool cell_node(Work *w, const Field *f, const char *text, Node **out);
/* Is each text the login or the name of one active user? */
MUST bool cell_all_people(Work *w, const char *const *text, int n, bool *all);
#endif
