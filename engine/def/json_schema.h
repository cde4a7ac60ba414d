/*
 * json_schema — the JSON Schema (draft-07) of a kind of file, from the tables of attributes.
 *
 * It accepts what the loader accepts, and refuses what can be known from one file alone: keys,
 * kinds, words, patterns. Names of fields, forms and stages, and expressions, only `tenon check`
 * can judge. What is "not available yet" is not in it.
 */
#ifndef DEF_JSON_SCHEMA_H
#define DEF_JSON_SCHEMA_H
#include "def/attr.h"

typedef struct FileKind {
    const char *name;          /* "form" */
    const char *files;         /* where they stand: "forms/NAME.yaml" */
    const char *help;
    const Attr *attrs;
    /* Of a shape `NAME_step` in it: maps that are of the first variant whose name is a key. */
    const AttrVariant *step; int nstep;        /* ends with {0} */
} FileKind;

/* The kinds that def loads: app, form, workflow, dashboard. */
int file_kinds(const FileKind **out);

/* The schema as a tree, in the arena. */
Node *json_schema(Arena *a, const FileKind *kind);
/* The reference of the keys of all these kinds as Markdown. */
void keys_markdown(Str *out, const FileKind *kind, int n);
#endif
