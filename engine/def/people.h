/*
 * people — who: the one grammar of `by`, `to`, `cc`, `assignee`, `else`.
 *
 * `owner` is the form's owner field; in `by` and `cc` any other bare name is a role first, in
 * `to` and `assignee` a user field first; role(x), this.x, department(x), expressions; a list
 * joins them. Departments, by a field or an expression too, stand for the people in them.
 */
#ifndef DEF_PEOPLE_H
#define DEF_PEOPLE_H
#include "def/field.h"

typedef enum WhoKind { WHO_ROLE, WHO_FIELD, WHO_DEPARTMENT, WHO_EXPR } WhoKind;
typedef struct Who {
    WhoKind kind;
    const struct Role *role; const Field *field; const char *department; Expr *expr;
} Who;
typedef struct People { Who *who; int n; const Node *at; } People;

/* roles_first: `by` and `cc`. Absent: n = 0. */
bool people_load(Cx *cx, App *app, Form *form, const Node *map, const char *key,
    bool roles_first, People *out);
#endif
