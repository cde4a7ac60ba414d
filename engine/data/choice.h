/*
 * choice — which records a link, user or department field may choose: live, readable, active
 * and as `pick` or `among` says; `this.` there is the record being edited.
 */
#ifndef DATA_CHOICE_H
#define DATA_CHOICE_H
#include "data/record.h"

typedef struct Choice { int64_t id; const char *title; } Choice;
/* At most `limit`, in order of title; *more: there are others. `r` may be a new record, or
   NULL when nothing is known of it. q: text in the title or a searchable field (NULL: any). */
MUST bool choice_list(Work *w, const Field *f, const Record *r, const char *q, int limit,
    Choice **out, int *n, bool *more);
/* What was typed as a pattern for LIKE … ESCAPE '\\'. */
const char *choice_pattern(Arena *a, const char *text);
#endif
