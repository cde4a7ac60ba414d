/*
 * layout — the sections of a form's page.
 */
#ifndef DEF_LAYOUT_H
#define DEF_LAYOUT_H
#include "def/form.h"

/* Without a layout: all fields in one section, each subform in one of its own. */
bool layout_load(Cx *cx, App *app, Form *f, const Node *list);
#endif
