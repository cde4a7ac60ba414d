/*
 * type — types of expressions, and the names they are bound to.
 *
 * Expressions know no forms: a Names says what can be named in a record of one table, a Name
 * one of its fields. def's Form and Field carry them.
 */
#ifndef EXPR_TYPE_H
#define EXPR_TYPE_H
#include "base/cx.h"
#include "base/val.h"
#include "base/when.h"

typedef enum TypeKind {
    T_ANY,                    /* blank literal: fits everywhere */
    T_BOOL, T_NUMBER, T_TEXT, T_DATE, T_DATETIME, T_TIME, T_DURATION, T_RECORD, T_LIST
} TypeKind;

typedef struct Names Names;
typedef struct Type {
    TypeKind kind;
    TypeKind of;              /* T_LIST: of what */
    int decimals;             /* T_NUMBER of a field: its decimals; -1: computed (double) */
    const Names *form;        /* T_RECORD, T_LIST of records: which form */
} Type;

typedef enum NameKind {
    NAME_COLUMN,              /* a column of the table */
    NAME_LIST,                /* a side table `table`(record, value, position) */
    NAME_ROWS,                /* a subform: child table `table`(id, record, position, …) */
    NAME_PARTS,               /* several columns: `part`; by itself a text, its parts in a row */
    NAME_NONE,                /* holds nothing and cannot be read: a heading */
    NAME_STAGE                /* the stage column: text, and .status .name */
} NameKind;

typedef struct Name {
    const char *key;          /* as written in expressions */
    NameKind kind;
    Type type;
    const char *column;       /* NAME_COLUMN, NAME_STAGE: in the table */
    const char *table;        /* NAME_LIST, NAME_ROWS: the side or child table */
    const Names *target;      /* NAME_ROWS: names of the child rows; T_RECORD: the form linked to */
    int index;                /* position in a record's values; a part's is that of its whole */
    const struct Name *const *part; int npart;      /* NAME_PARTS */
    const struct Name *whole; int nth;   /* a part: of what, and which item of its value */
    bool quiet;               /* a part: not in the text of the whole */
    bool after;               /* written after the record: no stored formula can read it */
    bool folded;              /* a column key__key holds the folded key of the text */
    /* Literals compared with this field are normalised so first (phones, e-mails); or NULL. */
    const char *(*normal)(Arena *a, const struct Name *name, const char *text);
    const void *field;        /* def's Field */
} Name;

/* `version`: it has this status only for records of that version of the workflow, else of any for
   which no other entry says more. Those of a version stand before that of any. */
typedef struct StageName {
    const char *workflow, *stage, *status; int64_t version;
} StageName;

struct Names {
    const char *key, *table;  /* form and table name */
    const Name **name; int n;
    const Names *parent;      /* child rows: the form they belong to; `record` leads there */
    const StageName *stage; int nstage;
    bool binned;              /* the table has deleted_at; binned rows count nowhere */
    const char *const *title; int ntitle;  /* keys of the fields that make its title */
    const void *form;         /* def's Form */
    /* The title as a loaded text, once there is one (SQL needs it); NULL: the fields of
       `title` joined by " · ". */
    const struct Expr *titled;
};

const Name *names_find(const Names *n, const char *key);     /* NULL if absent; hashed or scanned */
const char *type_show(Arena *a, Type t);                     /* "number", "list of text" */
const char *type_said(Cx *cx, Type t);                       /* that in the reader's language */
/* The same of types in words: "number or date". */
const char *type_words(Cx *cx, const char *types);
/* Column value kind for values of this type as stored; db_typed takes it. */
ValKind type_val(Type t);
#endif
