/*
 * rule_text.c — text.…: what rules need of texts, by characters, all of Unicode; contains.
 *
 * Memory is given back at once: a helper may be called in a loop.
 */
#include "data/rule_in.h"

#include <string.h>

static int give(lua_State *L, ArenaMark mark, const char *text)
{
    lua_pushstring(L, text);
    arena_rewind(rule_work(L)->cx.a, mark);
    return 1;
}

static int by_one(lua_State *L, char *(*fn)(Arena *, const char *))
{
    Arena *a = rule_work(L)->cx.a;
    if (lua_isnoneornil(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    ArenaMark mark = arena_mark(a);
    const char *text = rule_text(L, 1);
    box_tick(L, (int64_t)strlen(text) + 1);
    return give(L, mark, fn(a, text));
}

static int trim_call(lua_State *L) { return by_one(L, str_trim); }
static int lower_call(lua_State *L) { return by_one(L, utf8_lower); }
static int upper_call(lua_State *L) { return by_one(L, utf8_upper); }
static int fold_call(lua_State *L) { return by_one(L, str_fold); }

static int len_call(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    luaL_argcheck(L, utf8_valid(text, n), 1, "the text is not UTF-8");
    lua_pushinteger(L, utf8_count(text));
    box_tick(L, (int64_t)n / 8 + 1);
    return 1;
}

/* Characters from, 1 the first, negative from the end; count of them, all by default. */
static int sub_call(lua_State *L)
{
    Arena *a = rule_work(L)->cx.a;
    ArenaMark mark = arena_mark(a);
    const char *text = rule_text(L, 1);
    int length = utf8_count(text);
    lua_Integer from = luaL_checkinteger(L, 2), count = luaL_optinteger(L, 3, length);
    from = from < 0 ? length + from : from - 1;
    if (from < 0) from = 0;
    if (from > length) from = length;
    if (count < 0) count = 0;
    if (count > length) count = length;
    box_tick(L, length + 1);
    return give(L, mark, utf8_sub(a, text, (int)from, (int)count));
}

static int starts_call(lua_State *L)
{
    lua_pushboolean(L, str_starts(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
    return 1;
}

static int ends_call(lua_State *L)
{
    lua_pushboolean(L, str_ends(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
    return 1;
}

/* At a plain text; pieces stay as they are, empty ones too. */
static int split_call(lua_State *L)
{
    size_t n, m;
    const char *text = luaL_checklstring(L, 1, &n), *sep = luaL_checklstring(L, 2, &m);
    luaL_argcheck(L, m > 0, 2, "a separator is needed");
    lua_newtable(L);
    const char *end = text + n;
    lua_Integer i = 0;
    for (;;) {
        const char *hit = memmem(text, (size_t)(end - text), sep, m);
        const char *stop = hit ? hit : end;
        lua_pushlstring(L, text, (size_t)(stop - text));
        lua_rawseti(L, -2, ++i);
        if (!hit) break;
        text = hit + m;
        if (i % 256 == 0) box_tick(L, 256);
    }
    box_tick(L, (int64_t)n / 16 + 1);
    return 1;
}

static int replace_call(lua_State *L)
{
    size_t n, m, k;
    const char *text = luaL_checklstring(L, 1, &n), *what = luaL_checklstring(L, 2, &m);
    const char *by = luaL_checklstring(L, 3, &k);
    luaL_argcheck(L, m > 0, 2, "a text to replace is needed");
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    const char *end = text + n, *hit;
    while ((hit = memmem(text, (size_t)(end - text), what, m))) {
        luaL_addlstring(&out, text, (size_t)(hit - text));
        luaL_addlstring(&out, by, k);
        text = hit + m;
    }
    luaL_addlstring(&out, text, (size_t)(end - text));
    luaL_pushresult(&out);
    box_tick(L, (int64_t)n / 4 + 1);
    return 1;
}

/* Records are the same when form and id are. */
static bool same(lua_State *L, int a, int b)
{
    const Proxy *p = rule_test_record(L, a), *q = rule_test_record(L, b);
    if (p && q) return p->form == q->form && p->id == q->id;
    return lua_rawequal(L, a, b);
}

static int contains_call(lua_State *L)
{
    bool found = false;
    lua_settop(L, 2);
    if (lua_type(L, 1) == LUA_TSTRING) {
        size_t n, m;
        const char *text = lua_tolstring(L, 1, &n), *what = luaL_checklstring(L, 2, &m);
        found = memmem(text, n, what, m) != NULL;
        box_tick(L, (int64_t)n / 16 + 1);
    } else if (!lua_isnil(L, 1)) {
        luaL_checktype(L, 1, LUA_TTABLE);
        lua_Unsigned n = lua_rawlen(L, 1);
        for (lua_Unsigned i = 1; i <= n && !found; i++) {
            lua_rawgeti(L, 1, (lua_Integer)i);
            found = same(L, 2, 3);
            lua_pop(L, 1);
            if (i % 256 == 0) box_tick(L, 256);
        }
    }
    lua_pushboolean(L, found);
    return 1;
}

const RuleCall rule_text_calls[] = {
    { "contains", contains_call, "list | text, value", "is it in there?" },
    { "text.split", split_call, "text, separator", "the pieces as a list" },
    { "text.trim", trim_call, "text", "without white space at both ends" },
    { "text.lower", lower_call, "text", "in small letters" },
    { "text.upper", upper_call, "text", "in capitals" },
    { "text.fold", fold_call, "text", "the key that search and uniqueness compare" },
    { "text.len", len_call, "text", "how many characters" },
    { "text.sub", sub_call, "text, from, count?", "some of its characters" },
    { "text.starts", starts_call, "text, start", "does it begin so?" },
    { "text.ends", ends_call, "text, end", "does it end so?" },
    { "text.replace", replace_call, "text, what, by", "every plain occurrence" },
    { 0 },
};
