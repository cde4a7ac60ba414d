/*
 * trim — what is retired goes for good: columns, lists, tables, and what is remembered of them.
 */
#ifndef DATA_TRIM_H
#define DATA_TRIM_H
#include "data/schema.h"

MUST bool trim_plan(Cx *cx, Db *db, Plan *out);
/* Plans and does it, in one write. */
MUST bool trim_run(Cx *cx, Db *db, Plan *out);
#endif
