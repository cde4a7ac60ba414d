/*
 * pgx — the functions of the language inside PostgreSQL, and how a call becomes SQL there.
 *
 * There is no C in the server: what SQL has no word for is a function written in SQL or
 * PL/pgSQL (pgx_*.sql; the tables of letters by pgx_letters.c). They depend on no setting of the
 * session and no collation of the database, whose encoding must be UTF8.
 */
#ifndef EXPR_PGX_H
#define EXPR_PGX_H
#include "expr/emit.h"

/* x_trim, x_lower, x_upper and tn_fold: what str_trim, utf8_lower, utf8_upper and str_fold do,
   by tables of letters made from the same library. */
void pgx_letters(Str *out);
/* A call of a function of the language. */
bool pgx_call(Emit *e, const Term *t);
/* How a function becomes SQL; NULL: not at all. For the test that none is missing. */
const char *pgx_form(const char *fn);

/* The term in the form of its type: numeric or double precision, text, date, an array …; a
   duration that is no column's as its text. Or in the form of another type. */
bool pgx_term(Emit *e, const Term *t);
bool pgx_term_as(Emit *e, const Term *t, Type as);
bool pgx_array(Emit *e, const Term *t);                 /* a list as written */
void pgx_constant(Emit *e, Val v, Type t);
void pgx_zone(Emit *e);
void pgx_work_zone(Emit *e);                            /* the calendar's */
/* As text, blank where it is; a list in one line, or as an array of texts. */
bool pgx_shown(Emit *e, const Term *t);
bool pgx_shown_list(Emit *e, const Term *t);
/* A list as the text that list_unpack reads. */
bool pgx_packed(Emit *e, const Term *t);
/* What orders as it should: a duration as its seconds. */
bool pgx_key(Emit *e, const Term *t);
bool pgx_compare(Emit *e, const Term *x, const Term *y, const char *op);
bool pgx_in(Emit *e, const Term *item, const Term *list);
bool pgx_where(Emit *e, const Term *list, const Term *op, const Term *value);
/* + - * /, bare where no result can leave the range of doubles, for the server would raise. */
bool pgx_arithmetic(Emit *e, const Term *t);
bool pgx_total(Emit *e, const Term *t);                 /* of values and lists */
bool pgx_total_rows(Emit *e, const Term *t, const Term *x);    /* of durations over rows */
bool pgx_sum_product(Emit *e, const Term *t);
bool pgx_regex(Emit *e, const Term *t);
/* A pattern of PCRE in the server's language; NULL: it cannot be, from *stuck on. */
const char *pgx_pattern(Arena *a, const char *pattern, const char **stuck);
/* The whole text that expr_pg_install runs. */
const char *pgx_functions(Arena *a);
#endif
