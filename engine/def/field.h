/*
 * field — one attribute of a form, and the table of field types.
 *
 * Everything the engine knows about a type is its FieldType entry in one file (type_*.c);
 * the table in field.c has one line for it. Attributes common to all types are read here.
 */
#ifndef DEF_FIELD_H
#define DEF_FIELD_H
#include "def/attr.h"
#include "def/label.h"
#include "expr/expr.h"

typedef struct App App;
typedef struct Form Form;
typedef struct Field Field;
typedef struct FieldType FieldType;

/* A literal or an expression (a text with {…} is an expression too). */
typedef struct Value { bool given; Val val; Expr *expr; const Node *at; } Value;
/* true, false or an expression. */
typedef struct Flag { bool on; Expr *expr; } Flag;
/* of: the values of Field.option_by with which it is offered; 0: always. */
typedef struct Option {
    const char *value; Label label; const char *color, *was; const char **of; int nof;
} Option;
/* An option that went: what stands for it now; NULL: nothing. */
typedef struct Removed { const char *value, *now; } Removed;
typedef enum OnDelete { ON_DELETE_RESTRICT, ON_DELETE_CLEAR, ON_DELETE_CASCADE } OnDelete;

struct Field {
    Name name;                 /* first: what expressions see; name.field points here */
    const char *key;
    const FieldType *type;
    Form *form;                /* whose field; for rows of a subform the child form */
    const Node *at;
    bool system;               /* id, version … stage_since: made by the engine, read-only */

    Label label, help, placeholder, message;   /* message: of check */
    Label text;                                /* heading, note */
    const char *run;                           /* button: an action by name, else steps */
    struct Step *step; int nstep;
    Value preset;              /* default: */
    Flag required, readonly, visible;          /* visible.on is true unless said otherwise */
    Expr *check;
    bool unique; Field *within;                /* unique: {within: field} */
    bool index, search;
    const char *mask, *was, *width;

    bool has_min, has_max; Val min, max;       /* by type: characters, number, date … */
    const char *pattern; void *regex;          /* PCRE2 code, compiled at load, JIT off */
    int decimals; const char *unit, *currency;
    Option *option; int noption;
    Field *option_by;                          /* within: the field that options hang on */
    /* options_from: texts of a field of live records; NULL: the options above. */
    Form *option_form; Field *option_field; Expr *option_filter;
    bool other;                                /* allow_other: values of one's own too */
    Removed *removed; int nremoved;
    Form *to;                                  /* link; user and department fields too */
    OnDelete on_delete; Expr *pick; Expr *among;
    const char **fill_to; Field **fill_from; int nfill;
    bool filled;                               /* the `fill` of a link brings its value */
    Field *via; Field *source;                 /* lookup: link, field. rollup: via in `from` */
    Form *from; Expr *do_, *where;             /* rollup */
    Expr *formula; const char *of;
    struct SerialPart *serial; int nserial; const char *reset;
    Field **part; int npart;                   /* STORE_PARTS: fields of their own */
    Field *whole;                              /* a part: of what; name.nth says which */
    const char **accept; int naccept; int64_t max_size;  /* files; 0: any size */
    Form *rows; int min_rows, max_rows;        /* subform: the child form; max 0: no bound */
    bool computed;                             /* lookup, rollup, formula, serial */
    /* What its values are: for computed fields another type than `type`. `like` has the
       attributes (decimals, options, to …) that show the value: lookups and rollups take
       their source's. Both are set for every field once the app is loaded. */
    const FieldType *value; const Field *like;
    int state;                                 /* while loading: 1 being resolved, 2 done */
    const struct Section *section;             /* where it stands in the layout; NULL: nowhere */
    bool broken;                               /* an issue was told: of any type */
};

typedef enum SerialKind {
    SERIAL_TEXT, SERIAL_YEAR, SERIAL_MONTH, SERIAL_DAY, SERIAL_FIELD, SERIAL_SEQ
} SerialKind;
typedef struct SerialPart {
    SerialKind kind; const char *text; Field *field; int width;
} SerialPart;

typedef enum Store {
    STORE_NONE, STORE_TEXT, STORE_NUMBER, STORE_BOOL, STORE_DATE, STORE_DATETIME,
    STORE_TIME, STORE_DURATION,   /* 09:30 as text; seconds */
    STORE_REF,                 /* foreign key */
    STORE_LIST,                /* side table FORM__FIELD(record, value, position) */
    STORE_PARTS,               /* a column FIELD__PART for each part */
    STORE_ROWS                 /* child table FORM__FIELD(id, record, position, …) */
} Store;

typedef Attr FieldAttr;        /* example and all: see attr.h */

/* How a value is shown to a person. `title` gives the title of a linked record, or is NULL. */
typedef struct Show {
    const char *lang; const Zone *zone; const char *currency;
    const char *(*title)(void *ctx, const Field *f, int64_t id); void *ctx;
} Show;

/* A part of a field of several columns: a field of a plain type. Its value is an item of the
   whole's list, in the order of the table. */
typedef struct FieldPart {
    const char *key; const FieldType *type; const char *en, *zh;
    int decimals, most;        /* most: characters; of numbers the greatest value, least -most */
    bool quiet;                /* not in the line of text that shows the whole */
} FieldPart;

struct FieldType {
    const char *name, *help;
    const char *label;         /* as people read it */
    Store store;
    TypeKind type, of;         /* of: T_LIST of what */
    const FieldPart *part;     /* STORE_PARTS, ends with {0} */
    bool computed;
    bool internal;             /* of system fields only: not to be written in YAML */
    bool not_in_rows;          /* a subform cannot hold it */
    const char *const *only;   /* the only common attributes it takes, NULL at the end; NULL: all */
    bool picture;              /* its values may be pictures: a gallery shows them */
    const FieldAttr *attr;     /* its own attributes, ends with {0} */
    /* Own attributes from YAML; issues. Cross references are bound later by bind. */
    bool (*load)(Cx *cx, Field *f, const Node *n);
    /* All forms are known: resolve those it names, so that its type is known. May be NULL. */
    bool (*link)(Cx *cx, App *app, Field *f, const Node *n);
    /* All types are known: compile own expressions. May be NULL. */
    bool (*bind)(Cx *cx, App *app, Field *f, const Node *n);
    /* A value from outside (JSON scalar, form post text, YAML) → Val; an issue on the field
       when it is no such value. Blank input gives blank. Links take ids and {"id": n}; logins and
       {"by": …} are resolved before by data/record. */
    bool (*read)(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out);
    /* Bounds: min, max, pattern, options. Issues on the field. */
    void (*check)(Cx *cx, const Field *f, Val v);
    /* Text for people; HTML and CSV writers escape it. */
    void (*show)(const Field *f, Val v, const Show *as, Str *out);
    void (*json)(const Field *f, Val v, Json *out);
    const char *control;       /* template in web/fields/, NULL: its name */
    const char *align;         /* "end" for numbers, else NULL */
};

const FieldType *field_type_find(const char *name);
int field_type_list(const FieldType *const **out);
const FieldAttr *field_common_attrs(void);
/* Does the common attribute make sense for the type? */
bool field_type_takes(const FieldType *type, const char *key);

/* Loads one field (attributes without cross references). After issues it is `broken`: of any
   type, so that what names it is not told to be wrong too. */
Field *field_load(Cx *cx, Form *form, const char *key, const Node *n);
/* Attributes that need other fields and forms; expressions. */
bool field_bind(Cx *cx, App *app, Field *f);

/* Convenience over the type table. A computed field shows and writes as its value's type. */
bool field_read(Cx *cx, const Field *f, const Node *in, const Zone *zone, Val *out);
void field_check(Cx *cx, const Field *f, Val v);
const char *field_show(Arena *a, const Field *f, Val v, const Show *as);
void field_json(const Field *f, Val v, Json *out);
const char *field_label(const Field *f, const char *lang);
const char *field_mask(Arena *a, const Field *f, const char *shown);   /* ****1234 */
const Option *field_option(const Field *f, const char *value);
/* Does the option go with that value (or list of values) of the field it hangs on? */
bool option_fits(const Option *o, Val by);
/* The normal form text is stored and compared in: phones E.164, e-mails, urls; NULL: as is. */
const char *field_normal(Arena *a, const Field *f, const char *text);
ValKind field_val(const Field *f);             /* kind of its stored scalar, for db_typed */
/* Does it hold nothing: a heading, a note, a button? */
bool field_is_bare(const Field *f);
int field_scale(const Field *f);
Store field_store(const Field *f);             /* of its values: computed ones are stored too */
/* The forms it names and its type (value, like, to, name.type); of lookups and rollups their
   sources first. An issue when they go in a ring. Before any field_bind. */
bool field_link(Cx *cx, App *app, Field *f);
/* name.type, name.kind, table and target from what the field is. */
void field_set_type(Field *f);
/* Is its value a file or a list of them? Lookups of files, too. */
bool field_of_files(const Field *f);
/* Does the field take content of that type? */
bool file_accepts(const Field *f, const char *type);
/* What it accepts as HTML writes it: ".pdf,image/png"; NULL: anything. */
const char *file_accept(Arena *a, const Field *f);
/* The reference of all types and attributes as Markdown, from the table. */
void fields_markdown(Str *out);
#endif
