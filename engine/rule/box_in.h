/*
 * box_in — what the files of the fence share; nobody else includes it.
 */
#ifndef RULE_BOX_IN_H
#define RULE_BOX_IN_H
#include "rule/box.h"

#include <lua.h>
#include <lauxlib.h>

#define BOX_DEEPEST 64

typedef enum Spent { SPENT_NOT, SPENT_TIME, SPENT_WRITE, SPENT_COUNT, SPENT_HOST } Spent;

/* What one call may still use. A nested call never has more left than the one around it. */
typedef struct Budget {
    int64_t us;               /* of time, see budget_used */
    int64_t wall_from, cpu_from, waited_from;
    int64_t instructions;
    int ms;                   /* named in the error */
    Spent by_clock;           /* whose time it is: SPENT_TIME or SPENT_WRITE */
    Spent spent;              /* sticks: from then on every instruction raises */
} Budget;

struct Box {
    lua_State *L;
    BoxLimits limits;
    Arena *a;
    size_t bytes, fresh;      /* held; allocated since the clock was last looked at */
    int period;               /* instructions to the next look */
    Budget now;
    Cx *cx;                   /* of the running call */
    void *host;
    const char *plugin;
    uint64_t serial;          /* of the latest call */
    uint64_t active[BOX_DEEPEST];             /* serials of the calls that run, outermost first */
    uint64_t seed;
    bool seeded, frozen;
    size_t arena_from;        /* size of the host's arena when the outermost call began */
    int depth, in_write;
    int64_t write_us;
    void *slot[BOX_SLOTS];
    char trace[4096];
};

#define HOOK_EVERY 1000
void look_every(Box *b, int period);          /* box.c: sets the hook */
/* Time used: by the clock, but a thread that waits for a processor is not to blame, so then
   twice what it ran and a tenth of what went by. */
int64_t budget_used(const Budget *b);

/* box_env: libraries, and the environment of a plugin. */
void env_open(lua_State *L);
void env_seal(lua_State *L);                  /* tables of the globals become read-only */
void env_push(lua_State *L);                  /* pushes a new environment */
/* text_guard, table_guard, match_calls: replace functions in the table on top of the stack. */
void text_guard(lua_State *L);
void table_guard(lua_State *L);
void match_guard(lua_State *L);
/* box_stop: refusals and passed-on failures as error values. */
void stop_open(lua_State *L);
const Cx *stop_test(lua_State *L, int at);    /* NULL: another error, or one kept from before */
#endif
