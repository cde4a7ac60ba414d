/*
 * view — saved ways to look at the records of a form. Their keys by type: view_variants, in
 * attr.h.
 */
#ifndef DEF_VIEW_H
#define DEF_VIEW_H
#include "def/form.h"

/* Without views: one table `all` of the first fields. */
/* Fields in order of weight, - before one is downwards. */
void sort_load(Cx *cx, const Form *f, const Node *n, Sort **sort, int *nsort);
bool views_load(Cx *cx, App *app, Form *f, const Node *map);
#endif
