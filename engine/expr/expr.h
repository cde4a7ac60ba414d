/*
 * expr — the expression language: load once, then SQL, C or JavaScript.
 *
 *     Expr *e = expr_load(cx, node, text, &where);       at load: parse, bind, type-check
 *     expr_sql(e, &ask, &sql);                           a predicate or value for many records
 *     expr_eval(e, &env, &v);                            a value for one record in memory
 *     expr_json(e, &json);                               the tree for web/js/expr.js
 *
 * One tree, one meaning in all three; tests/cases/expr holds the cases all of them run.
 * A loaded Expr never changes and lives in the arena it was loaded into; it may be used from
 * many threads. Limits: 500 terms, depth 50.
 */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H
#include "base/node.h"
#include "base/out.h"
#include "db/db.h"
#include "expr/type.h"

typedef struct Expr Expr;

/* What an expression may do where it stands. */
typedef enum ExprUse {
    USE_PERMISSION = 1,       /* SQL and C; no regex_match; me, has_role, this allowed */
    USE_FILTER     = 2,       /* SQL and C; no regex_match */
    USE_STORED     = 4,       /* formula: no me, has_role, other-form functions */
    USE_CHECK      = 8,       /* check, required, visible, readonly, guard: C and JS */
    USE_DEFAULT    = 16,
    USE_TIME       = 32,      /* reminder time, due */
    USE_AGGREGATE  = 64       /* rollup `do`, charts, API `of`: sum(x) runs over the rows */
} ExprUse;

typedef struct ExprWhere {
    const Names *here;        /* what bare names mean; NULL: none */
    const Names *self;        /* what `this.` means; NULL: same as here */
    bool old;                 /* `old.` and changed() are allowed */
    ExprUse use;
    Type want;                /* T_ANY: any; else an issue when it does not fit */
    const Names *(*form)(void *ctx, const char *name);     /* other forms, user, department */
    /* Names with a value given at run time, asked for when a name is no field. Asked as written:
       "period" in dashboards, ":since" for :since in rules, "record('a')" in scenarios. A list
       of two dates is a period: `x in period` includes both ends. False: unknown. May be NULL. */
    bool (*param)(void *ctx, const char *name, Type *type);
    /* May the expression name this field? False adds E_DENIED: used for filters that people
       type (hidden and masked fields). NULL: all. */
    bool (*allowed)(void *ctx, const Names *form, const Name *name);
    /* Is there such a role, department, choice option …? For has_role('x') checks. NULL: any. */
    bool (*role)(void *ctx, const char *name);
    /* What a name means that `form` no longer has, at byte `pos` of `text`; NULL: nothing, or no
       one asks (may be NULL itself). */
    const Name *(*renamed)(Cx *cx, const Names *form, const char *key, const Node *at,
        const char *text, int pos);
    /* The same for the name of a form. */
    const Names *(*renamed_form)(Cx *cx, void *ctx, const char *key, const Node *at,
        const char *text, int pos);
    /* The same for has_role('x'): the name of the role today. */
    const char *(*renamed_role)(Cx *cx, void *ctx, const char *key, const Node *at,
        const char *text, int pos);
    /* The key of the field of that form which people call so; NULL: none does. May be NULL. */
    const char *(*called)(const Names *form, const char *label);
    void *ctx;
    /* The roles whose holders have this one: itself and those that include it. NULL: itself. */
    const char *const *(*roles_with)(void *ctx, const char *role, int *n);
} ExprWhere;

/* NULL after issues at file:line:column with source and caret. `at` may be NULL (text typed by
   a person: the place is then {NULL, 1, column}); else its scalar's position is the origin.
   A denied name fails cx with E_DENIED. */
Expr *expr_load(Cx *cx, const Node *at, const char *text, const ExprWhere *where);

/* The same of text[from, to); places count from the beginning of text, which is kept whole. */
Expr *expr_load_piece(Cx *cx, const Node *at, const char *text, int from, int to, const ExprWhere *where);

const char *expr_text(const Expr *e);
Type expr_type(const Expr *e);
bool expr_is_constant(const Expr *e, Val *v);          /* true, false, a literal */
/* Everything it reads. `path` are the links walked before `name`; other: inside an other-form
   function over `form`. */
typedef struct ExprRead { const Names *form; const Name *name; const Name *const *path; int npath; bool other, old, self; } ExprRead;
int expr_reads(const Expr *e, const ExprRead **out);
enum { EXPR_NOW = 1, EXPR_ME = 2, EXPR_OTHER = 4, EXPR_OLD = 8, EXPR_REGEX = 16, EXPR_PARAM = 32 };
int expr_uses(const Expr *e);                          /* flags above */

/* Where its text names values given at run time, in order of their places. */
typedef struct ExprParam { int pos; const char *name; } ExprParam;
int expr_params(Arena *a, const Expr *e, ExprParam **out);

/* Who asks and when; the same for SQL and C. Blank person: timers. */
typedef struct Asker Asker;
struct Asker {
    int64_t me;                                        /* user id, 0 = nobody */
    const char *const *role; int nrole;                /* includes followed */
    int64_t department;                                /* 0 = none */
    const int64_t *subtree; int nsubtree;              /* department and those below */
    const int64_t *people; int npeople;                /* users of those departments and of the
                                                          reporting line: my_people() in scopes */
    /* Fills subtree and people when an expression first asks for them: they have to be fetched.
       NULL: they stand there. */
    void (*reach)(Asker *self);
    void *host;
    int64_t now;
    const Zone *zone;
    const Calendar *calendar;
    /* Value of a param (ExprWhere.param). May be NULL. */
    bool (*param)(void *ctx, const char *name, Val *out);
    void *ctx;
};

/* Its calendar with that one's zone as a text, for other back ends (raw.c says how it looks). */
char *calendar_pack(Arena *a, const Asker *asker);

/* Appends the SQL of the expression over rows of the table `alias` (NULL: bare columns).
   `self`: values of `this.` are read from this row in memory (NULL: this = the row itself).
   Predicates are never NULL: usable under NOT. */
typedef struct Eval Eval;
/* `within` adds the condition that rows of another form must meet to be looked at: what a person
   types reads through links and in other forms only what that person may read. */
typedef struct ExprSql {
    const Asker *asker; const char *alias; Eval *self;
    bool (*within)(void *ctx, const Names *form, const char *alias, Sql *out);
    void *ctx;
    bool spelled;             /* calculate nothing beforehand: the cases see each function in SQL */
    bool later;               /* for PostgreSQL to keep: who asks is found when it runs, by functions
                                 of the database (tn_me() …). E_INPUT where a time, a time zone or
                                 a calendar is needed. */
} ExprSql;
MUST bool expr_sql(Cx *cx, const Expr *e, const ExprSql *ask, Sql *out);
/* A value ready to sort or group by: folded key for folded text, raw column otherwise. */
MUST bool expr_sql_sort(Cx *cx, const Expr *e, const ExprSql *ask, Sql *out);
/* How db_typed reads a column made by expr_sql. */
ValKind expr_val_kind(const Expr *e, int *scale);

/* One record in memory. The host gives values; expr knows no Record. */
struct Eval {
    Cx *cx;
    const Asker *asker;
    const void *record;                                /* bare names */
    const void *old;                                   /* old.; NULL: a new record */
    const void *self;                                  /* this.; NULL: record */
    /* Value of a field; subform rows come as VAL_LIST of VAL_REC with p = row. NAME_STAGE
       gives the stage's name; status through `status`. A child row's `record` (its Name has
       index -1 when Names does not list it) is its parent, as VAL_REC. */
    bool (*get)(Eval *env, const void *record, const Name *name, Val *out);
    /* The record a link points to, or NULL when it is blank or gone. */
    const void *(*follow)(Eval *env, const Names *form, int64_t id);
    const char *(*status)(Eval *env, const void *record);
    /* First column of the first row: other-form functions and lists of people. NULL: such
       functions give blank. Values come raw. */
    bool (*query)(Eval *env, const Sql *q, Val *out);
    /* title(record) */
    const char *(*title)(Eval *env, const Names *form, int64_t id);
    Dialect dialect;
    void *host;
};
/* False only on a failure of the host (database); an expression itself never fails. */
MUST bool expr_eval(const Expr *e, Eval *env, Val *out);
bool expr_true(const Expr *e, Eval *env);              /* false too when the host failed: see cx */

/* The bound tree as JSON for the browser: see web/js/expr.js. */
void expr_json(const Expr *e, Json *out);
/* Can the browser answer it alone? False: it asks other records, and the server must. */
bool expr_in_browser(const Expr *e);

/* Texts with {field.path} and {=expr}: titles, messages. Loaded like an expression; gives text. */
Expr *expr_load_text(Cx *cx, const Node *at, const char *text, const ExprWhere *where);

/* Registers the SQL functions of the language with SQLite; call once before opening pools. */
void expr_init(void);
/* Brings the functions of the language into a PostgreSQL database, in a write, when others are
   there or none. On SQLite it has nothing to do. */
MUST bool expr_pg_install(Cx *cx, Db *db);
#endif
