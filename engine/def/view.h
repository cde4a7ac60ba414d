/*
 * view — saved ways to look at the records of a form.
 */
#ifndef DEF_VIEW_H
#define DEF_VIEW_H
#include "def/form.h"

/* A key of a view, for which types, what it holds. The last one has no key. */
typedef struct ViewAttr {
    const char *key; AttrKind kind; unsigned types;      /* bits: VIEW_BIT(type) */
    const char *help, *example;
} ViewAttr;
#define VIEW_BIT(type) (1u << (type))
extern const char *const view_type_name[VIEW_TYPES];     /* "table" … */
const ViewAttr *view_attrs(void);
/* The table of keys as Markdown. */
void views_markdown(Str *out);

/* Without views: one table `all` of the first fields. */
bool views_load(Cx *cx, App *app, Form *f, const Node *map);
/* The keys of a kind of attribute in words: "expression". */
const char *attr_kind_name(AttrKind kind);
#endif
