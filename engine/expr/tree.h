/*
 * tree — what the files of this layer share: the parsed tree, the bound tree, the function table.
 *
 *     text --lex, parse--> Part (names as written) --bind--> Term (typed, names resolved)
 *
 * Operators are calls of functions too ("+", "=", …), so each back end knows only how to run a
 * call. A function's C implementation serves eval and, registered with SQLite as x_NAME, SQL.
 */
#ifndef EXPR_TREE_H
#define EXPR_TREE_H
#include "expr/expr.h"
#include "expr/functions.h"

#define EXPR_MAX_TERMS 500
#define EXPR_MAX_DEPTH 50

/* ---- parsed ---- */
typedef enum PartKind { PART_VALUE, PART_LIST, PART_PATH, PART_NAME, PART_CALL, PART_PARAM } PartKind;
typedef struct Part Part;
struct Part {
    PartKind kind;
    int pos;                  /* byte offset in the text */
    const char *name;         /* CALL: function or operator; NAME: step of a path; PARAM */
    Val value;
    Part **arg; int n, cap;   /* operands, items, or steps */
    bool called;              /* CALL: written as name(…), so it can be no operator */
};

/* Where issues of one expression stand. */
typedef struct Source {
    Cx *cx;
    const Node *at;           /* or NULL */
    const char *text;         /* the whole text */
    bool failed;
    bool quiet;               /* count a failure, tell nobody */
} Source;
/* Reports once per expression; returns NULL for the callers' convenience. */
void *source_issue(Source *s, int pos, const char *code, const char *fmt, ...) PRINTF(4, 5);
/* From text[pos]; NULL after an issue. The whole rest must be an expression. */
Part *parse_part(Source *s, int pos, int end);

/* ---- bound ---- */
typedef enum TermKind {
    TERM_VALUE,               /* value */
    TERM_FIELD,               /* field `name` of the row `root` */
    TERM_GET,                 /* field `name` of the record arg[0] */
    TERM_EACH,                /* arg[1] for each row of arg[0]; there ROOT_HERE is the row */
    TERM_LIST,                /* arg[0..n) */
    TERM_CALL,                /* fn(arg…) */
    TERM_PARAM,               /* value given at run time */
    TERM_GROUP,               /* aggregate fn over the rows of the query: arg[0] or none */
    TERM_OTHER                /* fn over rows of `form` where arg[0]; arg[1]: of what */
} TermKind;
typedef enum Root { ROOT_HERE, ROOT_THIS, ROOT_OLD } Root;
typedef enum StagePart { STAGE_NAME, STAGE_STATUS } StagePart;

typedef struct Func Func;
typedef struct Term Term;
struct Term {
    TermKind kind;
    Type type;
    int pos;
    Val value;
    Root root;
    const Names *form;        /* whose field it is; OTHER: whose rows */
    const Name *name;
    StagePart part;
    const Func *fn;
    const char *param;
    Term **arg; int n, cap;
    bool literal;             /* VALUE as written: text may become a date beside one */
    bool here, self, old;     /* reads such a row, itself or below (not inside EACH, OTHER) */
    bool asks;                /* needs the database: OTHER, user(), role(), title() */
};

struct Expr {
    const char *text;
    Term *root;
    ExprUse use;
    const Names *here, *self;
    int flags;
    ExprRead *read; int nread, read_cap;
};

/* ---- functions ---- */
/* What an implementation may ask for besides its arguments. */
typedef struct Call {
    Arena *a;
    const Zone *zone;
    const Calendar *calendar;
    int64_t now;
    Type type;                /* of the result */
} Call;
typedef Val (*FuncRun)(Call *c, const Val *arg, int n);

typedef struct Binder Binder;
typedef Term *(*FuncBind)(Binder *b, const Part *p, const Func *f);

enum {
    FN_OP = 1,                /* an operator or helper: not in the reference */
    FN_PLACE = 2,             /* needs zone, calendar or now */
    FN_NOW = 4, FN_ME = 8, FN_OTHER = 16, FN_REGEX = 32,
    FN_SELF_TYPED = 64        /* result of the first argument's type */
};
struct Func {
    Function doc;
    FuncRun run;              /* NULL: eval and sql know it */
    FuncBind bind;            /* NULL: by doc.args */
    int flags;
};
extern const Func fn_ops[], fn_logic[], fn_text[], fn_number[], fn_date[], fn_people[], fn_record[];
extern const int fn_ops_n, fn_logic_n, fn_text_n, fn_number_n, fn_date_n, fn_people_n, fn_record_n;
const Func *func_find(const char *name);               /* operators too; any case */
const Func *func_all(int *n);
/* Runs it and gives the result its static type. Every back end written in C goes through here. */
Val func_run(const Func *f, Call *c, const Val *arg, int n);
/* A value as its static type says: scale of numbers, blank booleans become false. */
Val val_as(Arena *a, Val v, Type t);

/* ---- values shared by implementations ---- */
int value_order(Val a, Val b);                         /* neither blank */
bool value_same(Val a, Val b);
char *value_text(Call *c, Val v);                      /* as & writes it; "" for blank */
Val value_add(Call *c, Val moment, Val duration, int sign);
Val instant_value(int64_t at);                         /* blank outside of the years 1 to 9999 */
Val text_format(Call *c, Val v, const char *format);   /* text(v, 'yyyy-mm-dd') */
char *rmb_upper(Arena *a, double amount);
bool regex_check(Arena *a, const char *pattern, const char **why);
bool text_has(Arena *a, const char *text, const char *needle);    /* folded */

/* One character a type: in signatures of x_ functions and in the tree for the browser.
   b t d s(datetime) h(time) u(duration) r a, n: number, 0…9: number with decimals, l + item. */
void type_sign(Str *out, Type t);
Type type_of_sign(const char **p);

/* ---- binder (bind.c and its families) ---- */
struct Binder {
    Source src;
    Arena *a;
    const ExprWhere *where;
    const Names *here, *self;
    Expr *e;
    bool in_other, in_group, in_each, grouped;
    int loose;                /* where a field stands outside of a group, from 1; 0: nowhere */
};
Term *bind_part(Binder *b, const Part *p);             /* NULL after an issue */
Term *bind_as(Binder *b, const Part *p, Type want);    /* coerced, or an issue */
Term *bind_path(Binder *b, const Part *p);
Term *bind_call(Binder *b, const Part *p);
Term *bind_compare(Binder *b, const Part *p, const Func *f);
Term *bind_between(Binder *b, const Part *p, const Func *f);
Term *bind_in(Binder *b, const Part *p, const Func *f);
Term *bind_period(Binder *b, const Part *p, const Func *f);
Term *bind_contains(Binder *b, const Part *p, const Func *f);
Term *bind_arith(Binder *b, const Part *p, const Func *f);
Term *bind_if(Binder *b, const Part *p, const Func *f);
Term *bind_switch(Binder *b, const Part *p, const Func *f);
Term *bind_coalesce(Binder *b, const Part *p, const Func *f);
Term *bind_concat(Binder *b, const Part *p, const Func *f);
Term *bind_total(Binder *b, const Part *p, const Func *f);        /* sum min max … */
Term *bind_total_if(Binder *b, const Part *p, const Func *f);
Term *bind_pick(Binder *b, const Part *p, const Func *f);         /* large small */
Term *bind_person(Binder *b, const Part *p, const Func *f);
Term *bind_field_of(Binder *b, const Part *p, const Func *f);     /* manager_of … */
Term *bind_changed(Binder *b, const Part *p, const Func *f);
Term *bind_title(Binder *b, const Part *p, const Func *f);
Term *bind_other(Binder *b, const Part *p, const Func *f);
Term *bind_regex(Binder *b, const Part *p, const Func *f);
Term *bind_title_of(Binder *b, Term *record);
/* Building terms; flags flow upwards. */
Term *term_new(Binder *b, TermKind kind, Type t, int pos);
Term *term_value(Binder *b, Val v, Type t, int pos);
void term_add(Binder *b, Term *t, Term *arg);
Term *term_call(Binder *b, const char *fn, Type t, int pos, Term *x, Term *y);
Term *term_field(Binder *b, Root root, const Names *form, const Name *name, int pos);
Term *term_get(Binder *b, Term *record, const Name *name, int pos);
Term *term_coerce(Binder *b, Term *t, Type want);      /* NULL: does not fit, no issue */
/* Rounds a computed number that meets a stored one. */
void term_meet(Binder *b, Term **x, Term **y);
/* Makes two sides comparable: coerces literals, checks stages, rounds; false after an issue. */
bool term_pair(Binder *b, Term **x, Term **y);
/* The type that fits all, terms changed in place; false after an issue. */
bool term_unify(Binder *b, Term **t, int n, Type *out);
bool type_same(Type a, Type b);
Type type_plain(TypeKind k);
Type type_list(Type of);
Type type_item(Type list);
void *bind_mismatch(Binder *b, int pos, const char *want, Type have);
/* Binds p where bare names are those of a row of `form`. */
Term *bind_inside(Binder *b, const Part *p, const Names *form, bool other);
/* The row itself as a record. */
Term *term_row(Binder *b, Root root, const Names *form, int pos);

/* ---- eval and sql share ---- */
MUST bool eval_term(const Term *t, Eval *env, Val *out);
/* The statement of OTHER, user(), role() … for one record in memory. */
MUST bool sql_of_term(Eval *env, const Term *t, Sql *out);
/* Needs follow, title or query of a host to be evaluated? */
bool term_walks(const Term *t);
/* A list as text, for SQL; and back. Appends one raw value (blank, int, real, text). */
void pack_item(Str *out, Val raw);
char *list_pack(Arena *a, Val list);
/* Raw value as SQL holds it, to a value of that type; and the raw form of a value. */
Val raw_typed(Arena *a, Val raw, Type t);
Val raw_of(Arena *a, Val v);
/* Now, zone and calendar as one text, so that an x_ function depends on its arguments only. */
char *place_pack(Arena *a, const Asker *asker);
bool place_unpack(Arena *a, const char *text, Call *out);
/* The SQL name of an implementation: x_left, x_add. */
char *func_sql_name(Arena *a, const Func *f);
#endif
