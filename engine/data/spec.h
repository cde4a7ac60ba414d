/*
 * spec — what the database should look like for an app: tables, columns, indexes, views. Pure.
 */
#ifndef DATA_SPEC_H
#define DATA_SPEC_H
#include "data/work.h"

typedef struct ColumnSpec {
    const char *name, *type;      /* "INTEGER" … in the database's words */
    const char *references;       /* table or NULL */
    const char *extra;            /* the rest of its definition, or NULL */
    const char *kind;             /* its values: "number 2", "link to x"; NULL: the engine's */
    const char *from;             /* of computed fields: what they are computed from */
    const Field *field;           /* NULL: the engine's */
    bool beside;                  /* FIELD__key, FIELD__shown */
} ColumnSpec;

typedef struct TableSpec {
    const char *name;
    const Form *form;             /* whose rows; for a side table the form of the field */
    const Field *side;            /* the list field of a side table */
    ColumnSpec *column; int n, cap;
    const char *tail;             /* what follows the columns inside the parentheses, or NULL */
} TableSpec;

typedef struct IndexSpec {
    const char *name, *table, *sql;
    const Form *form;
    bool unique;
    const char **column; int n;   /* as in the table */
    Field **field; int nfield;    /* unique ones: for whom the refusal is */
    const char *columns;          /* "a", "b" DESC: as db_indexes tells them */
    bool kept;                    /* though another one begins with its columns */
    size_t own;                   /* bytes of them without the id that PostgreSQL's end with */
} IndexSpec;

typedef struct ViewSpec { const char *name, *sql; const Form *form; } ViewSpec;

typedef struct Spec {
    Dialect dialect;
    TableSpec *table; int ntable, table_cap;
    IndexSpec *index; int nindex, index_cap;
    ViewSpec *view; int nview, view_cap;
} Spec;

void spec_of(Arena *a, const App *app, Dialect dialect, Spec *out);
/* Parts of it, in files of their own. */
void spec_indexes(Arena *a, const App *app, Spec *s);
void spec_views(Arena *a, const App *app, Spec *s);

/* CREATE TABLE …, ALTER TABLE … ADD COLUMN … */
char *spec_create(Arena *a, const Spec *s, const TableSpec *t);
char *spec_add_column(Arena *a, const Spec *s, const TableSpec *t, const ColumnSpec *c);
/* What makes the references of a new table, or of one new column, once all tables are there:
   PostgreSQL names no table that is still to come. NULL: they stand in the definition. */
const char *spec_references(Arena *a, const Spec *s, const TableSpec *t, const ColumnSpec *c);
/* system_tables.c: what makes the engine's own references to the table of users. */
const char *schema_of_users(void);
/* The type of a column of such values, in the database's words. */
const char *spec_type(ValKind kind, Dialect dialect);
/* A text as an SQL literal, for DDL, which takes no values. */
char *spec_quote(Arena *a, const char *text);
/* All forms, those of subform rows too, in order of creation. */
int spec_forms(Arena *a, const App *app, const Form ***out);
/* The column that indexes and searches use: the folded key where there is one. */
const char *spec_sort_column(Arena *a, const Field *f);
#endif
