/*
 * field — one attribute of a form, and the table of field types.
 *
 * Everything the engine knows about a type is its FieldType entry in one file (type_*.c);
 * the table in field.c has one line for it. Attributes common to all types are read here.
 */
#ifndef DEF_FIELD_H
#define DEF_FIELD_H
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
typedef struct Option { const char *value; Label label; const char *color; } Option;
typedef enum OnDelete { ON_DELETE_RESTRICT, ON_DELETE_CLEAR, ON_DELETE_CASCADE } OnDelete;

struct Field {
    Name name;                 /* first: what expressions see; name.field points here */
    const char *key;
    const FieldType *type;
    Form *form;                /* whose field; for rows of a subform the child form */
    const Node *at;
    bool system;               /* id, version … stage_since: made by the engine, read-only */

    Label label, help, placeholder, message;   /* message: of check */
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
    Form *to;                                  /* link; user and department fields too */
    OnDelete on_delete; Expr *pick; Expr *among;
    const char **fill_to; Field **fill_from; int nfill;
    Field *via; Field *source;                 /* lookup: link, field. rollup: via in `from` */
    Form *from; Expr *do_, *where;             /* rollup */
    Expr *formula; const char *of;
    struct SerialPart *serial; int nserial; const char *reset;
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
    STORE_REF,                 /* foreign key */
    STORE_LIST,                /* side table FORM__FIELD(record, value, position) */
    STORE_ROWS                 /* child table FORM__FIELD(id, record, position, …) */
} Store;

typedef enum AttrKind {
    ATTR_TEXT, ATTR_LABEL, ATTR_INT, ATTR_NUMBER, ATTR_BOOL, ATTR_EXPR, ATTR_VALUE,
    ATTR_FIELD, ATTR_FORM, ATTR_CHOICE, ATTR_OPTIONS, ATTR_MAP, ATTR_LATER
} AttrKind;
typedef struct FieldAttr {
    const char *key; AttrKind kind; const char *help, *example;
} FieldAttr;

/* How a value is shown to a person. `title` gives the title of a linked record, or is NULL. */
typedef struct Show {
    const char *lang; const Zone *zone; const char *currency;
    const char *(*title)(void *ctx, const Field *f, int64_t id); void *ctx;
} Show;

struct FieldType {
    const char *name, *help;
    Store store;
    TypeKind type, of;         /* of: T_LIST of what */
    bool computed;
    bool internal;             /* of system fields only: not to be written in YAML */
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
/* The normal form text is stored and compared in: phones E.164, e-mails, urls; NULL: as is. */
const char *field_normal(Arena *a, const Field *f, const char *text);
ValKind field_val(const Field *f);             /* kind of its stored scalar, for db_typed */
int field_scale(const Field *f);
Store field_store(const Field *f);             /* of its values: computed ones are stored too */
/* The forms it names and its type (value, like, to, name.type); of lookups and rollups their
   sources first. An issue when they go in a ring. Before any field_bind. */
bool field_link(Cx *cx, App *app, Field *f);
/* name.type, name.kind, table and target from what the field is. */
void field_set_type(Field *f);
/* The reference of all types and attributes as Markdown, from the table. */
void fields_markdown(Str *out);
#endif
