/*
 * rewrite — a field, form or role that was renamed keeps its meaning wherever it is named.
 *
 * While an app loads, a name that no field of the form has, but that is the `was:` of exactly
 * one, means that field, and the place is noted; so with forms and roles. A name that exists is taken as it stands, so
 * fields that swap their names are named anew by hand. rewrite_app makes the texts that say the
 * new names; only the naming words in them change.
 */
#ifndef DEF_REWRITE_H
#define DEF_REWRITE_H
#include "def/app.h"

/* The field that was named so, or NULL. */
Field *rewrite_find(const Form *form, const char *key);
/* The same, noted at a reference: a scalar that holds nothing but names. */
Field *rewrite_at(Cx *cx, const Form *form, Place at, const char *key);
/* The same for the workflow that begins a scalar `FLOW.STAGE`. */
Workflow *rewrite_flow_at(Cx *cx, const App *app, Place at, const char *key);
/* The same for an expression: the name stands at byte `pos` of `text`, a piece of the scalar's
   text. For ExprWhere.renamed. */
const Name *rewrite_name(Cx *cx, const Names *form, const char *key, const Node *at,
    const char *text, int pos);

/* The same for forms. */
Form *rewrite_form_at(Cx *cx, const App *app, Place at, const char *key);
const Names *rewrite_form_name(Cx *cx, void *app, const char *key, const Node *at,
    const char *text, int pos);

/* The same for roles. */
Role *rewrite_role_at(Cx *cx, const App *app, Place at, const char *key);
const char *rewrite_role_name(Cx *cx, void *app, const char *key, const Node *at,
    const char *text, int pos);

/* The app with all places rewritten: itself (taken) when there is nothing to do. NULL after
   issues: a place cannot be rewritten exactly, or the new texts do not load. */
App *rewrite_app(Cx *cx, App *app);
/* What differs between the texts of an app and of its rewritten one, as a unified diff. */
char *rewrite_diff(Arena *a, const App *from, const App *to);
/* The renames that are new to `before`, the app as it was published (or NULL), and those that
   were rewritten: lines of plugins that mention an old name as a word, as
   [{file, line, name, text}]. Rules are not changed. */
Node *rewrite_lua(Arena *a, const App *app, const App *before);
/* The lines of plugins that mention one of the words. */
Node *rewrite_mentions(Arena *a, const Source *source, int n, const char **word, int nword);
/* Writes the changed files into the app's folder. A file that is no longer what was loaded
   stays. */
MUST bool rewrite_write(Cx *cx, const App *from, const App *to);
#endif
