/*
 * value — attributes that hold an expression: flags, values, texts with {…} by language.
 */
#ifndef DEF_VALUE_H
#define DEF_VALUE_H
#include "def/ref.h"

/* An *expr* key of a map, of the type wanted. Absent: true, *out stays NULL. */
bool expr_attr(Cx *cx, const Node *map, const char *key, ExprWhere where, TypeKind want,
    Expr **out);
bool expr_node(Cx *cx, const Node *n, ExprWhere where, TypeKind want, Expr **out);
/* true, false or an expression. Absent: *out stays. */
bool flag_load(Cx *cx, const Node *map, const char *key, ExprWhere where, Flag *out);
/* A *value* for that field: a literal it can read, or =expr. `text`: a literal for a text
   field may hold {…}. */
bool value_load(Cx *cx, const Field *f, const Node *n, ExprWhere where, bool text, Value *out);
/* A label whose texts hold {…}: texts[i] belongs to label->lang[i]. */
bool texts_load(Cx *cx, const Node *n, ExprWhere where, Label *label, Expr ***texts,
    int *count);
#endif
