/*
 * compute — computed fields of one record in memory: formulas, lookups, rollups.
 */
#ifndef DATA_COMPUTE_H
#define DATA_COMPUTE_H
#include "data/record.h"

/* In form->order, rows' fields where they stand in it. Rollups only where `rollup(ctx, field)`
   says so. */
typedef bool (*ComputeRollup)(const void *ctx, const Field *f);
MUST bool compute_fields(Work *w, Record *r, ComputeRollup rollup, const void *ctx);
#endif
