/*
 * schema_in — what the planner's files share.
 */
#ifndef DATA_SCHEMA_IN_H
#define DATA_SCHEMA_IN_H
#include "data/schema.h"
#include "data/spec.h"

#define RETIRED "retired "

typedef struct Planner {
    Cx *cx;
    Db *db;
    const App *app;
    const Spec *spec;
    Plan *plan;
    const char **table; int ntable;            /* there now */
    PlanNote *known; int nknown;               /* _schema */
} Planner;

void plan_add(Planner *p, PlanStep step, const char *fmt, ...) PRINTF(3, 4);
void plan_note(Planner *p, const char *name, const char *text);
const char *plan_known(const Planner *p, const char *name);
MUST bool plan_count(Planner *p, const Sql *q, int64_t *n);
MUST bool plan_rows(Planner *p, const char *table, int64_t *n);

/* schema_column.c: a column that is there, one that is not. */
MUST bool plan_kept(Planner *p, const TableSpec *t, const ColumnSpec *c);
MUST bool plan_added(Planner *p, const TableSpec *t, const ColumnSpec *c, const Column *have,
    int nhave, int64_t rows);
const char *column_note(Planner *p, const TableSpec *t, const ColumnSpec *c);
const char *column_kind(Planner *p, const ColumnSpec *c);
/* Computed fields that must be computed anew, and what depends on them. */
void plan_fills(Planner *p);

/* schema_check.c: what data says to a change. */
MUST bool plan_unique(Planner *p, const IndexSpec *x);
MUST bool plan_stages(Planner *p);
#endif
