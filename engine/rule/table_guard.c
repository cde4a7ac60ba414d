/*
 * table_guard.c — table functions on plain tables only, with raw access and bounded ranges.
 *
 * The library's own ask __len and __index and count on: a __len of 1 << 60, an __index that is
 * a C function or table.move(t, 1, 1 << 60, 2) keep them busy for ever where no hook looks.
 * Even a raw length can be told 1 << 61, with a few keys at powers of two.
 */
#include "rule/box_in.h"

#define MOST_ITEMS ((lua_Integer)1 << 20)
#define MOST_SORTED 100000
#define MOST_UNPACKED 8000

/* Raw length of a plain table. */
static lua_Integer plain(lua_State *L, int at, const char *who)
{
    static const char *const meta[] = { "__index", "__newindex", "__len" };
    luaL_checktype(L, at, LUA_TTABLE);
    for (int i = 0; i < LEN(meta); i++)
        if (luaL_getmetafield(L, at, meta[i]) != LUA_TNIL)
            luaL_error(L, "table.%s takes plain tables only", who);
    lua_Unsigned n = lua_rawlen(L, at);
    if (n > (lua_Unsigned)MOST_ITEMS) luaL_error(L, "table.%s: the table is too long", who);
    return (lua_Integer)n;
}

static lua_Integer span(lua_State *L, lua_Integer from, lua_Integer to, lua_Integer most,
    const char *who)
{
    if (from > to) return 0;
    lua_Unsigned n = (lua_Unsigned)to - (lua_Unsigned)from;
    if (n >= (lua_Unsigned)most) luaL_error(L, "table.%s: too many items", who);
    return (lua_Integer)n + 1;
}

static int guard_insert(lua_State *L)
{
    lua_Integer n = plain(L, 1, "insert"), at = n + 1;
    int args = lua_gettop(L);
    if (args == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, at >= 1 && at <= n + 1, 2, "position out of bounds");
    } else if (args != 2) {
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    for (lua_Integer i = n; i >= at; i--) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 1, i + 1);
    }
    lua_settop(L, args);
    lua_rawseti(L, 1, at);
    box_tick(L, n - at + 2);
    return 0;
}

static int guard_remove(lua_State *L)
{
    lua_Integer n = plain(L, 1, "remove"), at = luaL_optinteger(L, 2, n);
    if (lua_gettop(L) > 1)
        luaL_argcheck(L, (n == 0 && (at == 0 || at == 1)) || (at >= 1 && at <= n + 1), 2,
            "position out of bounds");
    lua_rawgeti(L, 1, at);
    for (lua_Integer i = at; i < n; i++) {
        lua_rawgeti(L, 1, i + 1);
        lua_rawseti(L, 1, i);
    }
    if (at <= n && n) {
        lua_pushnil(L);
        lua_rawseti(L, 1, n);
    }
    box_tick(L, at < n ? n - at + 1 : 1);
    return 1;
}

static int guard_concat(lua_State *L)
{
    size_t n_sep;
    lua_Integer n = plain(L, 1, "concat");
    const char *sep = luaL_optlstring(L, 2, "", &n_sep);
    lua_Integer from = luaL_optinteger(L, 3, 1), to = luaL_optinteger(L, 4, n);
    lua_Integer count = span(L, from, to, MOST_ITEMS, "concat");
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (lua_Integer k = 0; k < count; k++) {
        if (k) luaL_addlstring(&out, sep, n_sep);
        int type = lua_rawgeti(L, 1, from + k);
        if (type != LUA_TSTRING && type != LUA_TNUMBER)
            return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'",
                lua_typename(L, type), (LUAI_UACINT)(from + k));
        luaL_addvalue(&out);
    }
    luaL_pushresult(&out);
    box_tick(L, count + 1);
    return 1;
}

static int guard_unpack(lua_State *L)
{
    lua_Integer n = plain(L, 1, "unpack");
    lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, n);
    lua_Integer count = span(L, from, to, MOST_UNPACKED, "unpack");
    luaL_checkstack(L, (int)count, "too many results to unpack");
    for (lua_Integer k = 0; k < count; k++) lua_rawgeti(L, 1, from + k);
    return (int)count;
}

static int guard_move(lua_State *L)
{
    plain(L, 1, "move");
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3);
    lua_Integer at = luaL_checkinteger(L, 4);
    int into = lua_isnoneornil(L, 5) ? 1 : 5;
    if (into == 5) plain(L, 5, "move");
    lua_Integer count = span(L, from, to, MOST_ITEMS, "move");
    luaL_argcheck(L, at <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    bool backwards = into == 1 && at > from && at <= to;
    for (lua_Integer k = 0; k < count; k++) {
        lua_Integer i = backwards ? count - 1 - k : k;
        lua_rawgeti(L, 1, from + i);
        lua_rawseti(L, into, at + i);
    }
    box_tick(L, count + 1);
    lua_pushvalue(L, into);
    return 1;
}

static int guard_sort(lua_State *L)
{
    lua_Integer n = plain(L, 1, "sort");
    if (n > MOST_SORTED) return luaL_error(L, "table.sort: too many items");
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 0);
    box_tick(L, n * 4 + 1);
    return 0;
}

void table_guard(lua_State *L)
{
    static const luaL_Reg fn[] = {
        { "insert", guard_insert }, { "remove", guard_remove }, { "concat", guard_concat },
        { "unpack", guard_unpack }, { "move", guard_move }, { NULL, NULL },
    };
    luaL_setfuncs(L, fn, 0);
    lua_getfield(L, -1, "sort");
    lua_pushcclosure(L, guard_sort, 1);
    lua_setfield(L, -2, "sort");
}
