/*
 * functions — the table of all functions: the master copy for binder, back ends and docs.
 */
#ifndef EXPR_FUNCTIONS_H
#define EXPR_FUNCTIONS_H
#include "expr/expr.h"

typedef struct Function {
    const char *name;         /* lower case */
    const char *alias;        /* "CONCATENATE" or NULL; several separated by a blank */
    const char *group;        /* logic text number date people record other */
    const char *args;         /* "text, number?" as shown in help; grammar in functions.c */
    const char *result;       /* "text" */
    const char *example, *gives;   /* one example that is a test */
    const char *help;         /* one line; i18n key */
} Function;
int function_list(const Function **out);
const Function *function_find(const char *name);       /* any case, aliases too */
/* The reference table of docs/expressions.md, grouped. */
void functions_markdown(Str *out);
#endif
