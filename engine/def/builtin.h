/*
 * builtin — the forms every app has: user and department, as YAML text.
 */
#ifndef DEF_BUILTIN_H
#define DEF_BUILTIN_H
#include "def/app.h"

/* After roles and languages are loaded. */
void builtin_forms_load(Cx *cx, App *app);
#endif
