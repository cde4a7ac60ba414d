/*
 * reminder — what a form's reminders do when their time comes.
 */
#ifndef DATA_REMINDER_H
#define DATA_REMINDER_H
#include "data/timer.h"

/* Fires a "reminder:FORM.KEY" timer; what is gone or no longer holds is dropped. */
MUST bool reminder_fire(Work *w, const Timer *t, int64_t late_s);
/* When an `every` reminder runs next, after `after`. */
int64_t reminder_next_run(const Work *w, const Reminder *rem, int64_t after);
/* When an `at` or `yearly` reminder is next due for the record, after now; WHEN_NEVER: not any more. */
MUST bool reminder_next_due(Work *w, const Reminder *rem, const Record *r, int64_t *at);
/* The payload of its timer, by which a change of its times is seen. */
const char *reminder_mark(Work *w, const Reminder *rem);
const char *reminder_rule(Work *w, const Form *f, const Reminder *rem);
/* A text in the language of that user: texts[i] belongs to label->lang[i]. */
MUST bool reminder_text(Work *w, const Label *label, Expr *const *texts, int ntext,
    const Record *r, int64_t user, const char **out);
MUST bool reader_language(Work *w, int64_t user, const char **lang);
/* A "remind:" timer of a rule: payload {"to": id or ids, "text": …, "via": […]}. */
MUST bool reminder_fire_said(Work *w, const Timer *t, int64_t late_s);
#endif
