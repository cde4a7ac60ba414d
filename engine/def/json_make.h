/*
 * json_make — pieces of a JSON Schema, and the shapes that tables name. For json_schema.c.
 */
#ifndef DEF_JSON_MAKE_H
#define DEF_JSON_MAKE_H
#include "def/json_schema.h"

typedef struct Maker { Arena *a; const FileKind *kind; Node *definitions; } Maker;

Node *make_type(Maker *m, const char *type);
Node *make_matching(Maker *m, const char *pattern);
Node *make_words(Maker *m, const char *const *word, int n);
Node *make_any(Maker *m, Node *x, Node *y);
/* Lets it be of another type too. */
Node *make_or(Maker *m, Node *n, const char *type);
Node *make_text(Maker *m);                     /* what node_text has */
Node *make_name(Maker *m);
Node *make_list(Maker *m, Node *item, bool filled);
Node *make_ref(Maker *m, const char *name);
Node *make_required(Maker *m, const char *key);
/* Adds to the list under the key. */
void make_into(Maker *m, Node *map, const char *key, Node *item);
/* With the help of the attribute. */
Node *make_described(Maker *m, Node *n, const Attr *attr);
/* An object with no other keys than it gets; one attribute of it; all of a table. */
Node *make_closed(Maker *m);
void make_attr(Maker *m, Node *object, const Attr *table, const Attr *attr);
Node *make_table(Maker *m, const Attr *table);
/* What the attribute holds. */
Node *make_kind(Maker *m, const Attr *attr);
/* A reference to a shape among the definitions, made when it is not there yet. */
Node *make_shared(Maker *m, const char *key, const Attr *attr);
#endif
