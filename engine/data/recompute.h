/*
 * recompute — the proof that what is stored is what would be computed, and the repair.
 *
 * Formulas, lookups and rollups of every record, rows of subforms and binned records too, are
 * computed in memory and compared with their columns. Serial numbers are given, not computed.
 */
#ifndef DATA_RECOMPUTE_H
#define DATA_RECOMPUTE_H
#include "data/work.h"

/* One value that differs. `row`: of a subform's row its id, else 0. Texts as people see them;
   lives until the callback returns. */
typedef struct Drift {
    const Form *form; int64_t id, row; const Field *field; const char *stored, *computed;
} Drift;
typedef struct RecomputeAsk {
    const Form *form;         /* NULL: all */
    bool repair;              /* store what differs; its change spreads */
    void (*drift)(void *ctx, const Drift *d);  /* NULL: only counted */
    void (*progress)(void *ctx, int64_t done, int64_t total);   /* NULL: none */
    void *ctx;
} RecomputeAsk;
typedef struct Recomputed { int64_t records, drifts; } Recomputed;

/* Walks in portions; a repair is one write each, so that people's writes pass between. */
MUST bool recompute(Work *w, const RecomputeAsk *ask, Recomputed *out);
#endif
