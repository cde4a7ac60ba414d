/*
 * query_in — what the files that read records share.
 */
#ifndef DATA_QUERY_IN_H
#define DATA_QUERY_IN_H
#include "data/query.h"

/* alias."column" IN ($1, $2 …); one id gives `=`. n > 0. */
void query_ids(Sql *q, const char *alias, const char *column, const int64_t *id, int n);
/* Splits "a,sum(b, c),d" at commas outside parentheses and quotes; pieces are trimmed. */
int query_split(Arena *a, const char *text, char ***out);
/* An expression typed by a person over the form: names are checked for rights. */
Expr *query_expr(Work *w, const Form *f, const char *text, ExprUse use, Type want,
    const ListAsk *params);
/* How a person's expression becomes SQL over the table as r: rows of other forms are looked at
   only where that person may read them. */
ExprSql query_sql(Work *w, const Asker *asker);
/* Everything behind WHERE but the cursor, over the table as r. */
MUST bool query_where(Work *w, const ListAsk *ask, Sql *out);
/* The columns of the form as SELECT … FROM form AS r, without WHERE. Returns their number. */
int query_select(Sql *q, const Form *f);

/* The statement that query_list runs for this (with `after`: its first part), to ask the database for
   its plan. */
MUST bool query_list_sql(Work *w, const ListAsk *ask, Sql *out);

/* One key of the order; the last one is always the id. */
typedef struct SortKey { Sql sql; bool down; } SortKey;
typedef struct Order { SortKey key[10]; int n; const char *text; } Order;
MUST bool query_order(Work *w, const ListAsk *ask, Order *out);

/* cursor.c: a place in a list, for its holder to bring back. E_SYNTAX when it is not ours, or
   of another list. */
char *cursor_write(Work *w, const Form *f, const Order *o, const Val *at);
MUST bool cursor_read(Work *w, const Form *f, const Order *o, const char *text, Val *at);
#endif
