/*
 * allowed — what this person may do with a record now.
 */
#ifndef DATA_ALLOWED_H
#define DATA_ALLOWED_H
#include "data/record.h"

/* JSON: {fields: {name: right}, actions: […],
   transitions: [{name, label, to, allowed, why, missing}]} */
MUST bool allowed_json(Work *w, const Record *r, Json *out);
#endif
