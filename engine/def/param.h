/*
 * param — a value that is asked for, or brought along, before something runs: by the form of a button or
 * of an action, by a web call that comes in.
 *
 * Plugins declare theirs in Lua (rule/actions), automations by `given`; their expressions read it
 * as given.NAME.
 */
#ifndef DEF_PARAM_H
#define DEF_PARAM_H
#include "def/app.h"

typedef struct Param {
    const char *key; Label label; const char *type;            /* one of param_types */
    const char **option; int noption; bool required;
    const char *from;          /* where it stands in the body of a call: "contact.phone"; NULL: key */
} Param;

/* text number boolean date datetime choice user department role form */
int param_types(const char *const **out);
/* What expressions make of it. user, department: a record of that form; role, form: a text. */
Type param_type(const App *app, const Param *p);
/* `given` of an automation. Absent: none, true. */
bool params_load(Cx *cx, const Node *n, Param **out, int *count);
#endif
