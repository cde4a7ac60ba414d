/*
 * box_call.c — calls into the state: budgets, who runs, errors on the way out.
 *
 * A call saves what holds for the call around it and gives it back: rules cause writes, and
 * writes call rules. Errors come out in three kinds: what a script refuses or passes on from a
 * failed write (box_stop), a broken budget, and mistakes, the last two with plugin:line.
 */
#include "rule/box_in.h"
#include "rule/plugin_stats.h"
#include "base/sys.h"

#include <string.h>

/* What must come back when a call is over. */
typedef struct Outer {
    Budget now;
    Cx *cx;
    void *host;
    const char *plugin;
    int top;
} Outer;

static void limit(Budget *n, int64_t us, int ms, Spent by)
{
    if (us >= n->us) return;
    n->us = us;
    n->ms = ms;
    n->by_clock = by;
}

static Budget budget_of(const Box *b, bool in_write, int ms, int more)
{
    Budget n = { .us = (int64_t)ms * 1000, .wall_from = sys_mono_us(), .cpu_from = sys_cpu_us(),
        .waited_from = sys_waited_us(),
        .instructions = (int64_t)ms * b->limits.per_ms, .ms = ms, .by_clock = SPENT_TIME };
    if (in_write && !b->in_write)
        limit(&n, (int64_t)(b->limits.write_ms + more) * 1000 - b->write_us,
            b->limits.write_ms + more, SPENT_WRITE);
    if (!b->depth) return n;
    limit(&n, b->now.us - budget_used(&b->now), b->now.ms, b->now.by_clock);
    if (b->now.instructions < n.instructions) n.instructions = b->now.instructions;
    return n;
}

static Outer enter(Box *b, Cx *cx, const char *plugin, const BoxCall *call, int ms)
{
    Outer o = { b->now, b->cx, b->host, b->plugin, lua_gettop(b->L) };
    bool in_write = call && call->in_write;
    int more = call ? call->more_ms : 0;
    b->now = budget_of(b, in_write, ms + more, more);
    if (!b->depth) b->arena_from = arena_size(cx->a);
    b->active[b->depth] = ++b->serial;
    b->cx = cx;
    b->plugin = plugin;
    b->host = call ? call->host : NULL;
    b->seed = call ? call->seed : 0;
    b->seeded = false;
    b->depth++;
    b->in_write += in_write;
    look_every(b, HOOK_EVERY);
    return o;
}

static void leave(Box *b, const BoxCall *call, Outer o)
{
    int64_t used = b->now.instructions;
    b->depth--;
    if (call && call->in_write && !--b->in_write) b->write_us += budget_used(&b->now);
    lua_settop(b->L, o.top);
    b->now = o.now;
    if (b->depth && used < b->now.instructions) b->now.instructions = used;
    b->cx = o.cx;
    b->host = o.host;
    b->plugin = o.plugin;
    look_every(b, b->now.spent ? 1 : HOOK_EVERY);
}

/* Errors raised in C have no place: the innermost line of the plugin is theirs. */
static void add_place(lua_State *L, const Box *b)
{
    lua_Debug ar;
    const char *text = lua_tostring(L, 1);
    size_t n = strlen(b->plugin);
    if (!strncmp(text, b->plugin, n) && text[n] == ':') return;
    for (int i = 1; lua_getstack(L, i, &ar); i++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline <= 0) continue;
        lua_pushfstring(L, "%s:%d: %s", ar.short_src, ar.currentline, text);
        lua_replace(L, 1);
        return;
    }
    lua_pushfstring(L, "%s: %s", b->plugin, text);
    lua_replace(L, 1);
}

/* Runs as message handler, with hooks off: it must not call into the script, so metamethods
   of error values are left alone. */
static int keep_trace(lua_State *L)
{
    Box *b = box_of(L);
    if (lua_type(L, 1) == LUA_TUSERDATA && stop_test(L, 1)) return 1;
    if (lua_type(L, 1) == LUA_TNUMBER) lua_tostring(L, 1);
    if (lua_type(L, 1) != LUA_TSTRING) {
        const char *type = luaL_typename(L, 1);
        lua_settop(L, 0);
        lua_pushfstring(L, "error value is a %s", type);
    }
    if (b->plugin) add_place(L, b);
    b->trace[0] = 0;
    luaL_traceback(L, L, NULL, 1);
    strncpy(b->trace, lua_tostring(L, -1), sizeof b->trace - 1);
    b->trace[sizeof b->trace - 1] = 0;
    lua_pop(L, 1);
    return 1;
}

/* Text of a script in one of ours: no broken UTF-8, no control characters, not endless. */
static const char *clean(Arena *a, const char *text, size_t most)
{
    char *out = arena_dup_n(a, text, strnlen(text, most));
    size_t n = strlen(out);
    while (n && n == most && ((unsigned char)out[n - 1] & 0xC0) == 0x80) out[--n] = 0;
    if (n && n >= most - 4 && (unsigned char)out[n - 1] >= 0xC0) out[--n] = 0;
    bool valid = utf8_valid(out, n);
    for (char *p = out; *p; p++)
        if ((!valid && (unsigned char)*p >= 0x80) || ((unsigned char)*p < ' ' && *p != '\n'
            && *p != '\t'))
            *p = '?';
    return out;
}

static bool failed(Cx *cx, Box *b, int status)
{
    lua_State *L = b->L;
    const Cx *stop = stop_test(L, -1);
    if (stop) {
        cx_copy(cx, stop);
        return false;
    }
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "unknown error";
    if (status == LUA_ERRMEM)
        text = arena_printf(cx->a, "%s: the rule used more than %d MB of memory", b->plugin,
            (int)(b->limits.bytes >> 20));
    cx_fail(cx, E_RULE, "%s", clean(cx->a, text, 1000));
    if (b->trace[0]) cx_detail(cx, "%s", clean(cx->a, b->trace, sizeof b->trace));
    return false;
}

static bool run(Cx *cx, Box *b, lua_CFunction body, void *arg)
{
    lua_State *L = b->L;
    b->trace[0] = 0;
    if (!lua_checkstack(L, 8)) return cx_fail(cx, E_RULE, "%s: stack overflow", b->plugin);
    lua_pushcfunction(L, keep_trace);
    int handler = lua_gettop(L);
    lua_pushcfunction(L, body);
    lua_pushlightuserdata(L, arg);
    int status = lua_pcall(L, 1, 0, handler);
    bool ok = status == LUA_OK || failed(cx, b, status);
    if (status == LUA_ERRMEM || b->bytes > b->limits.bytes / 2) {
        lua_settop(L, handler);
        lua_gc(L, LUA_GCCOLLECT, 0);
    }
    return ok;
}

static int seal(lua_State *L)
{
    env_seal(L);
    return 0;
}

typedef struct Chunk { const char *plugin, *text; size_t n; } Chunk;

static int load_chunk(lua_State *L)
{
    const Chunk *c = lua_touserdata(L, 1);
    lua_pushfstring(L, "=%s", c->plugin);
    if (luaL_loadbufferx(L, c->text, c->n, lua_tostring(L, -1), "t")) return lua_error(L);
    env_push(L);
    lua_setupvalue(L, -2, 1);                 /* _ENV: the only way to globals */
    lua_call(L, 0, 0);
    return 0;
}

bool box_load(Cx *cx, Box *b, const char *plugin, const char *text, size_t n)
{
    BUG_IF(b->frozen);
    if (!b->serial) {
        lua_pushcfunction(b->L, seal);
        if (lua_pcall(b->L, 0, 0, 0)) mem_bug(__FILE__, __LINE__, lua_tostring(b->L, -1));
    }
    Chunk c = { arena_dup(b->a, plugin), text, n };
    Outer o = enter(b, cx, c.plugin, NULL, b->limits.load_ms);
    bool ok = run(cx, b, load_chunk, &c);
    leave(b, NULL, o);
    return ok;
}

typedef struct Frame { int ref; const BoxCall *call; } Frame;

static int call_ref(lua_State *L)
{
    const Frame *f = lua_touserdata(L, 1);
    const BoxCall *call = f->call;
    lua_settop(L, 0);
    box_tick(L, 10);
    lua_rawgeti(L, LUA_REGISTRYINDEX, f->ref);
    int n = call->push ? call->push(L, call->arg) : 0;
    lua_call(L, n, call->result ? 1 : 0);
    if (call->result) call->result(L, call->arg);
    return 0;
}

bool box_call(Cx *cx, Box *b, int ref, const char *plugin, const BoxCall *call)
{
    if (b->depth > b->limits.depth)
        return cx_fail(cx, E_RULE, "rules trigger rules more than %d deep", b->limits.depth);
    Frame f = { ref, call };
    int ms = call->in_write ? b->limits.write_call_ms : b->limits.job_ms;
    int64_t start = sys_mono_us();
    Outer o = enter(b, cx, plugin, call, ms);
    bool ok = run(cx, b, call_ref, &f);
    leave(b, call, o);
    plugin_stats_add(plugin, ok || cx->err != E_RULE, sys_mono_us() - start);
    return ok;
}

void box_write_begin(Box *b) { b->write_us = 0; }

uint64_t box_now(const Box *b) { return b->depth ? b->active[b->depth - 1] : 0; }

bool box_running(const Box *b, uint64_t call)
{
    for (int i = 0; i < b->depth; i++)
        if (b->active[i] == call) return true;
    return false;
}
