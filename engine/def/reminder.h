/*
 * reminder — a message at a time computed from a record.
 */
#ifndef DEF_REMINDER_H
#define DEF_REMINDER_H
#include "def/people.h"

typedef struct Reminder {
    const char *key; const Node *at_node;
    Expr **at; int nat;        /* due times */
    Val every;                 /* duration; blank: none */
    int on;                    /* with `every`: its days of the week, bit 0 Monday; 0: any */
    Expr *yearly;              /* a date field or expression */
    int64_t time;              /* seconds of the day; -1: 09:00 for dates */
    Expr *if_;
    People to;
    Label label_text; Expr **texts; int ntext;
    const char *const *via; int nvia;                /* none: inbox */
    Val once_per;              /* duration */
    const Calendar *quiet;
} Reminder;

bool reminders_load(Cx *cx, App *app, Form *f, const Node *n);
#endif
