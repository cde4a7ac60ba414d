/*
 * convert_in — the parts of converting: one value (convert_value.c), all of them (convert.c).
 */
#ifndef DATA_CONVERT_IN_H
#define DATA_CONVERT_IN_H
#include "data/convert.h"

/* A kind taken apart. */
typedef struct Kind {
    char family[16];          /* number integer real boolean date datetime link text … */
    int scale;
    const char *to;           /* link: its table */
    bool list;                /* several of them */
    ValKind val;              /* as the database stores one */
} Kind;
typedef enum Fit { FIT_EXACT, FIT_NEAR, FIT_NONE } Fit;

Kind kind_parse(const char *kind);
/* The kind a field's values have, as far as converting asks. */
Kind kind_of_field(const Field *f);
bool kind_sensible(const Kind *from, const Kind *to);
/* All values of a field, a page of records at a time. */
#define WALK_PAGE 500
typedef struct Walk {
    Work w;
    Convert *c;
    Kind kind;
    const char *table, *column;
    int64_t version;          /* 0: only counting */
    bool unfit;               /* ask the field's bounds instead */
    Arena *keep;              /* for the sample */
} Walk;
typedef struct Old { int64_t id; Val v; } Old;
/* The records after that one that have a value; at most WALK_PAGE. */
MUST bool walk_page(Walk *k, int64_t after, Old *old, int *n);
/* The field's value of that record, with its companions. */
MUST bool walk_put(Walk *k, int64_t id, Val v);
/* convert_back.c */
MUST bool walk_restore(Walk *k);

/* A value as a person would write it; lists as a JSON array. NULL of a blank one. */
const char *kind_text(Work *w, const Kind *k, Val v);
/* False only when the database fails. *fit FIT_NONE: *out is blank, or
   false where the field is never blank. */
MUST bool value_convert(Work *w, const Kind *from, const Field *to, Val in, Val *out, Fit *fit);
/* The same from kind_text. */
MUST bool value_read(Work *w, const Field *to, const char *text, Val *out, Fit *fit);
#endif
