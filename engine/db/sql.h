/*
 * sql — SQL text and its values, kept together so that data is never spliced into text.
 *
 * sql_add takes a literal only ("" lit "" does not compile with a variable), names are
 * checked keys, everything else is bound as $n. $1…$n works in SQLite and PostgreSQL.
 */
#ifndef DB_SQL_H
#define DB_SQL_H
#include "base/val.h"

typedef enum Dialect { DIALECT_SQLITE, DIALECT_PG } Dialect;

typedef struct Sql {
    Str text;
    Val *val; int nval, cap;
    Dialect dialect;
    bool minor;               /* changes nothing that others may have kept (db_seldom) */
} Sql;

Sql sql_begin(Arena *a, Dialect dialect);
#define sql_add(q, lit) sql_add_n((q), "" lit "", sizeof(lit) - 1)
void sql_add_n(Sql *q, const char *literal, size_t n);
/* "key": checked to match [a-z_][a-z0-9_]*, at most 63 bytes (BUG_IF otherwise). */
void sql_name(Sql *q, const char *key);
/* "alias"."key"; alias NULL gives "key" alone. */
void sql_column(Sql *q, const char *alias, const char *key);
void sql_bind(Sql *q, Val v);                 /* appends $n and remembers the value */
void sql_int(Sql *q, int64_t i);              /* an integer of ours, as digits in the text */
/* " LIMIT n": PostgreSQL plans well by a number that it sees, SQLite finds the statement again
   when it does not stand there. */
void sql_limit(Sql *q, int64_t n);
/* Ends a SELECT inside a write that claims its rows: those that another node's write holds now are
   passed over. */
void sql_claim(Sql *q);
void sql_truth(Sql *q, bool v);               /* TRUE or FALSE; 1 or 0 on SQLite */
/* Splices a part and renumbers its $n. The part may have been built long before. */
void sql_join(Sql *q, const Sql *part);
bool sql_empty(const Sql *q);
const char *sql_text(const Sql *q);           /* "" when nothing was added */
/* For caches of statements: texts are long, and each statement of each request is looked up. */
uint64_t sql_hash(const char *text, size_t n);
/* The text with its values as literals of PostgreSQL, for what a database keeps: DDL takes no
   values. And a text as one, whatever stands in it. */
char *sql_kept(Arena *a, const Sql *q);
char *sql_quote(Arena *a, const char *text);
/* For `debug sql` and error details: the text with values written out. Never run this. */
char *sql_explain(Arena *a, const Sql *q);
#endif
