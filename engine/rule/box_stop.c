/*
 * box_stop.c — error values that carry a refusal or the failure of a nested write.
 *
 * The failure is copied into the request's arena, the Lua value only points there. A script may
 * keep the value beyond its call, when that memory is gone: the serial of the call tells, and
 * then it is an ordinary error.
 */
#include "rule/box_in.h"

#include <string.h>

#define STOP "tenon.stop"

typedef struct Stop { uint64_t serial; const Cx *cx; } Stop;

static const Stop *test(lua_State *L, int at)
{
    const Stop *s = luaL_testudata(L, at, STOP);
    return s && box_running(box_of(L), s->serial) ? s : NULL;
}

const Cx *stop_test(lua_State *L, int at)
{
    if (lua_type(L, at) != LUA_TUSERDATA) return NULL;
    const Stop *s = test(L, at);
    return s ? s->cx : NULL;
}

static const char *text_of(const Cx *cx)
{
    if (cx->nissue) return cx->issue[0].text;
    return cx->text ? cx->text : "refused";
}

static int stop_tostring(lua_State *L)
{
    const Cx *cx = stop_test(L, 1);
    lua_pushstring(L, cx ? text_of(cx) : "an error of an earlier call");
    return 1;
}

/* What a script that caught it may read. */
static int stop_index(lua_State *L)
{
    const Cx *cx = stop_test(L, 1);
    const char *key = luaL_checkstring(L, 2);
    if (!cx) lua_pushnil(L);
    else if (!strcmp(key, "text")) lua_pushstring(L, text_of(cx));
    else if (!strcmp(key, "code")) lua_pushstring(L, err_code(cx->err));
    else if (!strcmp(key, "field") && cx->nissue) lua_pushstring(L, cx->issue[0].at.field);
    else lua_pushnil(L);
    return 1;
}

void stop_open(lua_State *L)
{
    luaL_newmetatable(L, STOP);
    lua_pushcfunction(L, stop_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, stop_index);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

static _Noreturn void stop(lua_State *L, const Cx *cx)
{
    Stop *s = lua_newuserdatauv(L, sizeof *s, 0);
    *s = (Stop){ box_now(box_of(L)), cx };
    luaL_setmetatable(L, STOP);
    lua_error(L);
    __builtin_unreachable();
}

static Cx *fresh(lua_State *L)
{
    const Cx *of = box_of(L)->cx;
    BUG_IF(!of);
    Cx *cx = ARENA_NEW(of->a, Cx);
    *cx = cx_begin(of->a, of->lang);
    return cx;
}

void box_refuse(lua_State *L, const char *field, const char *text)
{
    Cx *cx = fresh(L);
    cx_issue(cx, at_field(field), "refused", "%s", text);
    if (cx_check(cx)) mem_bug(__FILE__, __LINE__, "an issue that does not count");
    stop(L, cx);
}

void box_raise(lua_State *L, Cx *from)
{
    Cx *cx = fresh(L);
    if (!cx_check(from)) cx_copy(cx, from);
    else cx_fail(cx, E_RULE, "a call failed without a reason");
    cx_clear(from);
    stop(L, cx);
}
