/*
 * history_name — entries of the past under today's names.
 *
 * History is sealed, so it keeps the names of its time; which name was whose until which entry
 * stands in _name.
 */
#ifndef DATA_HISTORY_NAME_H
#define DATA_HISTORY_NAME_H
#include "data/work.h"

typedef struct OldName { const char *was, *now; int64_t upto; } OldName;   /* now NULL: retired */
typedef struct OldNames { OldName *item; int n, cap; } OldNames;

/* Of the form's fields. */
MUST bool history_names(Work *w, const Form *f, OldNames *out);
/* Of the form itself. */
MUST bool history_form_names(Work *w, const Form *f, OldNames *out);
/* What the entry's name is today; NULL: it is retired. */
const char *history_name(const OldNames *names, const char *name, int64_t entry);
/* What the form was called at that entry. */
const char *history_form_name(const OldNames *names, const Form *f, int64_t entry);
#endif
