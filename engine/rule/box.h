/*
 * box — one limited Lua state: chosen libraries, a byte budget by its allocator, instruction
 * and wall-clock budgets that pcall cannot swallow. Why each fence is there: text_guard.c,
 * table_guard.c, and the tests (each attack runs through the server too).
 *
 * A Box belongs to one Work and is used by one thread at a time. Plugins are loaded once, each
 * into its own environment, then everything global is frozen. Between calls nothing is kept.
 */
#ifndef RULE_BOX_H
#define RULE_BOX_H
#include "base/cx.h"

struct lua_State;
typedef struct Box Box;

typedef struct BoxLimits {
    size_t bytes;             /* of the state; default 16 MB */
    size_t host_bytes;        /* of the request's arena in one call; default 64 MB */
    int write_call_ms;        /* one rule call inside a write; 20 */
    int write_ms;             /* all rules of one write together; 100 */
    int job_ms;               /* a call outside a write; 10,000 */
    int load_ms;              /* loading one plugin; 1,000 */
    int per_ms;               /* instructions allowed for each millisecond; 1,000,000 */
    int depth;                /* rules that trigger rules; 8 */
} BoxLimits;
extern const BoxLimits box_limits_default;

/* `open` registers the host's calls as globals, after the guarded libraries; may be NULL. What
   is 0 in the limits is the default; limits may be NULL. */
Box *box_new(const BoxLimits *limits, void (*open)(struct lua_State *L));
void box_free(Box *box);
/* Registers more globals, before the first plugin. False: E_RULE, throw the box away. */
MUST bool box_open(Cx *cx, Box *box, void (*open)(struct lua_State *L));
/* Runs a plugin's chunk. False: E_RULE with "plugin:line: what" and a traceback in the detail;
   the box is then to be thrown away. */
MUST bool box_load(Cx *cx, Box *box, const char *plugin, const char *text, size_t n);
void box_freeze(Box *box);    /* after the last plugin */

/* The host of a call, as given in BoxCall.host. For the host's C functions. */
void *box_host(struct lua_State *L);
Box *box_of(struct lua_State *L);
const char *box_plugin(const Box *box);       /* whose function runs now; NULL: none */
bool box_frozen(const Box *box);
const BoxLimits *box_limits(const Box *box);
size_t box_bytes(const Box *box);             /* held by the state now */

/* Memory that lives as long as the box, and places for what others keep with it. */
typedef enum BoxSlot { BOX_HOOKS, BOX_HOST, BOX_SLOTS } BoxSlot;
Arena *box_arena(Box *box);
void **box_slot(Box *box, BoxSlot slot);

typedef struct BoxCall {
    void *host;               /* Work* */
    bool in_write;            /* which budgets */
    int more_ms;              /* on top of them, for much that is handed over */
    uint64_t seed;            /* of math.random: the transaction's clock */
    /* Pushes the arguments, returns how many; may raise. Runs protected. */
    int (*push)(struct lua_State *L, void *arg);
    /* Reads the single result; NULL: ignored. Runs protected. */
    void (*result)(struct lua_State *L, void *arg);
    void *arg;
} BoxCall;
/* Calls the function kept under `ref` (luaL_ref). False with E_INPUT and an issue after fail(),
   with the failure of a nested write, or with E_RULE for an error or a broken budget. */
MUST bool box_call(Cx *cx, Box *box, int ref, const char *plugin, const BoxCall *call);

/* A write begins: the budget of all its rules starts anew. Nested writes do not call it. */
void box_write_begin(Box *box);

/* The running call, and is that one still running? What a script keeps of a call that is over
   may point to memory that is gone. */
uint64_t box_now(const Box *box);
bool box_running(const Box *box, uint64_t call);

/* For host functions that work long or allocate: adds to what the call has spent, looks at
   clock and memory, raises when a budget is used up. */
void box_tick(struct lua_State *L, int64_t instructions);
/* Refuse the write (`fail`), or pass on cx's failure as a Lua error; cx is clear afterwards,
   so a script that catches the error goes on. field may be NULL. */
_Noreturn void box_refuse(struct lua_State *L, const char *field, const char *text);
_Noreturn void box_raise(struct lua_State *L, Cx *cx);
#endif
