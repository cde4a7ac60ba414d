/*
 * app_file — app.yaml: what belongs to the app as a whole.
 */
#ifndef DEF_APP_FILE_H
#define DEF_APP_FILE_H
#include "def/app.h"

/* Everything but the menu. A NULL node leaves the defaults and the built-in roles. */
void app_file_load(Cx *cx, App *app, Node *n);
/* menu.c: after forms and dashboards. Without a menu: one section of all of them. */
void app_menu_load(Cx *cx, App *app);
/* Texts to sign with, one or several. */
void secrets_load(Cx *cx, const Node *n, const char ***out, int *nout);
#endif
