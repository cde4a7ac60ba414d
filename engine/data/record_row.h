/*
 * record_row — table rows as records: which columns are read, and what a row becomes.
 *
 *     sql_add(&q, "SELECT ");  int n = record_columns(&q, form, "t");
 *     … while (db_next(cx, &rows, row)) r = record_of_row(w, form, row);
 *
 * Lists and subform rows are not in it: record_fill, or query_fill for many records.
 */
#ifndef DATA_RECORD_ROW_H
#define DATA_RECORD_ROW_H
#include "data/record.h"

/* Is there a column of its own for the field? Not for lists, rows and what is not stored. */
bool field_has_column(const Field *f);
bool field_is_list(const Field *f);           /* a side table */
bool field_is_rows(const Field *f);           /* a child table */
/* Several columns FIELD__PART; its value is a list of theirs, blank when all are. */
bool field_is_parts(const Field *f);
/* Columns of the form's own table: one, or those of its parts. */
bool field_in_row(const Field *f);
/* FIELD__shown beside the column, what was typed: phones, and lookups of them. */
bool field_has_shown(const Field *f);

/* Appends the columns, separated by commas; returns how many. alias may be NULL. */
int record_columns(Sql *q, const Form *f, const char *alias);
/* A record from raw values in that order; texts are copied. given is NULL, full false. */
Record *record_of_row(Work *w, const Form *f, const Val *row);
/* Sets r->workflow and r->stage by its values. */
void record_find_stage(Work *w, Record *r);
/* Loads list fields and rows of one record, once. */
MUST bool record_fill(Work *w, Record *r);
/* The row only: full is false. */
MUST bool record_load_row(Work *w, const Form *f, int64_t id, bool binned, Record **out);
/* Stores these system columns as the record has them, without version or trace. Inside a write. */
MUST bool record_put_system(Work *w, const Record *r, const SysField *field, int n);
/* The next ids after `after`, at most `max`, in order: for walks over a whole form. */
MUST bool record_ids(Work *w, const Form *f, int64_t after, bool binned, int64_t *id, int max,
    int *n);
#endif
