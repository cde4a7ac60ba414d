/*
 * press — what one sets going on a record with a button: an action that a plugin declares for
 * the form, a button field of the form, which runs such an action or steps of its own, or an
 * automation with the event `button`. An action that a button runs has no second button.
 */
#ifndef DATA_PRESS_H
#define DATA_PRESS_H
#include "data/record.h"
#include "rule/hooks.h"

typedef struct Press {
    const char *name; const Label *label;
    const Action *action;      /* NULL: the button's steps */
    const Param *param; int nparam;            /* what is asked for first */
    const Field *button;       /* NULL: the action's own button */
    const struct Automation *automation;       /* or one with the event `button` */
} Press;

/* Of the form, buttons first; the list lives in the arena of w. */
int press_list(Work *w, const Form *f, Press **out);
bool press_find(Work *w, const Form *f, const char *name, Press *out);
/* Is it there on this record, for this person: its `visible` holds, the button is not hidden?
   That it is theirs is asked apart. False too with w->cx.err. */
bool press_offered(Work *w, const Press *p, const Record *r);
/* May this person press it on the record: those of its `by`, else who may change the record. */
bool press_mine(Work *w, const Press *p, const Record *r);
/* May this person press it on one of these at least? What its condition asks of other records is
   left open: one that is shown may still be refused. */
bool press_offered_to_any(Work *w, const Press *p, Record *const *r, int n);
/* Do the values fit what is asked? E_INPUT with issues on their names. params: of the program's
   types, as in a call of the API. */
MUST bool press_fits(Work *w, const Press *p, const Node *params);
/* "… is possible only where …": why it is not offered, in the reader's language. */
const char *press_why(Work *w, const Press *p);
/* Runs it as the app, within a write. */
MUST bool press_run(Work *w, const Press *p, Record *r, const Node *params);
/* The condition, for where its issue stands; NULL: none. */
const Expr *press_visible(const Press *p);
#endif
