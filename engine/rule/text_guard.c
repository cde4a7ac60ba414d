/*
 * text_guard.c — string functions that would otherwise work without end inside C, where no
 * hook looks: counts are bounded, not only bytes. ("").rep(1 << 60) asks for no memory and
 * never returns.
 */
#include "rule/box_in.h"

#include <string.h>

#define MOST_TIMES ((lua_Integer)1 << 20)
#define MOST_FORMAT 65536

static int guard_rep(lua_State *L)
{
    size_t n, between = 0;
    const char *text = luaL_checklstring(L, 1, &n);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *sep = luaL_optlstring(L, 3, "", &between);
    if (times <= 0 || n + between == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    const Box *b = box_of(L);
    if (times > MOST_TIMES || (size_t)times > box_limits(b)->bytes / (n + between))
        return luaL_error(L, "string.rep makes too much text");
    size_t total = (size_t)times * n + (size_t)(times - 1) * between;
    luaL_Buffer out;
    char *p = luaL_buffinitsize(L, &out, total);
    for (lua_Integer i = 0; i < times; i++) {
        memcpy(p, text, n);
        p += n;
        if (i + 1 < times && between) {
            memcpy(p, sep, between);
            p += between;
        }
    }
    luaL_pushresultsize(&out, total);
    box_tick(L, times / 8);
    return 1;
}

/* The format is short, and each conversion takes an argument: the work is bounded. */
static int guard_format(lua_State *L)
{
    size_t n;
    luaL_checklstring(L, 1, &n);
    if (n > MOST_FORMAT) return luaL_error(L, "string.format: the format is too long");
    int args = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, args, 1);
    return 1;
}

/* string.pack pads byte by byte, "c1000000000" and more. */
static int guard_pack(lua_State *L)
{
    const char *format = luaL_checkstring(L, 1);
    if (strlen(format) > 256 || strpbrk(format, "cC"))
        return luaL_error(L, "string.pack: this format is not available");
    int args = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, args, 1);
    return 1;
}

static void around(lua_State *L, const char *name, lua_CFunction fn)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, fn, 1);
    lua_setfield(L, -2, name);
}

void text_guard(lua_State *L)
{
    lua_pushcfunction(L, guard_rep);
    lua_setfield(L, -2, "rep");
    around(L, "format", guard_format);
    around(L, "pack", guard_pack);
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
}
