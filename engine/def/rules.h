/*
 * rules — what must hold in a form beside its fields' own: unique, checks, duplicates.
 */
#ifndef DEF_RULES_H
#define DEF_RULES_H
#include "def/form.h"

bool form_rules_load(Cx *cx, App *app, Form *f, const Node *n);
#endif
