/*
 * schema_in — what the planner's files share.
 *
 *     wants (schema_want.c) are matched with what is known (schema_match.c); that moves tables
 *     and columns (schema_move.c); then each column is kept, converted or added
 *     (schema_column.c), and the data is asked (schema_check.c,
 *     schema_flow.c, schema_rule.c).
 */
#ifndef DATA_SCHEMA_IN_H
#define DATA_SCHEMA_IN_H
#include "data/schema.h"
#include "data/spec.h"

/* A form or a field that the app has. */
typedef struct Want Want;
struct Want {
    Want *up;                 /* NULL: a form */
    const char *name, *was, *kind, *from, *rules;
    bool required;
    const Form *form;         /* of forms and of rows: theirs; of other fields whose they are */
    const Field *field;       /* NULL: a form */
    Known *is;                /* what it is in the database; NULL: new */
    Known *now;               /* as it will be known */
};

/* A table of the database, and where the moves bring it. */
typedef struct Moved {
    const char *was, *now;
    Column *column; int n;    /* names as now */
    const char **column_was;
} Moved;

typedef struct Planner {
    Cx *cx;
    Db *db;
    const App *app;
    const PlanAsk *ask;
    const Spec *spec;
    Plan *plan;
    const char **table; int ntable;            /* there now */
    PlanNote *note; int nnote;                 /* _schema */
    KnownAll known;
    Want **want; int nwant, want_cap;
    Moved *moved; int nmoved, moved_cap;
    Index *index; int nindex;                  /* there now */
    Str references;                            /* SQL for when all tables and columns are there */
} Planner;

void plan_add(Planner *p, PlanStep step, const char *fmt, ...) PRINTF(3, 4);
void plan_note(Planner *p, const char *name, const char *text);
const char *plan_noted(const Planner *p, const char *name);
MUST bool plan_count(Planner *p, const Sql *q, int64_t *n);
MUST bool plan_rows(Planner *p, const char *table, int64_t *n);

/* schema_want.c */
void plan_wants(Planner *p);
Want *plan_want(const Planner *p, const Field *f);
/* What the database has without knowing it: made before it remembered. */
MUST bool plan_adopt(Planner *p);

/* schema_match.c: gives every want what it is, and says what goes, comes back and is renamed. */
void plan_match(Planner *p);
Want *plan_wanted_as(const Planner *p, const Known *k);        /* NULL: nobody wants it */
/* Is it a field of a built-in form that this program does not know? Then a newer one made it, which may
   serve beside this one: it is left alone. */
bool plan_newer(const Planner *p, const Known *k);
/* Is what it holds kept aside while it is converted into a place of another shape? */
bool plan_reshapes(Planner *p, const Want *w);
const char *plan_kind(Planner *p, const Want *w);              /* what it is, links under today's names */

/* schema_move.c: renames of tables and columns, in an order in which none is in the way. */
MUST bool plan_moves(Planner *p);
const Moved *plan_moved(const Planner *p, const char *now);    /* NULL: no such table yet */
const char *moved_column(const Moved *m, const char *now);     /* as it is now called, or NULL */
const char *plan_aside(Arena *a, const Known *k);              /* _old_NAME */

/* schema_column.c: columns that are there, those that are not. */
MUST bool plan_columns(Planner *p, const TableSpec *t, const Moved *m);
void plan_new_table(Planner *p, const TableSpec *t);
/* Of all columns, or of one. */
void plan_references(Planner *p, const TableSpec *t, const ColumnSpec *c);
MUST bool plan_converts(Planner *p);
const char *plan_literal(Planner *p, Val v);

/* schema_compute.c: computed fields that must be computed anew, and what depends on them. */
void plan_fill_add(Planner *p, const Field *f);
void plan_changed(Planner *p, const Field *f);
void plan_fills(Planner *p);
/* Is it computed from the same fields in the same way, whatever they are called? */
bool plan_same_source(Planner *p, const char *was, const char *now);

/* schema_guard.c: on PostgreSQL who else may read which rows. */
MUST bool plan_guards(Planner *p);

/* schema_check.c, schema_flow.c: what data says to a change. */
MUST bool plan_unique(Planner *p, const IndexSpec *x);
MUST bool plan_stages(Planner *p);
MUST bool plan_level_changes(Planner *p);
/* schema_rule.c: bounds, options, `required`. */
const char *plan_rules(Arena *a, const Field *f);
MUST bool plan_rules_changed(Planner *p);
/* schema_fill.c: values for records that have none. As SQL: what was given, else a plain default;
   NULL: none. */
MUST bool plan_preset(Planner *p, const Field *f, const char **sql, bool *asked);
/* The name under which one is given. */
const char *plan_fill_name(Arena *a, const Field *f);
/* E_INPUT when one is given for what is no field. */
MUST bool plan_fills_known(Planner *p);
#endif
