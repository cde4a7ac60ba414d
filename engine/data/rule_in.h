/*
 * rule_in — what the files of the rule calls share: their table, records and values in Lua.
 *
 * C called from Lua may be left by longjmp at any Lua call: memory comes from the request's
 * arena only, and nothing stays open across such a call.
 */
#ifndef DATA_RULE_IN_H
#define DATA_RULE_IN_H
#include "data/record.h"
#include "data/rule_api.h"

#include <lua.h>
#include <lauxlib.h>

/* --- the table of calls ---------------------------------------------------------------- */

/* name: "text.split" goes into the table `text`. Lists end with {0}. */
typedef struct RuleCall {
    const char *name;
    lua_CFunction fn;
    const char *args, *help;
} RuleCall;
extern const RuleCall rule_query_calls[], rule_write_calls[], rule_people_calls[],
    rule_message_calls[], rule_time_calls[], rule_text_calls[], rule_store_calls[];

/* --- the host of a box ----------------------------------------------------------------- */

typedef struct Loaded { uint64_t call, wrote; const Form *form; int64_t id; Record *r; } Loaded;
typedef struct Filters Filters;
typedef struct RuleHost {
    uint64_t call;            /* the outermost call: arena pointers of others are gone */
    uint64_t wrote;           /* writes of rules so far: what was loaded before may be old */
    int depth;
    bool in_message;          /* messages of message-rules cause no further ones */
    Record *subject;          /* whose handler runs, for explain; NULL in schedules */
    Loaded loaded[128];
    Filters *filters;         /* compiled filters, in the box's arena */
    struct Node *log;         /* a trial's lines (rule_try.h); NULL: they go to the server's log */
    int more_ms;              /* for what a trial runs in a write, and the engine outside of one */
} RuleHost;
RuleHost *rule_host(lua_State *L);
Work *rule_work(lua_State *L);                /* also counts a little against the budget */

/* Calls of the engine that may fail go between these two, so that issues gathered outside
   do not count: false becomes a Lua error. */
Cx rule_apart(Work *w);
void rule_rejoin(lua_State *L, Work *w, Cx outer, bool ok);
/* fn in a write, a nested one where there is one already. Raises when it fails. */
void rule_write(lua_State *L, Work *w, bool (*fn)(Work *w, void *arg), void *arg);
const Form *rule_form(lua_State *L, Work *w, int at);    /* a form's name, or raises */

/* --- records --------------------------------------------------------------------------- */

typedef enum ProxyKind {
    PROXY_LINK,               /* loaded when first read, again after a write */
    PROXY_LIVE,               /* the record being saved: fields may be set */
    PROXY_FIXED               /* as it was: old */
} ProxyKind;
typedef struct Proxy {
    uint64_t call, wrote;
    uint64_t run;             /* LIVE, FIXED: the handler's call of the box */
    ProxyKind kind;
    const Form *form;
    int64_t id;
    Record *r;                /* NULL: not loaded yet */
} Proxy;
void rule_record_open(lua_State *L);
/* r may be NULL. Leaves one value on the stack; nil for no record at all. */
Proxy *rule_push_record(lua_State *L, ProxyKind kind, const Form *f, int64_t id, Record *r);
Proxy *rule_test_record(lua_State *L, int at);           /* NULL: something else */
Proxy *rule_check_record(lua_State *L, int at);          /* a stored one; raises */
Record *rule_record(lua_State *L, Proxy *p);             /* NULL: gone or not readable */
int64_t rule_user(lua_State *L, int at);                 /* a user's record or id; raises */

/* --- values ---------------------------------------------------------------------------- */

/* form: what a VAL_REC points to, or its list items. */
void rule_push_val(lua_State *L, Val v, const Names *form);
void rule_push_field(lua_State *L, Record *r, const Field *f);
void rule_push_node(lua_State *L, const Node *n);
void rule_push_date(lua_State *L, int64_t day);
void rule_push_datetime(lua_State *L, int64_t at);
const char *rule_text(lua_State *L, int at);             /* checked UTF-8; raises */
Node *rule_to_node(lua_State *L, int at);
Node *rule_to_map(lua_State *L, int at);                 /* an empty table is a map here */
/* nil, boolean, number, text, record, or a list of one of them, with its type. */
Val rule_to_val(lua_State *L, int at, Type *type);
/* string.format of the arguments from `at` on; one alone is taken as it is. */
const char *rule_format(lua_State *L, int at);

/* --- texts for people, in rule_words.c ------------------------------------------------- */

/* A text or a table of texts by language, as label_store writes it; raises. */
const char *rule_words(lua_State *L, int at);
/* The same with string.format's arguments after it, which may be by language too. */
const char *rule_words_format(lua_State *L, int at);
int rule_format_words(lua_State *L);          /* format(…): a text, or a table by language */

/* --- filters --------------------------------------------------------------------------- */

typedef struct Arg { const char *name; Type type; Val val; } Arg;     /* ":who" */
typedef struct Args { Arg *arg; int n; } Args;
Args rule_args(lua_State *L, int at);         /* a table or nothing */
/* The filter bound to the form with these arguments; kept for the box's life. */
const Expr *rule_filter(lua_State *L, Work *w, const Form *f, const char *text, Args *args);
/* A value over one or many records, not kept. */
const Expr *rule_expr(lua_State *L, Work *w, const Form *f, const char *text, ExprUse use,
    Args *args);
Asker rule_asker(Work *w, Args *args);
/* Value over the live records of a form that match (e NULL: all): count(*) for of NULL. */
Val rule_total(lua_State *L, Work *w, const Form *f, const Expr *of, const Expr *e,
    Args *args);
int rule_find(lua_State *L);                  /* find(…), in rule_find.c */
int rule_rotate(lua_State *L);                /* rotate(…), in rule_rotate.c */
#endif
