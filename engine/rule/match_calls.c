/*
 * match_calls.c — find, match, gmatch and gsub over the bounded matcher.
 */
#include "rule/match.h"

#include <string.h>

/* 1-based start, negative from the end, as the library counts. */
static size_t start_of(lua_Integer at, size_t n)
{
    if (at > 0) return (size_t)at - 1;
    if (at == 0 || (lua_Unsigned)0 - (lua_Unsigned)at > n) return 0;
    return n - (size_t)(-at);
}

static int find_plain(lua_State *L, const char *s, size_t n, const char *what, size_t m,
    size_t from)
{
    const char *hit = memmem(s + from, n - from, what, m);
    box_tick(L, (int64_t)((hit ? (size_t)(hit - s) - from : n - from) / 16) + 1);
    if (!hit) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, hit - s + 1);
    lua_pushinteger(L, hit - s + (lua_Integer)m);
    return 2;
}

static int find_or_match(lua_State *L, bool find)
{
    size_t n, m;
    const char *s = luaL_checklstring(L, 1, &n), *what = luaL_checklstring(L, 2, &m);
    size_t from = start_of(luaL_optinteger(L, 3, 1), n);
    if (from > n) {
        lua_pushnil(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || match_plain(what, m)))
        return find_plain(L, s, n, what, m, from);
    Match *p = match_push(L, what, m, true);
    p->text = s;
    p->end = s + n;
    for (const char *at = s + from; at <= p->end; at++) {
        const char *end = match_run(p, at);
        if (end && find) {
            lua_pushinteger(L, at - s + 1);
            lua_pushinteger(L, end - s);
            return 2 + match_captures(p, NULL, NULL);
        }
        if (end) return match_captures(p, at, end);
        if (p->anchored) break;
    }
    lua_pushnil(L);
    return 1;
}

static int guard_find(lua_State *L) { return find_or_match(L, true); }
static int guard_match(lua_State *L) { return find_or_match(L, false); }

/* Upvalues: text and pattern (kept alive), matcher, next offset, end of the last match. */
static int gmatch_next(lua_State *L)
{
    size_t n;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &n);
    Match *p = lua_touserdata(L, lua_upvalueindex(3));
    lua_Integer from = lua_tointeger(L, lua_upvalueindex(4));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(5));
    p->L = L;
    for (; from <= (lua_Integer)n; from++) {
        const char *end = match_run(p, s + from);
        if (!end || end - s == last) continue;
        lua_pushinteger(L, end - s);
        lua_copy(L, -1, lua_upvalueindex(4));
        lua_replace(L, lua_upvalueindex(5));
        return match_captures(p, s + from, end);
    }
    return 0;
}

static int guard_gmatch(lua_State *L)
{
    size_t n, m;
    const char *s = luaL_checklstring(L, 1, &n), *what = luaL_checklstring(L, 2, &m);
    size_t from = start_of(luaL_optinteger(L, 3, 1), n);
    lua_settop(L, 2);
    Match *p = match_push(L, what, m, false);
    p->text = s;
    p->end = s + n;
    lua_pushinteger(L, from > n ? (lua_Integer)n + 1 : (lua_Integer)from);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_next, 5);
    return 1;
}

/* %0 … %9 and %% in the replacement text. */
static void add_text(lua_State *L, luaL_Buffer *out, Match *p, const char *from,
    const char *to)
{
    size_t n;
    const char *r = lua_tolstring(L, 3, &n);
    for (size_t i = 0; i < n; i++) {
        if (r[i] != '%') {
            luaL_addchar(out, r[i]);
            continue;
        }
        i++;
        if (i < n && r[i] == '%') {
            luaL_addchar(out, '%');
        } else if (i < n && r[i] == '0') {
            luaL_addlstring(out, from, (size_t)(to - from));
        } else if (i < n && r[i] >= '1' && r[i] <= '9') {
            match_capture_push(p, r[i] - '1', from, to);
            luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
    box_tick(L, (int64_t)(n / 8) + 1);
}

static void add_value(lua_State *L, luaL_Buffer *out, Match *p, const char *from,
    const char *to)
{
    int kind = lua_type(L, 3);
    if (kind == LUA_TSTRING || kind == LUA_TNUMBER) {
        add_text(L, out, p, from, to);
        return;
    }
    if (kind == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, match_captures(p, from, to), 1);
    } else {
        match_capture_push(p, 0, from, to);
        lua_gettable(L, 3);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, from, (size_t)(to - from));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(out);
    } else {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
}

static int guard_gsub(lua_State *L)
{
    size_t n, m;
    const char *s = luaL_checklstring(L, 1, &n), *what = luaL_checklstring(L, 2, &m);
    int kind = lua_type(L, 3);
    luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION
        || kind == LUA_TTABLE, 3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)n + 1), done = 0;
    lua_settop(L, 3);
    Match *p = match_push(L, what, m, true);
    const char *at = s, *end = s + n, *last = NULL;
    p->text = s;
    p->end = end;
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    while (done < most) {
        const char *to = match_run(p, at);
        if (to && to != last) {
            done++;
            add_value(L, &out, p, at, to);
            at = last = to;
        } else if (at < end) {
            luaL_addchar(&out, *at++);
        } else {
            break;
        }
        if (p->anchored) break;
    }
    luaL_addlstring(&out, at, (size_t)(end - at));
    luaL_pushresult(&out);
    lua_pushinteger(L, done);
    return 2;
}

void match_guard(lua_State *L)
{
    static const luaL_Reg fn[] = {
        { "find", guard_find }, { "match", guard_match }, { "gmatch", guard_gmatch },
        { "gsub", guard_gsub }, { NULL, NULL },
    };
    luaL_setfuncs(L, fn, 0);
}
