/*
 * rule_rotate.c — rotate(key, list, weights?): the next of the list in turn.
 */
#include "data/rotate.h"
#include "data/rule_in.h"

#define MOST_PEOPLE 1000

/* Records are told apart by form and id, other values by their text. */
static const char *name_at(lua_State *L, Work *w, int at)
{
    const Proxy *p = rule_test_record(L, at);
    if (p) return arena_printf(w->cx.a, "%s:%lld", p->form->key, (long long)p->id);
    return rule_text(L, at);
}

int rule_rotate(lua_State *L)
{
    Work *w = rule_work(L);
    Rotate t = { .key = rule_text(L, 1), .chosen = -1 };
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) luaL_checktype(L, 3, LUA_TTABLE);
    lua_Unsigned n = lua_rawlen(L, 2);
    if (n > MOST_PEOPLE) return luaL_error(L, "rotate: the list is too long");
    t.name = ARENA_ARRAY(w->cx.a, const char *, n + 1);
    t.weight = ARENA_ARRAY(w->cx.a, double, n + 1);
    for (; t.n < (int)n; t.n++) {
        lua_rawgeti(L, 2, t.n + 1);
        t.name[t.n] = name_at(L, w, lua_gettop(L));
        t.weight[t.n] = 1;
        if (lua_istable(L, 3) && lua_rawgeti(L, 3, t.n + 1) != LUA_TNIL) {
            double weight = luaL_checknumber(L, -1);
            if (!(weight >= 0 && weight <= 1e9))
                return luaL_error(L, "rotate: a weight must be a number from 0");
            t.weight[t.n] = weight;
        }
        lua_settop(L, 3);
    }
    if (n) rule_write(L, w, rotate_unit, &t);
    if (t.chosen < 0) lua_pushnil(L);
    else lua_rawgeti(L, 2, t.chosen + 1);
    return 1;
}
