/*
 * box.c — a Lua state behind an allocator that counts and a hook that looks at the clock.
 *
 * Every HOOK_EVERY instructions, and sooner after large allocations, the hook compares what
 * was used with the budget. Once it is spent the hook is set to every single instruction, so
 * that no pcall, no __close and no loop around them goes on.
 */
#include "rule/box_in.h"
#include "base/sys.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_AFTER_BYTES ((size_t)256 * 1024)

const BoxLimits box_limits_default = {
    .bytes = (size_t)16 << 20, .host_bytes = (size_t)64 << 20, .write_call_ms = 20,
    .write_ms = 100, .job_ms = 10000, .load_ms = 1000, .per_ms = 1000000, .depth = 8,
};

Box *box_of(lua_State *L)
{
    Box *b;
    memcpy(&b, lua_getextraspace(L), sizeof b);
    return b;
}

void *box_host(lua_State *L) { return box_of(L)->host; }
const char *box_plugin(const Box *b) { return b->plugin; }
bool box_frozen(const Box *b) { return b->frozen; }
const BoxLimits *box_limits(const Box *b) { return &b->limits; }
size_t box_bytes(const Box *b) { return b->bytes; }
Arena *box_arena(Box *b) { return b->a; }

void **box_slot(Box *b, BoxSlot slot)
{
    BUG_IF(slot < 0 || slot >= BOX_SLOTS);
    return &b->slot[slot];
}

static void hook(lua_State *L, lua_Debug *ar);

void look_every(Box *b, int period)
{
    b->period = period;
    lua_sethook(b->L, hook, LUA_MASKCOUNT, period);
}

static void *allocate(void *ud, void *p, size_t old, size_t n)
{
    Box *b = ud;
    if (!p) old = 0;                          /* then it is a type tag, not a size */
    if (!n) {
        free(p);
        b->bytes -= old;
        return NULL;
    }
    if (n > old && b->bytes + (n - old) > b->limits.bytes) return NULL;
    void *q = realloc(p, n);
    if (!q) return n <= old ? p : NULL;
    b->bytes += n - old;
    b->fresh += n > old ? n - old : 0;
    if (b->fresh > LOOK_AFTER_BYTES && b->L && b->period == HOOK_EVERY && !b->now.spent) {
        b->fresh = 0;
        look_every(b, 1);
    }
    return q;
}

/* Waiting for a database server, which makes others wait in turn, is not the rule's doing; its own
   limits end that. */
int64_t budget_used(const Budget *n)
{
    int64_t wall = sys_mono_us() - n->wall_from - (sys_waited_us() - n->waited_from);
    int64_t ran = (sys_cpu_us() - n->cpu_from) * 2 + wall / 10;
    return ran < wall ? ran : wall;
}

static Spent spent_now(const Box *b)
{
    if (b->now.spent) return b->now.spent;
    if (b->now.instructions <= 0) return SPENT_COUNT;
    /* The cheap clock first: what was used is never more than what went by. */
    if (sys_mono_us() - b->now.wall_from >= b->now.us && budget_used(&b->now) >= b->now.us)
        return b->now.by_clock;
    if (b->cx && arena_size(b->cx->a) > b->arena_from + b->limits.host_bytes)
        return SPENT_HOST;
    return SPENT_NOT;
}

static void push_spent(lua_State *L, const Box *b)
{
    switch (b->now.spent) {
    case SPENT_WRITE:
        lua_pushfstring(L, "the rules of this write took longer than %d ms", b->now.ms);
        break;
    case SPENT_COUNT:
        lua_pushfstring(L, "the rule ran more instructions than its %d ms allow", b->now.ms);
        break;
    case SPENT_HOST:
        lua_pushfstring(L, "the rule used more than %d MB",
            (int)(b->limits.host_bytes >> 20));
        break;
    default:
        lua_pushfstring(L, "the rule ran longer than %d ms", b->now.ms);
    }
}

static void hook(lua_State *L, lua_Debug *ar)
{
    Box *b = box_of(L);
    b->now.instructions -= b->period;
    b->now.spent = spent_now(b);
    if (!b->now.spent) {
        if (b->period != HOOK_EVERY) look_every(b, HOOK_EVERY);
        return;
    }
    if (b->period != 1) look_every(b, 1);
    lua_getinfo(L, "Sl", ar);
    if (ar->currentline > 0) lua_pushfstring(L, "%s:%d: ", ar->short_src, ar->currentline);
    else lua_pushliteral(L, "");
    push_spent(L, b);
    lua_concat(L, 2);
    lua_error(L);
}

void box_tick(lua_State *L, int64_t instructions)
{
    Box *b = box_of(L);
    b->now.instructions -= instructions;
    b->now.spent = spent_now(b);
    if (!b->now.spent) return;
    if (b->period != 1) look_every(b, 1);
    luaL_where(L, 1);
    push_spent(L, b);
    lua_concat(L, 2);
    lua_error(L);
}

static int out_of_order(lua_State *L)
{
    mem_bug(__FILE__, __LINE__, lua_tostring(L, -1));
}

static int open_all(lua_State *L)
{
    void (*open)(lua_State *) = (void (*)(lua_State *))lua_touserdata(L, 1);
    stop_open(L);
    env_open(L);
    if (open) open(L);
    return 0;
}

static int open_more(lua_State *L)
{
    void (*open)(lua_State *) = (void (*)(lua_State *))lua_touserdata(L, 1);
    open(L);
    return 0;
}

static BoxLimits filled(const BoxLimits *given)
{
    BoxLimits l = given ? *given : box_limits_default;
    const BoxLimits *d = &box_limits_default;
    if (!l.bytes) l.bytes = d->bytes;
    if (!l.host_bytes) l.host_bytes = d->host_bytes;
    if (!l.write_call_ms) l.write_call_ms = d->write_call_ms;
    if (!l.write_ms) l.write_ms = d->write_ms;
    if (!l.job_ms) l.job_ms = d->job_ms;
    if (!l.load_ms) l.load_ms = d->load_ms;
    if (!l.per_ms) l.per_ms = d->per_ms;
    if (!l.depth) l.depth = d->depth;
    BUG_IF(l.depth < 0 || l.depth >= BOX_DEEPEST);
    return l;
}

Box *box_new(const BoxLimits *limits, void (*open)(lua_State *L))
{
    Box *b = mem_alloc(sizeof *b);
    b->limits = filled(limits);
    b->a = arena_new();
    b->now = (Budget){ .us = INT64_MAX, .instructions = INT64_MAX };
    lua_State *L = lua_newstate(allocate, b);
    BUG_IF(!L);
    memcpy(lua_getextraspace(L), &b, sizeof b);
    lua_atpanic(L, out_of_order);
    lua_pushcfunction(L, open_all);
    lua_pushlightuserdata(L, (void *)open);
    if (lua_pcall(L, 1, 0, 0)) mem_bug(__FILE__, __LINE__, lua_tostring(L, -1));
    b->L = L;
    look_every(b, HOOK_EVERY);
    return b;
}

bool box_open(Cx *cx, Box *b, void (*open)(lua_State *L))
{
    BUG_IF(b->serial);
    lua_pushcfunction(b->L, open_more);
    lua_pushlightuserdata(b->L, (void *)open);
    if (lua_pcall(b->L, 1, 0, 0) == LUA_OK) return true;
    cx_fail(cx, E_RULE, "%s", lua_tostring(b->L, -1));
    lua_pop(b->L, 1);
    return false;
}

void box_free(Box *b)
{
    if (!b) return;
    b->now = (Budget){ .us = INT64_MAX, .instructions = INT64_MAX };
    lua_sethook(b->L, NULL, 0, 0);
    b->cx = NULL;
    lua_close(b->L);
    arena_free(b->a);
    mem_free(b);
}

void box_freeze(Box *b)
{
    b->frozen = true;
    lua_gc(b->L, LUA_GCCOLLECT, 0);
}
