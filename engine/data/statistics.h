/*
 * statistics — what the database needs to know about its tables to choose indexes well.
 */
#ifndef DATA_STATISTICS_H
#define DATA_STATISTICS_H
#include "data/work.h"

/* Gathers them anew when a table has grown to a multiple since the last time. Cheap to ask. */
MUST bool statistics_follow(Cx *cx, Db *db);
#endif
