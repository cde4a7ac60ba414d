/*
 * ref — names in definitions: what a name may look like, and references to what exists.
 *
 * Every function tells an issue at the node, with the name that was probably meant, and then
 * returns NULL or false.
 */
#ifndef DEF_REF_H
#define DEF_REF_H
#include "def/app.h"

/* [a-z][a-z0-9_]*, no __, not reserved, at most `max` bytes. The place is the node's key when
   it has one. */
bool ref_name(Cx *cx, const Node *at, const char *name, int max);
bool ref_name_at(Cx *cx, Place place, const char *name, int max);
/* Names that nothing may have, beside those that begin with sqlite_ or end in _v. */
int ref_reserved(const char *const **out);
/* An issue `fmt` (one %s: the word) or, when a word of the list is near, `near` (two %s). */
bool ref_unknown(Cx *cx, Place at, const char *code, const char *fmt, const char *near,
    const char *word, const char *const *list, int n);

Field *ref_field(Cx *cx, const Form *form, const Node *n);
Field *ref_field_name(Cx *cx, const Form *form, Place at, const char *key);
Form *ref_form(Cx *cx, const App *app, const Node *n);
Role *ref_role(Cx *cx, const App *app, Place at, const char *key);
const Calendar *ref_calendar(Cx *cx, const App *app, const Node *n);
/* `inbox` or a channel of the app. */
bool ref_channel(Cx *cx, const App *app, const Node *n);
/* A list of them, or one. Absent: none, true. */
bool ref_channels(Cx *cx, const App *app, const Node *list, const char *const **out, int *n);
/* A list of field names, or one name. Twice the same is an issue. Absent: none, true. */
bool ref_fields(Cx *cx, const Form *form, const Node *list, Field ***out, int *n);
/* The index of the text in the words; absent gives `otherwise`; -1 after an issue. */
int ref_word(Cx *cx, const Node *map, const char *key, const char *const *words, int n,
    int otherwise);
/* Every item of a list, or the scalar itself as the only one; an issue when it is no text. */
bool ref_texts(Cx *cx, const Node *n, const Node ***out, int *count);
/* A duration such as 2d; absent leaves blank. */
bool ref_duration(Cx *cx, const Node *map, const char *key, Val *out);
/* Its `time_zone`; absent leaves *out. */
bool ref_zone(Cx *cx, const Node *map, const Zone **out);
/* The node is a map; absent is false without an issue. */
bool ref_map(Cx *cx, const Node *n);
bool ref_list(Cx *cx, const Node *n);
#endif
