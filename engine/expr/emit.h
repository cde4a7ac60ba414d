/*
 * emit — what the files of the SQL back end share.
 *
 * A scope is a row that names are read from: a table under an alias, or a record in memory
 * whose values are bound. A term is written in the form its type has in a column: numbers with
 * decimals as scaled integers, dates as text; booleans are 0 or 1, never NULL. On PostgreSQL they
 * have types of their own: numeric, date, boolean …; a list is an array.
 */
#ifndef EXPR_EMIT_H
#define EXPR_EMIT_H
#include "expr/tree.h"

typedef struct Scope {
    const Names *form;
    const char *alias;        /* NULL: bare columns, qualified by the table in subqueries */
    Eval *memory;
} Scope;

typedef struct Emit {
    Cx *cx;
    const Asker *asker;
    Sql *q;
    Scope here, self;
    int depth;                /* of subqueries */
    int aliases, titles;
    bool spelled, later;      /* see ExprSql */
    bool (*within)(void *ctx, const Names *form, const char *alias, Sql *out); void *ctx;
} Emit;

bool emit_term(Emit *e, const Term *t);
/* Known without a row of the database: evaluated now and bound. */
bool emit_is_known(const Emit *e, const Term *t);
bool emit_known(Emit *e, const Term *t, Val *out);
void emit_value(Emit *e, Val v, Type t);
bool emit_call(Emit *e, const Term *t);        /* x_NAME(…) */
void emit_column(Emit *e, const Scope *s, const char *key);
bool emit_compare(Emit *e, const Term *t);
/* Does SQL order it as the language does? */
bool emit_is_native(const Emit *e, const Term *t);
bool emit_side(Emit *e, const Term *x);        /* what stands in such a comparison */
void emit_bound(Emit *e, Val v, Type column);  /* a constant beside a column of that type */
bool emit_is_status(const Emit *e, const Term *t);
void emit_status_in(Emit *e, const Term *t, Val list);
bool emit_in(Emit *e, const Term *t);
bool emit_within(Emit *e, const Term *t);
bool emit_has(Emit *e, const Term *t, bool start);
bool emit_total(Emit *e, const Term *t);       /* over an EACH: one subquery */
bool emit_group(Emit *e, const Term *t);
bool emit_other(Emit *e, const Term *t);
bool emit_each(Emit *e, const Term *t);
bool emit_side_list(Emit *e, const Term *t);   /* a list or subform field as a packed list */
bool emit_title(Emit *e, const Term *t);
bool emit_role(Emit *e, const Term *t);
bool emit_user(Emit *e, const Term *t);
/* sql_later.c: what is known only when a kept condition runs. */
bool emit_is_later(const Term *t);
bool emit_asker(Emit *e, const Term *t);       /* me() … */
bool emit_is_placed(Emit *e, int flags);       /* false + E_INPUT: by no kept condition */
/* The id of the record whose list it is. */
bool emit_owner(Emit *e, const Term *list);
char *emit_alias(Emit *e);
void emit_equals(Emit *e);                     /* equality that is never NULL */
void emit_holds(Emit *e);                      /* … of a boolean column with true */
void emit_or_false(Emit *e);                   /* ", FALSE)" behind COALESCE(x */
bool emit_id(Emit *e, const Term *record);     /* a record to compare with an id */
/* Rows of another form: not in the bin, and those that who asks may look at. */
MUST bool emit_alive(Emit *e, const Names *form, const char *alias);
void emit_sign(Emit *e, Type t);               /* '2' */
/* column__key of a folded field of a row of the database. */
bool emit_is_folded(const Emit *e, const Term *t);
bool emit_folded(Emit *e, const Term *t);
bool emit_is_column(const Emit *e, const Term *t);
#endif
