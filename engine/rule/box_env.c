/*
 * box_env.c — what a plugin sees: chosen libraries, read-only, and globals of its own.
 *
 * A plugin's _ENV is an empty table that stays empty: reading goes to a store behind it and
 * from there to the shared globals, writing goes to the store while plugins load and is an
 * error once they are frozen. Library tables are such empty tables too. So rawset has nothing
 * to reach, and it refuses them all the same.
 */
#include "rule/box_in.h"
#include "base/sys.h"

#include <lualib.h>
#include <string.h>

/* pcall that lets a spent budget pass: otherwise a loop around it never ends. */
static int env_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (status != LUA_OK) {
        if (box_of(L)->now.spent) return lua_error(L);
        box_tick(L, 10);
    }
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* setmetatable without __gc: finalisers run with hooks off, a loop there never ends. */
static int env_setmetatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available");
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int env_rawset(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "this table is read-only");
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

static int env_print(lua_State *L)
{
    luaL_Buffer b;
    int n = lua_gettop(L);
    luaL_buffinit(L, &b);
    for (int i = 1; i <= n; i++) {
        if (i > 1) luaL_addchar(&b, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    const char *plugin = box_plugin(box_of(L));
    if (len > 2000 || !utf8_valid(text, len)) text = "(not printable)";
    sys_log(LOG_INFO, text, "plugin", plugin ? plugin : "", (char *)NULL);
    box_tick(L, 1000);
    return 0;
}

/* Seeded at its first use in a call, so that the same write gives the same numbers. */
static int env_random(lua_State *L)
{
    Box *b = box_of(L);
    if (!b->seeded) {
        b->seeded = true;
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_pushinteger(L, (lua_Integer)b->seed);
        lua_call(L, 1, 0);
    }
    int n = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, n, 1);
    return 1;
}

static void drop(lua_State *L, const char *const *name)
{
    for (; *name; name++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *name);
    }
}

static void replace(lua_State *L, const char *name, lua_CFunction fn)
{
    lua_pushcfunction(L, fn);
    lua_setfield(L, -2, name);
}

static void open_base(lua_State *L)
{
    static const char *const unwanted[] = { "_G", "load", "loadfile", "loadstring", "dofile",
        "require", "collectgarbage", "xpcall", "warn", "module", NULL };
    luaL_requiref(L, "_G", luaopen_base, 1);
    drop(L, unwanted);
    replace(L, "pcall", env_pcall);
    replace(L, "setmetatable", env_setmetatable);
    replace(L, "rawset", env_rawset);
    replace(L, "print", env_print);
    lua_pop(L, 1);
}

static void open_math(lua_State *L)
{
    luaL_requiref(L, "math", luaopen_math, 1);
    lua_getfield(L, -1, "random");
    lua_getfield(L, -2, "randomseed");
    lua_pushcclosure(L, env_random, 2);
    lua_setfield(L, -2, "random");
    lua_pushnil(L);
    lua_setfield(L, -2, "randomseed");
    lua_pop(L, 1);
}

static void open_string(lua_State *L)
{
    luaL_requiref(L, "string", luaopen_string, 1);
    text_guard(L);
    match_guard(L);
    lua_pop(L, 1);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

void env_open(lua_State *L)
{
    open_base(L);
    open_math(L);
    open_string(L);
    luaL_requiref(L, "table", luaopen_table, 1);
    table_guard(L);
    luaL_requiref(L, "utf8", luaopen_utf8, 1);
    lua_pop(L, 2);
}

static int read_only(lua_State *L)
{
    return luaL_error(L, "'%s' is read-only", lua_type(L, 2) == LUA_TSTRING
        ? lua_tostring(L, 2) : "this table");
}

/* Replaces the table on top by an empty one that reads from it and refuses writing. */
static void wrap(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 3);
    lua_rotate(L, -3, -1);                    /* proxy, meta, table */
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, read_only);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

void env_seal(lua_State *L)
{
    lua_pushglobaltable(L);
    lua_pushnil(L);
    while (lua_next(L, -2)) {                 /* existing keys may be assigned meanwhile */
        if (lua_istable(L, -1)) {
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            wrap(L);
            lua_rawset(L, -5);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static int env_newindex(lua_State *L)
{
    if (box_of(L)->frozen)
        return luaL_error(L, "global '%s' cannot be changed after loading: keep what must last "
            "with store.set", luaL_tolstring(L, 2, NULL));
    lua_settop(L, 3);
    lua_rawset(L, lua_upvalueindex(1));
    return 0;
}

void env_push(lua_State *L)
{
    lua_newtable(L);                          /* _ENV */
    lua_createtable(L, 0, 3);                 /* its metatable */
    lua_newtable(L);                          /* store */
    lua_createtable(L, 0, 1);
    lua_pushglobaltable(L);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "_G");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, env_newindex, 1);
    lua_setfield(L, -3, "__newindex");
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}
