/*
 * store — parts of writing a record that others need. Only inside a write.
 */
#ifndef DATA_STORE_H
#define DATA_STORE_H
#include "data/record.h"

/* Writes the computed fields that differ from `old`, rows' too; neither version nor history. */
MUST bool store_computed(Work *w, const Record *r, const Record *old, bool *changed);
/* Deletes the rows of a table whose `column` is `id`. */
MUST bool store_forget(Work *w, const char *table, const char *column, int64_t id);
#endif
