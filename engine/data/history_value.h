/*
 * history_value — one value as history keeps it, and as it is read back for people.
 */
#ifndef DATA_HISTORY_VALUE_H
#define DATA_HISTORY_VALUE_H
#include "data/record.h"

void history_value_json(Work *w, const Field *f, Val v, Json *out);
/* The text for this reader, or NULL when it was blank. Links by their title of today. */
const char *history_value_show(Work *w, const Field *f, const Node *kept);
#endif
