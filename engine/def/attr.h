/*
 * attr — one key of a map in a definition: what it holds, and what its writer reads about it.
 *
 * Tables of these are the master copy: the loader refuses keys that are not there, `tenon schema`
 * makes the JSON Schemas and docs/ the reference of them. An example is a test: it loads.
 */
#ifndef DEF_ATTR_H
#define DEF_ATTR_H
#include "base/node.h"

typedef enum AttrKind {
    ATTR_TEXT, ATTR_LABEL, ATTR_INT, ATTR_NUMBER, ATTR_BOOL, ATTR_EXPR, ATTR_VALUE,
    ATTR_FIELD, ATTR_FORM, ATTR_CHOICE, ATTR_OPTIONS, ATTR_MAP, ATTR_LATER,
    ATTR_FLAG,                 /* true, false or an expression */
    ATTR_SWITCH,               /* true, false or a map with the keys `of` */
    ATTR_TEXTS, ATTR_FIELDS, ATTR_EXPRS,       /* a list, or one alone */
    ATTR_LOCK,                 /* true, false or fields */
    ATTR_PEOPLE, ATTR_DURATION,
    ATTR_STEPS,                /* steps as a list, one alone, or the name of an action */
    ATTR_NAME,                 /* what it is called: a new name */
    ATTR_SETS,                 /* a list of lists of fields */
    ATTR_LIST,                 /* a list of maps with the keys `of`, or of shapes */
    ATTR_EACH,                 /* a map by name of such maps, or of shapes */
    ATTR_SHAPE                 /* a shape itself */
} AttrKind;

enum {
    ATTR_NEEDED = 1,           /* must be there; one that has a `with`: beside that */
    ATTR_NUMBERED = 2,         /* INT: least and most hold; TEXT: or such a number */
    ATTR_ONE = 4,              /* of those so marked exactly one must be there */
    ATTR_FILLED = 8,           /* must not be empty */
    ATTR_REFS = 16,            /* EACH: its keys name what stands elsewhere */
    ATTR_GROUPED = 32,         /* OPTIONS: or a map of such lists */
    ATTR_SAID = 64,            /* of workflows: only what people read; its version goes on */
    ATTR_ALONE = 1024          /* LIST: or one such map alone */
};

typedef struct Attr Attr;
struct Attr {
    const char *key; AttrKind kind; const char *help, *example;
    const Attr *of;            /* keys of the maps it holds, ends with {0} */
    const char *shape;         /* or what they are, see schema.h: "field", "step" … */
    const char *const *words; int nword;       /* CHOICE: what it may be */
    const char *pattern;       /* TEXT, TEXTS: a regular expression it must match */
    const char *keys;          /* EACH: one for its keys; NULL: names */
    int64_t least, most;
    const char *with;          /* another key that must stand beside it */
    const char *unless;        /* NEEDED: only without this other key */
    const char *label;         /* as people read the key, where its words do not say it */
    int flags;
};
#define ATTR_WORDS(list) .words = list, .nword = LEN(list)

/* Reports every key of the map that is not in the table, or stands without its `with`. */
void attr_check_keys(Cx *cx, const Node *map, const Attr *table);

/* Maps whose keys depend on one of them: a field by `type`, a view by `type`. */
typedef struct AttrVariant { const char *name, *help; const Attr *attr; const char *label; } AttrVariant;
typedef struct AttrVariants {
    const char *shape, *by;    /* "view"; the key that says which one it is */
    const AttrVariant *of;     /* ends with {0} */
    bool preset;               /* without that key it is the first one */
} AttrVariants;
/* Those of a shape, or NULL. */
const AttrVariants *attr_variants(const char *shape);
/* The one that a map is, or NULL. */
const AttrVariant *attr_variant_of(const AttrVariants *v, const Node *map);

/* The keys of whole files, and of what stands in them by name. */
extern const Attr app_attrs[], form_attrs[], workflow_attrs[], wait_attrs[];
extern const Attr section_attrs[], check_attrs[], duplicate_attrs[], grant_attrs[], right_attrs[],
    reminder_attrs[], automation_attrs[], param_attrs[], assign_attrs[], pool_attrs[], option_attrs[], options_from_attrs[], unique_attrs[],
    stage_attrs[], transition_attrs[], approve_attrs[], step_attrs[],
    role_attrs[], menu_attrs[], calendar_attrs[], channel_attrs[], webhook_attrs[],
    sign_in_attrs[], limit_attrs[], dashboard_attrs[];
extern const AttrVariant view_variants[], filter_variants[], card_variants[];
#endif
