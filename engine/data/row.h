/*
 * row — a form's columns in a SELECT, and a row of the answer as a Record.
 *
 *     sql_add(&q, "SELECT ");
 *     int n = row_columns(&q, f, NULL);        further columns may follow
 *     …
 *     Record *r = row_read(w, f, row);         row[0 … n) as db_next gave it
 *
 * List fields and subform rows are not columns: query_fill loads them.
 */
#ifndef DATA_ROW_H
#define DATA_ROW_H
#include "data/record.h"

/* Has the field a column in its form's table? Not: lists, subforms, the workflow columns of a
   form without workflow. */
bool row_stored(const Form *f, const Field *field);
/* Appends the stored columns in order of fields, separated by commas. Returns how many. */
int row_columns(Sql *q, const Form *f, const char *alias);
/* Makes a record of the columns; values are copied to the arena of w. */
Record *row_read(Work *w, const Form *f, const Val *row);
/* `"id" IN ($1, $2 …)` over a column of ours; one id gives `=`. n > 0. */
void row_in(Sql *q, const char *alias, const char *column, const int64_t *id, int n);
#endif
