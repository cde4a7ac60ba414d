/* links: rule */
/*
 * fuzz_match — any pattern over any subject through find, match, gmatch, gsub and format: each
 * ends within the rule's budget, with a result or an error, and the box goes on.
 *
 *     pattern\n replacement\n subject
 */
#include "rule/box.h"

#include <lua.h>
#include <lauxlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char script[] =
    "keep(function(p, r, s)\n"
    "  pcall(string.find, s, p)  pcall(string.find, s, p, -3)  pcall(string.match, s, p)\n"
    "  pcall(string.gsub, s, p, r)  pcall(string.gsub, s, p, {a = 'b'}, 3)\n"
    "  pcall(string.gsub, s, p, function(a) return a end)\n"
    "  pcall(function() for a in string.gmatch(s, p) do pcall(string.rep, a, 9) end end)\n"
    "  pcall(string.format, r, s, 1, 2.5)  pcall(string.format, p, 3, s)\n"
    "end)\n";

typedef struct Input { const char *part[3]; size_t n[3]; } Input;

static Box *box;
static int kept;

static int keep_call(lua_State *L)
{
    lua_pushvalue(L, 1);
    kept = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static void open_calls(lua_State *L)
{
    lua_register(L, "keep", keep_call);
}

static int push(lua_State *L, void *arg)
{
    Input *in = arg;
    for (int i = 0; i < 3; i++) lua_pushlstring(L, in->part[i], in->n[i]);
    return 3;
}

static Input split(const char *p, size_t n)
{
    Input in = { { "", "", "" }, { 0, 0, 0 } };
    for (int i = 0; i < 3 && n; i++) {
        const char *end = i < 2 ? memchr(p, '\n', n) : NULL;
        in.part[i] = p;
        in.n[i] = end ? (size_t)(end - p) : n;
        n -= in.n[i] + (end != NULL);
        p += in.n[i] + (end != NULL);
    }
    return in;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Arena *a = arena_new();
    Cx cx = cx_begin(a, NULL);
    Input in = split((const char *)data, n);
    if (!box) {
        box = box_new(&(BoxLimits){ .job_ms = 20 }, open_calls);
        BUG_IF(!box_load(&cx, box, "fuzz", script, sizeof script - 1));
        box_freeze(box);
    }
    BoxCall call = { .push = push, .arg = &in };
    bool ok = box_call(&cx, box, kept, "fuzz", &call);
    BUG_IF(!ok && cx.err != E_RULE);
    arena_free(a);
    return 0;
}
